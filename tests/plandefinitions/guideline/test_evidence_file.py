"""The content against the file of recommendations that it encodes, where that file is at hand."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from plandefinitions.guideline import Guideline
from plandefinitions.guideline.settings import CONTENT

_FILE = Path(__file__).resolve().parents[4] / "shared" / "evidence" / "recommendations.yaml"

pytestmark = pytest.mark.skipif(not _FILE.exists(), reason="the file of recommendations is not part of the product")


@pytest.fixture(scope="module")
def evidence() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return Guideline.load()


def test_every_id_has_an_entry_of_its_kind(evidence: dict[str, Any], guideline: Guideline) -> None:
    kinds = {"recommendations": "recommendation", "order_checks": "order-check"}
    wanted = {one["id"]: kind for part, kind in kinds.items() for one in evidence[part]}
    assert {one.id: one.kind for one in guideline.entries} == wanted | {"data-gaps": "data-gaps"}


def test_hooks_and_origin_are_the_files(evidence: dict[str, Any], guideline: Guideline) -> None:
    for one in evidence["recommendations"]:
        entry = guideline.entry(one["id"])
        assert set(entry.hooks) == set(one["hooks"]), entry.id
        assert entry.local == (one.get("origin") == "local"), entry.id


def test_parameters_are_the_files(evidence: dict[str, Any], guideline: Guideline) -> None:
    found = {name: (Decimal(one.default), one.unit, one.origin) for name, one in guideline.parameters.items()}
    wanted = evidence["parameters"].items()
    assert found == {name: (Decimal(one["value"]), one["unit"], one["origin"]) for name, one in wanted}


def test_background_has_the_files_numbers(evidence: dict[str, Any]) -> None:
    """Every number and reference of the notes that belong to no entry."""
    said = (CONTENT / "context.md").read_text(encoding="utf-8")
    for note in evidence["context_notes"]:
        assert [number for number in re.findall(r"\d+(?:\.\d+)?", note) if number not in said] == [], note


def test_figures_have_the_files_numbers(evidence: dict[str, Any], guideline: Guideline) -> None:
    """Every number of a figure is in the entry's texts: our words, the papers' figures."""
    for one in evidence["recommendations"]:
        entry = guideline.entry(one["id"])
        said = " ".join(figure.text for figure in (*entry.figures, *entry.caveats, *entry.practice_notes))
        said += str(entry.action["description"])
        for figure in one.get("figures", ()):
            results = re.sub(r"\[[\d, -]+\]|NCT\d+", "", figure)  # without references
            absent = [number for number in re.findall(r"\d+(?:\.\d+)?", results) if number not in said]
            assert not absent, (entry.id, figure)
