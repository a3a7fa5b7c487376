"""What a guidance page says of an entry."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cds_hooks.guidance.view import background, entry_page
from plandefinitions.guideline import Entry
from plandefinitions.guideline.entry import read_entries
from plandefinitions.guideline.settings import CONTENT

ENTRIES = read_entries(CONTENT)
PRACTISED = [one for one in ENTRIES if one.practice_notes]


@pytest.mark.parametrize("entry", PRACTISED, ids=lambda entry: entry.id)
def test_how_it_is_given_is_on_the_page(entry: Entry) -> None:
    _, found, practice = entry_page(entry)["evidence"].partition("## In practice\n")
    assert found
    section = practice.partition("\n## ")[0]
    for note in entry.practice_notes:
        assert [number for number in re.findall(r"\d+", note.text) if number not in section] == []


def test_the_background_stands_beside_the_entries(tmp_path: Path) -> None:
    text = background(ENTRIES)
    assert text.count("## Where these sarcomas spread") == 1
    assert "# Background" not in text.splitlines()
    shutil.copytree(CONTENT / "pazopanib-later-line", tmp_path / "pazopanib-later-line")
    assert background(read_entries(tmp_path)) == ""


def test_without_an_evidence_page_the_plan_speaks(tmp_path: Path) -> None:
    shutil.copytree(CONTENT / "pazopanib-later-line", tmp_path / "pazopanib-later-line")
    (tmp_path / "pazopanib-later-line" / "evidence.md").unlink()
    (entry,) = read_entries(tmp_path)
    evidence = entry_page(entry)["evidence"]
    assert re.findall(r"^## (.*)$", evidence, re.MULTILINE) == ["Figures", "Caveats", "In practice"]
    for one in (*entry.figures, *entry.caveats, *entry.practice_notes):
        assert f"- {one.text} ({one.source})" in evidence
