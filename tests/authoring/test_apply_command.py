"""``sarcoma-cds apply`` and ``sarcoma-cds check``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from authoring.main import main

CQL = """library Logic version '1'
using FHIR version '4.0.1'
parameter Limit Integer default 18
context Patient
define "Is Old Enough": AgeInYears() >= Limit
"""
PLAN: dict[str, Any] = {
    "resourceType": "PlanDefinition",
    "id": "p",
    "url": "http://e/PlanDefinition/p",
    "version": "1",
    "title": "Plan",
    "status": "active",
    "library": ["http://e/Library/Logic"],
    "action": [
        {
            "id": "a",
            "title": "Say hello",
            "trigger": [{"type": "named-event", "name": "patient-view"}],
            "condition": [
                {
                    "kind": "applicability",
                    "expression": {"language": "text/cql-identifier", "expression": "Is Old Enough"},
                }
            ],
        }
    ],
}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1980-01-01"}}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    content.mkdir()
    (content / "Logic.cql").write_text(CQL)
    write(content / "plan.json", PLAN)
    write(tmp_path / "data.json", BUNDLE)
    return tmp_path


def write(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


def run(folder: Path, *words: str, plan: str = "p") -> int:
    paths = ["--content", str(folder / "content"), "--data", str(folder / "data.json")]
    return main(["apply", plan, *paths, "--now", "2024-01-01T00:00:00Z", *words])


@pytest.mark.parametrize("plan", ["p", "http://e/PlanDefinition/p", "http://e/PlanDefinition/p|1"])
def test_apply_prints_the_care_plan(folder: Path, plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, plan=plan) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["resourceType"] == "CarePlan"
    (group,) = document["contained"]
    assert [one["title"] for one in group["action"]] == ["Say hello"]


def test_apply_prints_cards(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--cards", "--hook", "patient-view") == 0
    assert [one["summary"] for one in json.loads(capsys.readouterr().out)["cards"]] == ["Say hello"]
    assert run(folder, "--cards", "--hook", "order-sign") == 0
    assert json.loads(capsys.readouterr().out) == {"cards": []}


def test_apply_with_trace_prints_decisions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--cards", "--trace") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["decisions"][0]["conditions"] == [
        {"expression": "Is Old Enough", "library": "Logic", "value": "true"}
    ]
    assert document["versions"] == {
        "http://e/PlanDefinition/p": "http://e/PlanDefinition/p|1",
        "http://e/Library/Logic": "http://e/Library/Logic|1",
    }


@pytest.mark.parametrize(
    "given",
    [
        {"Limit": 90},
        {"resourceType": "Parameters", "parameter": [{"name": "Limit", "valueInteger": 90}]},
        {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "subject", "valueString": "Patient/p1"},
                {
                    "name": "parameters",
                    "resource": {"resourceType": "Parameters", "parameter": [{"name": "Limit", "valueInteger": 90}]},
                },
            ],
        },
    ],
)
def test_apply_takes_parameters(folder: Path, given: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(folder / "parameters.json", given)
    assert run(folder, "--cards", "--parameters", str(file)) == 0
    assert json.loads(capsys.readouterr().out) == {"cards": []}


def test_apply_tells_problems_on_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--subject", "Patient/other") == 0
    captured = capsys.readouterr()
    assert "the subject Patient/other is not in the data" in captured.err
    assert json.loads(captured.out)["resourceType"] == "CarePlan"


def test_apply_of_a_plan_that_is_not_there_is_a_wrong_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, plan="q") == 2
    assert "no plan is called q; loaded and valid: p" in capsys.readouterr().err


def test_apply_of_a_faulty_plan_says_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "content" / "plan.json", {**PLAN, "status": "retired"})
    assert run(folder) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "plan.json#/status: error PD-122: the definition is retired" in captured.err


@pytest.mark.parametrize("broken", ["missing.json", "broken.json"])
def test_apply_without_usable_data_is_a_wrong_call(
    folder: Path, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.json").write_text("{")
    assert main(["apply", "p", "--content", str(folder / "content"), "--data", str(folder / broken)]) == 2
    assert broken in capsys.readouterr().err


def test_apply_with_a_moment_that_is_none_is_a_wrong_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--now", "yesterday") == 2
    assert "now is no date and time" in capsys.readouterr().err


def test_check_of_valid_content(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "content")]) == 0
    assert capsys.readouterr().out.strip().endswith("1 plans valid, 0 refused; 0 errors, 0 warnings")


def test_check_of_faulty_content(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "content" / "plan.json", {**PLAN, "titel": "x"})
    assert main(["check", str(folder / "content")]) == 1
    assert "plan.json#/titel: error PD-103" in capsys.readouterr().out
    assert main(["check", "--json", str(folder / "content")]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["refused"] == ["http://e/PlanDefinition/p|1"]
    assert document["findings"][0]["pointer"] == "/titel"


def test_check_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    assert main(["check", str(tmp_path)]) == 1
    assert "holds no PlanDefinition" in capsys.readouterr().err


def _nesting(folder: Path) -> Path:
    """A plan that applies the plan of the folder."""
    outer = PLAN | {"id": "o", "url": "http://e/PlanDefinition/o"}
    outer["action"] = [{"id": "x", "title": "Outer", "definitionCanonical": "http://e/PlanDefinition/p"}]
    return write(folder / "content" / "outer.json", outer)


def test_apply_prints_the_bundle(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _nesting(folder)
    call = ["apply", "o", "--content", str(folder / "content"), "--data", str(folder / "data.json"), "--bundle"]
    assert main(call) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [one["resource"]["resourceType"] for one in printed["entry"]] == ["RequestGroup", "RequestGroup"]
    assert main([*call, "--merge-nested", "--trace"]) == 0
    printed = json.loads(capsys.readouterr().out)
    (entry,) = printed["bundle"]["entry"]
    assert entry["resource"]["action"][0]["action"][0]["title"] == "Say hello"


@pytest.mark.parametrize("merge", [True, False])
def test_merging_is_asked_for_as_the_operation_does(
    folder: Path, capsys: pytest.CaptureFixture[str], merge: bool
) -> None:
    _nesting(folder)
    asked = {"name": "mergeNestedCarePlans", "valueBoolean": merge}
    parameters = write(folder / "parameters.json", {"resourceType": "Parameters", "parameter": [asked]})
    call = ["apply", "o", "--content", str(folder / "content"), "--data", str(folder / "data.json")]
    assert main([*call, "--parameters", str(parameters)]) == 0
    contained = json.loads(capsys.readouterr().out)["contained"]
    assert [one["resourceType"] for one in contained].count("CarePlan") == (0 if merge else 1)
