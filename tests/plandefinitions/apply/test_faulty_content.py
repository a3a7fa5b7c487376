"""Faulty content never raises: it is refused, and what is wrong is told."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from plandefinitions.apply import load

JUNK: list[Any] = [None, 0, True, "", "x", [], {}, [None], [1], ["a"], {"a": 1}, [[]], {"resourceType": []}, "🧬\u0000"]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += places(one, (*at, key))
    return found


def replaced(document: Any, at: tuple[Any, ...], junk: Any) -> Any:
    changed = copy.deepcopy(document)
    owner = changed
    for key in at[:-1]:
        owner = owner[key]
    owner[at[-1]] = junk
    return changed


def everything(guideline: Any) -> dict[str, Any]:
    action = {
        "id": "a",
        "title": "A",
        "trigger": [{"type": "named-event", "name": "patient-view"}],
        "condition": [guideline.when("Is True"), guideline.when("%subject.exists()", "text/fhirpath")],
        "participant": [{"type": "patient", "role": {"text": "r"}}],
        "relatedAction": [{"actionId": "a", "relationship": "after"}],
        "input": [{"type": "Condition", "codeFilter": [{"path": "code"}]}],
        "goalId": ["g"],
        "definitionCanonical": "http://example.org/ActivityDefinition/ad",
        "dynamicValue": [guideline.set("code.text", "Words")],
        "timingTiming": {"repeat": {"count": 1}},
        "extension": [{"url": "http://e", "valueString": "x"}],
    }
    plan = guideline.plan(
        {**action, "action": [{"title": "child"}]},
        goal=[{"id": "g", "description": {"text": "G"}}],
        contained=[{"resourceType": "Library", "id": "l", "status": "active", "type": {"text": "x"}}],
        effectivePeriod={"start": "2020"},
        subjectCodeableConcept={"coding": [{"code": "Patient"}]},
    )
    activity = guideline.activity(
        code={"text": "c"}, participant=[{"type": "practitioner"}], timingPeriod={"start": "2024"},
        dosage=[{"text": "d"}],
        dynamicValue=[guideline.set("note[0].text", "Words")],
    )  # fmt: skip
    value_set = {
        "resourceType": "ValueSet",
        "url": "http://example.org/vs",
        "status": "active",
        "compose": {"include": [{"system": "s", "concept": [{"code": "c"}]}]},
    }
    library = {
        "resourceType": "Library",
        "url": "http://example.org/Library/Other",
        "status": "active",
        "type": {"text": "x"},
        "content": [{"contentType": "text/cql", "data": "bGlicmFyeSBY"}],
    }
    resources = [plan, activity, value_set, library]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def test_content_with_anything_replaced_by_anything_is_told_not_raised(guideline: Any, tmp_path: Path) -> None:
    bundle = everything(guideline)
    assert not guideline.load(bundle).errors
    file = tmp_path / "1.json"
    chosen = random.Random(7)
    every = places(bundle)
    for at in chosen.sample(every, 120):
        file.write_text(json.dumps(replaced(bundle, at, chosen.choice(JUNK))))
        for one in load([tmp_path]).diagnostics:
            assert one.render()


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "null", '{"resourceType": 5}', "\ufeff{}", '{"resourceType": "Bundle", "entry": 1}']
)
def test_files_that_are_no_resources(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert load([tmp_path]).content.plans == ()


def test_definitions_in_xml_are_told(tmp_path: Path) -> None:
    for name in ("only.xml", "both.xml", ".hidden.xml"):
        (tmp_path / name).write_text('<?xml version="1.0"?>\n<PlanDefinition xmlns="http://hl7.org/fhir"/>')
    (tmp_path / "both.json").write_text("{}")
    (tmp_path / "other.xml").write_text('<Patient xmlns="http://hl7.org/fhir"/>')
    [found] = load([tmp_path]).diagnostics
    assert (found.code, found.severity, found.file) == ("PD-101", "warning", tmp_path / "only.xml")
    assert "XML" in found.message


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    (error,) = load([tmp_path / "nowhere"]).errors
    assert error.code == "PD-101"


@pytest.mark.parametrize(
    "cql",
    [
        "",
        "library",
        "library Logic version '1.0'\ndefine \"A\":",
        "library Logic version '1.0'\ninclude Logic called L\n",
        "library Logic version '1.0'\ninclude Nowhere version '1' called N\n",
        "library Logic version '1.0'\nusing QDM version '5.6'\n",
        "\x00",
    ],
)
def test_libraries_that_do_not_compile_refuse_their_plan(guideline: Any, cql: str) -> None:
    loaded = guideline.load(guideline.plan({"condition": [guideline.when("Is True")]}), cql=cql)
    assert loaded.content.plans == ()
    assert loaded.errors


def test_libraries_that_include_each_other_are_told(guideline: Any) -> None:
    guideline.folder.joinpath("B.cql").write_text("library B version '1'\ninclude Logic version '1.0' called L\n")
    cql = "library Logic version '1.0'\ninclude B version '1' called B\n"
    codes = guideline.codes(guideline.plan({"condition": [guideline.when("Is True")]}), cql=cql)
    assert "PD-148" in codes


@pytest.mark.parametrize("manifest", [{"parameters": 1}, {"plans": []}, {"unknown": {}}, {"plans": {"p": 1}}])
def test_a_faulty_manifest_is_told(guideline: Any, manifest: Any) -> None:
    assert guideline.codes(guideline.plan(), manifest=manifest) == ["PD-170"]
