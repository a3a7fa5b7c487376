"""docs/security.md claims nothing that is not there: its tests, its settings, its metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.configuration.settings import tables

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\[(test_\w+)\]\((\S+?)\)", TEXT)))
SECTIONS = [one for one in TEXT.split("\n## ") if "| checked by |" in one]


@pytest.mark.parametrize(("name", "path"), LINKS)
def test_every_test_that_is_named_exists(name: str, path: str) -> None:
    source = (DOCUMENT.parent / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.partition("\n")[0])
def test_every_threat_has_measure_setting_and_check(section: str) -> None:
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    threats = [row for row in rows if row[0] not in ("threat", "---")]
    assert threats
    assert [row[0] for row in threats if len(row) != 4 or not all(row) or "](../" not in row[3]] == []


def test_every_setting_that_is_named_exists() -> None:
    known = set()
    for table in tables():
        prefix = table.header.strip("[]")
        known |= {prefix, *(f"{prefix}.{one.name}".lstrip(".") for one in table.settings)}
    parts = {one.partition(".")[0] for one in known if "." in one}
    named = set(re.findall(rf"`((?:{'|'.join(sorted(parts))})\.[a-z_.]+)`", TEXT))
    assert named
    assert named - known == set()
