"""docs/service.md names every code of ours, and every topic of FHIR's guidance on security."""

import re
from pathlib import Path

import pytest

from cds_hooks import errors

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "service.md").read_text(encoding="utf-8")
# https://hl7.org/fhir/R4/security.html
TOPICS = [
    "Time keeping",
    "Communications security",
    "Authentication",
    "Authorization, access control",
    "Audit",
    "Digital signatures",
    "Attachments",
    "Labels",
    "Data management policies",
    "Narrative",
    "Input validation",
]


def test_every_code_of_refusals() -> None:
    told = set(re.findall(r"^\| \d{3} \| `([a-z-]+)` \|", TEXT, re.MULTILINE))
    assert told == set(errors.CODES)


@pytest.mark.requirement("CH-154")
def test_every_topic_of_the_security_page_of_fhir_is_reviewed() -> None:
    section = TEXT[TEXT.index("## FHIR's guidance on security") : TEXT.index("## Settings")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| ")]
    assert [topic for topic, _ in rows[2:]] == TOPICS
    headings = re.findall(r"^## (.+)$", (DOCS / "security.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    linked = set(re.findall(r"security\.md#([a-z-]+)", section))
    assert linked
    assert linked <= anchors
