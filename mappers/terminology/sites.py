"""Metastatic sites, and the organ behind the short words of a bodySite."""

import re

from mappers.recall import remembered
from mappers.terminology.tables import table

SITES = (
    "lung",
    "pleura",
    "liver",
    "bone",
    "brain",
    "lymph-node",
    "soft-tissue",
    "peritoneum",
    "retroperitoneum",
    "skin",
    "adrenal",
    "other",
)
NEVER_PRIMARY = ("lung", "pleura", "liver", "bone", "brain", "lymph-node", "adrenal")
"""Organs where a sarcoma is taken to be a metastasis unless it is said to be the primary."""
_BY_WORD = {row["word"]: row["site"] for row in table("site_words")}
_PATTERN = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _BY_WORD), key=len, reverse=True)) + ")")


@remembered(maxsize=4096)
def site_of_words(text: str) -> str:
    """The organ a short label names first ("Structure of right lower lobe of lung"), empty when none is known.

    Besides the metastatic sites this tells uterus, kidney and breast, which decide between histologies.
    """
    match = _PATTERN.search(text[:300].lower())
    return _BY_WORD[match[0]] if match else ""


def metastatic_site(organ: str) -> str:
    """An organ as one of the twelve metastatic sites: what is not among them is `other`, nothing stays nothing."""
    return organ if organ in SITES or not organ else "other"
