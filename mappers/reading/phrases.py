"""Text mentions as findings: the bridge between the phrase reader and the judgement."""

import re

from mappers.reading.source import Source
from mappers.recall import remembered
from mappers.terminology.malignancies import SELDOM_SPREADING
from mappers.text import read
from mappers.text.mention import Mention

_CACHED_LENGTH = 20_000
_CLAUSE = 60
_PAST = re.compile(
    r"\b(?:completed|received|treated with|finished|previous(?:ly)?|prior|after|post|given|stopped|failed"
    r"|intolerant of|intolerance to)\b",
    re.IGNORECASE,
)
_TITLE_OF_C77 = "secondary and unspecified"
"""ICD-10's own words: nodes of a nature not stated. They are a site, like the code, and no proof of metastasis."""
RULE = "text"


@remembered(maxsize=8192)
def _read_cached(text: str) -> tuple[Mention, ...]:
    return read(text)


def mentions(text: str) -> tuple[Mention, ...]:
    """What a text says; short texts, which recur by the hundred (displays, labels), are read once."""
    if len(text) < 3:
        return ()
    return _read_cached(text) if len(text) <= _CACHED_LENGTH else read(text)


def read_text(source: Source, text: str, rule: str = RULE) -> tuple[Mention, ...]:
    """Adds every mention of a text as a finding, leaving out what is said about someone else."""
    found = mentions(text)
    if not found:
        return found
    about_sarcoma = _names_sarcoma(found)
    about_other = any(m.kind == "other-malignancy" and m.polarity == "affirmed" for m in found)
    said: set[tuple[object, ...]] = set()
    for mention in found:
        if mention.other_person or _again(mention, said):
            continue
        attributes: dict[str, object] = dict(mention.attributes)
        if mention.kind == "metastasis" and about_sarcoma and not about_other:
            attributes.setdefault("tie", "sarcoma")
        elif mention.kind in ("drug", "regimen"):
            state = "ended" if _is_over(text, mention) else "active"
            attributes = {"state": state} | dict(source.treatment) | attributes
        elif (
            mention.kind == "other-malignancy" and mention.concept in SELDOM_SPREADING and not attributes["metastatic"]
        ):
            attributes["metastasises"] = False
        polarity: str = mention.polarity
        if mention.kind == "metastasis" and mention.concept == "lymph-node" and _TITLE_OF_C77 in mention.words.lower():
            polarity = "affirmed"
            attributes |= {"nodes_unspecified": True, "sites": ("lymph-node",)}
        concept = mention.concept
        if source.exam and mention.kind == "metastasis" and polarity == "negated" and concept == "unspecified":
            concept = source.exam
        source.add(
            mention.kind,
            concept,
            rule,
            mention.words,
            polarity=polarity,
            active=source.active and not mention.historical,
            from_text=True,
            extra=attributes,
        )
    return found


def _again(mention: Mention, said: set[tuple[object, ...]]) -> bool:
    """Whether a text has said this already: long reports repeat themselves, and once is enough."""
    attributes = tuple(sorted((name, str(value)) for name, value in mention.attributes.items()))
    key = (mention.kind, mention.concept, mention.polarity, mention.historical, attributes)
    if key in said:
        return True
    said.add(key)
    return False


def _is_over(text: str, mention: Mention) -> bool:
    """Whether a treatment is told as past: as history, as perioperative, or after a word such as "completed"."""
    if mention.historical or mention.attributes.get("intent") in ("neoadjuvant", "adjuvant"):
        return True
    clause = re.split(r"[.;,\n]", text[max(0, mention.start - _CLAUSE) : mention.start])[-1]
    return _PAST.search(clause) is not None


def _names_sarcoma(found: tuple[Mention, ...]) -> bool:
    """Whether a text is about a sarcoma the patient has: then a metastasis in it is that sarcoma's."""
    return any(
        m.kind == "histology"
        and not m.concept.startswith("not-sts:")
        and m.polarity == "affirmed"
        and not m.other_person
        for m in found
    )
