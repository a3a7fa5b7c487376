"""``sarcoma-cds preview``: what a draft changes, for whom."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from authoring import preview_command
from authoring.main import main
from plandefinitions.guideline.settings import CONTENT

PATIENTS = Path(__file__).resolve().parents[2] / "fixtures" / "patients"
LUNG = str(PATIENTS / "lung-only-leiomyosarcoma.json")
LIVER = str(PATIENTS / "liver-metastases.json")
RESECTIONS = ("pulmonary-metastasectomy", "pulmonary-metastasectomy-selected", "repeat-pulmonary-resection")
ENTRIES = ("library", *RESECTIONS, "sbrt-lung", "eribulin-not-liposarcoma")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A guideline of a few entries."""
    for name in ENTRIES:
        shutil.copytree(CONTENT / name, tmp_path / "shipped" / name)
    return tmp_path / "shipped"


@pytest.fixture
def draft(shipped: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(shipped, tmp_path / "draft")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_content_differs_for_nobody(draft: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["preview", str(draft), "--against", str(shipped), "--patient", LUNG, "--patient", LIVER]
    assert main(call) == 0
    assert capsys.readouterr().out == "0 of 2 patients differ\n"


def test_pd_174_who_loses_a_recommendation_and_what_the_card_says_then(
    draft: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parameter = '"metastasectomy_min_dfi_months" Decimal default '
    edit(draft / "library" / "SarcomaFacts.cql", f"{parameter}12.0", f"{parameter}60.0")
    call = ["preview", str(draft), "--against", str(shipped), "--patient", LUNG, "--patient", LIVER]
    assert main([*call, "--hook", "patient-view"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "lung-only-leiomyosarcoma, patient-view:"
    assert "  pulmonary-metastasectomy: offered -> not-applicable" in said
    assert any(line.startswith("  -[INFO] Consider pulmonary metastasectomy") for line in said)
    assert said[-1] == "1 of 2 patients differ"


def test_entries_that_came_and_went_and_words_that_changed(
    draft: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(draft / "sbrt-lung")
    plan = draft / "pulmonary-metastasectomy" / "plandefinition.json"
    document: dict[str, Any] = json.loads(plan.read_text(encoding="utf-8"))
    document["action"][0]["action"][0]["title"] = "Ask the thoracic surgeon"
    plan.write_text(json.dumps(document), encoding="utf-8")
    call = ["preview", str(draft), "--against", str(shipped), "--patient", LUNG, "--hook", "patient-view", "--json"]
    assert main(call) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["calls"] == 1
    (difference,) = answer["differences"]
    assert (difference["patient"], difference["hook"]) == ("lung-only-leiomyosarcoma", "patient-view")
    assert [(one["id"], one["after"]) for one in difference["statuses"]] == [("sbrt-lung", "absent")]
    labels = {
        version: {one["label"] for card in difference["cards"][version] for one in card["suggestions"]}
        for version in ("before", "after")
    }
    assert "Ask the thoracic surgeon" in labels["after"] - labels["before"]


def test_by_default_the_demo_patients_at_their_hooks_and_what_ships(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("lung-only-leiomyosarcoma", "synchronous-oligometastatic-ups"):
        shutil.copy(PATIENTS / f"{name}.json", tmp_path)
    monkeypatch.setattr(preview_command, "_PATIENTS", tmp_path)
    assert main(["preview", str(CONTENT), "--json"]) == 0
    told = [json.loads(file.read_text(encoding="utf-8"))["hooks"] for file in tmp_path.glob("*.json")]
    assert json.loads(capsys.readouterr().out) == {"calls": sum(map(len, told)), "differences": []}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "no such directory"),
        ([str(CONTENT), "--against", "nothing"], "no such directory"),
        ([str(CONTENT), "--patient", "nothing.json"], "cannot be read"),
        ([str(CONTENT), "--patient", LUNG, "--as-of", "summer"], "summer"),
        ([str(PATIENTS)], "not of the same form"),
    ],
)
def test_wrong_calls(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_draft_that_does_not_compile_is_told(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(
        draft / "eribulin-not-liposarcoma" / "EribulinNotLiposarcoma.cql",
        'Facts."Soft Tissue Sarcoma"',
        "Facts.Sarcoma",
    )
    assert main(["preview", str(draft), "--patient", LUNG]) == 2
    assert "Sarcoma" in capsys.readouterr().err


CQL = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Has Condition": exists [Condition]
"""


def _content(folder: Path, title: str, expression: str) -> Path:
    folder.mkdir()
    (folder / "Logic.cql").write_text(CQL, encoding="utf-8")
    condition = {"kind": "applicability", "expression": {"language": "text/cql", "expression": expression}}
    trigger = {"type": "named-event", "name": "patient-view"}
    plan = {
        "resourceType": "PlanDefinition",
        "id": "p",
        "url": "http://example.org/PlanDefinition/p",
        "status": "active",
        "library": ["http://example.org/Library/Logic"],
        "action": [{"id": "look", "title": title, "trigger": [trigger], "condition": [condition]}],
    }
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return folder


def test_content_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _content(tmp_path / "before", "Look", '"Has Condition"')
    reworded = _content(tmp_path / "reworded", "Look well", '"Has Condition"')
    negated = _content(tmp_path / "negated", "Look", 'not "Has Condition"')
    call = ["--against", str(before), "--patient", LUNG, "--hook", "patient-view"]
    assert main(["preview", str(before), *call]) == 0
    capsys.readouterr()
    assert main(["preview", str(reworded), *call]) == 1
    said = capsys.readouterr().out
    assert "->" not in said
    assert "  -[INFO] Look\n  +[INFO] Look well\n" in said
    assert main(["preview", str(negated), *call]) == 1
    assert "  p/look: applicable -> not-applicable\n" in capsys.readouterr().out
