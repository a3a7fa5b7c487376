"""Section A of the PlanDefinition checklist: loading and canonical resolution."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from plandefinitions import plan_cases
from plandefinitions.apply import PlanNotFound, content, load
from plandefinitions.apply.content.diagnostics import CODES

AD = "http://example.org/ActivityDefinition/ad"


def action(**elements: Any) -> dict[str, Any]:
    return {"title": "A", **elements}


def test_pd_001_a_canonical_resolves_by_url_with_version(guideline: Any) -> None:
    applied = guideline.apply(
        guideline.plan(action(definitionCanonical=f"{AD}|2")), guideline.activity(), guideline.activity(version="3")
    )
    assert applied.resources[0]["instantiatesCanonical"] == [f"{AD}|2"]


def test_pd_001_the_last_path_segment_is_no_id(guideline: Any) -> None:
    plan = guideline.plan(action(definitionCanonical="http://other.org/ActivityDefinition/ad"))
    loaded = guideline.load(plan, guideline.activity())
    (error,) = loaded.errors
    assert (error.code, error.pointer) == ("PD-130", "/action/0/definitionCanonical")
    assert error.hint == f"did you mean {AD}?"


def test_pd_002_without_a_version_the_newest_is_taken_and_recorded(guideline: Any) -> None:
    applied = guideline.apply(
        guideline.plan(action(definitionCanonical=AD)),
        guideline.activity(version="1.9"),
        guideline.activity(version="1.10"),
    )
    assert applied.versions[AD] == f"{AD}|1.10"
    assert applied.versions["http://example.org/Library/Logic"] == "http://example.org/Library/Logic|1.0"


def test_pd_003_fragments_resolve_to_contained_definitions(guideline: Any) -> None:
    contained = guideline.activity(id="inside", title="Inside")
    applied = guideline.apply(guideline.plan(action(definitionCanonical="#inside"), contained=[contained]))
    assert applied.resources[0]["resourceType"] == "ServiceRequest"


def test_pd_003_a_fragment_of_another_definition_resolves(guideline: Any) -> None:
    other = guideline.plan(
        id="other", url="http://example.org/PlanDefinition/other", contained=[guideline.activity(id="x")]
    )
    plan = guideline.plan(action(definitionCanonical="http://example.org/PlanDefinition/other#x"))
    assert guideline.apply(plan, other).resources[0]["resourceType"] == "ServiceRequest"


SECOND = (
    'library Second\nusing FHIR version \'4.0.1\'\ncontext Patient\ndefine "Is True": false\ndefine "Only Here": true\n'
)


def second_library() -> dict[str, Any]:
    return {
        "resourceType": "Library",
        "url": "http://example.org/Library/Second",
        "status": "active",
        "type": {"text": "logic"},
        "content": [{"contentType": "text/cql", "data": base64.b64encode(SECOND.encode()).decode()}],
    }


BOTH = ["http://example.org/Library/Logic", "http://example.org/Library/Second"]


def test_pd_004_defines_of_several_libraries_are_found(guideline: Any) -> None:
    plan = guideline.plan(
        action(condition=[guideline.when("Only Here")]), action(condition=[guideline.when("Is Adult")]), library=BOTH
    )
    assert len(guideline.apply(plan, second_library()).actions) == 2


def test_pd_004_a_name_in_two_libraries_is_an_error(guideline: Any) -> None:
    plan = guideline.plan(action(condition=[guideline.when("Is True")]), library=BOTH)
    assert guideline.codes(plan, second_library()) == ["PD-143"]


def test_pd_035_a_reference_says_which_library_is_meant(guideline: Any) -> None:
    condition = guideline.when("Is True")
    condition["expression"]["reference"] = "http://example.org/Library/Second"
    plan = guideline.plan(action(condition=[condition]), library=BOTH)
    assert guideline.apply(plan, second_library()).actions == ()


def test_pd_005_retired_is_an_error_draft_and_experimental_are_warnings(guideline: Any) -> None:
    assert guideline.codes(guideline.plan(status="retired")) == ["PD-122"]
    assert guideline.codes(guideline.plan(status="draft", experimental=True), severity="warning") == [
        "PD-123",
        "PD-123",
    ]


@pytest.mark.parametrize(
    ("period", "codes"),
    [
        ({"end": "2001-01-01"}, ["PD-124"]),
        ({"start": "2999"}, ["PD-124"]),
        ({"start": "2001-02", "end": "2999"}, []),
    ],
)
def test_pd_005_outside_the_effective_period_is_a_warning(guideline: Any, period: Any, codes: list[str]) -> None:
    assert guideline.codes(guideline.plan(effectivePeriod=period), severity="warning") == codes


def test_pd_006_a_name_that_is_no_identifier_is_a_warning(guideline: Any) -> None:
    assert guideline.codes(guideline.plan(name="a name"), severity="warning") == ["PD-113"]


def test_pd_006_an_expression_needs_expression_or_reference(guideline: Any) -> None:
    condition = {"kind": "applicability", "expression": {"language": "text/cql"}}
    assert "PD-110" in guideline.codes(guideline.plan(action(condition=[condition])))


@pytest.mark.parametrize("name", ["codeFilter", "dateFilter"])
@pytest.mark.parametrize(
    ("content", "wrong"), [({"path": "code"}, False), ({}, True), ({"path": "a", "searchParam": "b"}, True)]
)
def test_pd_006_filters_have_either_path_or_parameter(guideline: Any, name: str, content: Any, wrong: bool) -> None:
    one = {"type": "Condition", name: [{"id": "f", **content}]}
    assert guideline.codes(guideline.plan(action(input=[one]))) == (["PD-111"] if wrong else [])


@pytest.mark.parametrize(
    "trigger",
    [
        {"type": "named-event"},
        {"type": "periodic"},
        {"type": "data-added"},
        {"type": "data-added", "timingDate": "2024-01-01", "data": [{"type": "Condition"}]},
        {"type": "named-event", "name": "patient-view", "condition": {"language": "text/cql", "expression": "true"}},
    ],
)
def test_pd_006_trigger_invariants(guideline: Any, trigger: Any) -> None:
    assert set(guideline.codes(guideline.plan(action(trigger=[trigger])))) == {"PD-112"}


def test_pd_007_a_cycle_fails_with_its_path(guideline: Any) -> None:
    other = "http://example.org/PlanDefinition/other"
    plan = guideline.plan(action(definitionCanonical=other))
    back = guideline.plan(action(definitionCanonical="http://example.org/PlanDefinition/p"), id="other", url=other)
    loaded = guideline.load(plan, back)
    cycle = [one for one in loaded.errors if one.code == "PD-131"]
    assert len(cycle) == 2
    assert f"{other}|1 -> http://example.org/PlanDefinition/p|1" in cycle[0].message
    assert loaded.content.plans == ()


def test_pd_008_a_library_that_is_not_loaded_fails_at_its_place(guideline: Any) -> None:
    loaded = guideline.load(guideline.plan(library=["http://example.org/Library/Missing"]))
    (error,) = loaded.errors
    assert (error.code, error.pointer) == ("PD-130", "/library/0")
    assert error.file is not None
    assert loaded.content.refused == ("http://example.org/PlanDefinition/p|1",)


def test_pd_008_a_value_set_that_is_not_loaded_is_seen_at_load_and_in_the_cards(guideline: Any) -> None:
    cql = """library Logic version '1.0'
using FHIR version '4.0.1'
valueset "Missing": 'http://example.org/ValueSet/missing'
context Patient
define "Has": exists [Condition: "Missing"]
"""
    plan = guideline.plan(action(condition=[guideline.when("Has")]))
    assert guideline.codes(plan, cql=cql, severity="warning") == ["PD-149"]
    (card,) = guideline.cards(plan, cql=cql)
    assert "http://example.org/ValueSet/missing" in card["detail"]


def test_pd_008_only_value_sets_that_a_plan_needs_are_missed_and_the_place_is_told(guideline: Any) -> None:
    cql = """library Logic version '1.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
valueset "Unused": 'http://example.org/ValueSet/unused'
valueset "Tested": 'http://example.org/ValueSet/tested'
context Patient
define "Not in the plan": exists [Condition: "Unused"]
define "Are": [Condition] C where C.code in "Tested"
define "Has": exists "Are"
"""
    loaded = guideline.load(guideline.plan(action(condition=[guideline.when("Has")])), cql=cql)
    [missed] = [one for one in loaded.diagnostics if one.code == "PD-149"]
    assert "http://example.org/ValueSet/tested" in missed.message
    assert missed.file is not None
    assert (missed.file.name, missed.place) == ("Logic.cql", "CQL 8:45")


@pytest.mark.parametrize(
    ("element", "version"),
    [
        ({"linkId": "1"}, "R5"),
        ({"label": "x"}, "DSTU3"),
        ({"triggerDefinition": [{"type": "named-event"}]}, "DSTU3"),
        ({"definition": {"reference": "ActivityDefinition/ad"}}, "DSTU3"),
        ({"condition": [{"kind": "applicability", "language": "text/cql"}]}, "DSTU3"),
        ({"trigger": [{"type": "named-event", "name": "patient-view", "eventName": "x"}]}, "DSTU3"),
        ({"relatedAction": [{"actionId": "a", "relationship": "before", "targetId": "a"}]}, "R5"),
    ],
)
def test_pd_009_shapes_of_other_versions_are_named(guideline: Any, element: Any, version: str) -> None:
    loaded = guideline.load(guideline.plan(action(id="a", **element)))
    found = [one for one in loaded.errors if one.code == "PD-109"]
    assert found
    assert version in found[0].message


def test_pd_009_unknown_elements_are_errors_with_a_suggestion(guideline: Any) -> None:
    loaded = guideline.load(guideline.plan({"titel": "A"}))
    (error,) = loaded.errors
    assert (error.code, error.pointer, error.hint) == ("PD-103", "/action/0/titel", "did you mean title?")


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"status": "activ"}, "PD-106"),
        ({"action": [{"selectionBehavior": "one"}]}, "PD-106"),
        ({"action": [{"priority": "now"}]}, "PD-106"),
        ({"title": 3}, "PD-104"),
        ({"date": "yesterday"}, "PD-104"),
        ({"title": ["a"]}, "PD-107"),
        ({"action": {"title": "A"}}, "PD-107"),
        ({"title": ""}, "PD-108"),
        ({"subjectCodeableConcept": {"text": "x"}, "subjectReference": {"reference": "Group/1"}}, "PD-114"),
        ({"goal": [{"id": "g"}]}, "PD-105"),
    ],
)
def test_pd_106_structure_and_required_bindings(guideline: Any, elements: Any, code: str) -> None:
    assert code in guideline.codes(guideline.plan(**elements))


def test_pd_171_diagnostics_say_where_and_how_to_mend(guideline: Any) -> None:
    loaded = guideline.load(guideline.plan({"condition": [guideline.when("Is Tru")]}))
    (error,) = loaded.errors
    assert error.render().endswith(
        "1.json#/action/0/condition/0/expression/expression: error PD-141: there is no define named 'Is Tru' in Logic\n"
        "  hint: did you mean 'Is True'?"
    )


def test_pd_171_every_code_is_explained_and_used() -> None:
    folders = (Path(content.__file__).parent, Path(plan_cases.__file__).parent)
    files = [file for folder in folders for file in folder.glob("*.py")]
    used = {code for file in files for code in re.findall(r'"(PD-\d+)"(?!:)', file.read_text())}
    assert used == CODES.keys()


def test_pd_171_faults_in_cql_have_line_and_column(guideline: Any) -> None:
    cql = "library Logic version '1.0'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"A\": 1 + 'x'\n"
    loaded = guideline.load(guideline.plan(), cql=cql)
    (error,) = [one for one in loaded.errors if one.code == "PD-148"]
    assert error.place is not None
    assert error.place.startswith("CQL 4:")


def test_libraries_as_elm_and_definitions_in_bundles(tmp_path: Path) -> None:
    from cql import Library

    elm = Library.from_cql(
        "library E version '1'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"Yes\": true\n"
    ).to_elm()
    data = base64.b64encode(json.dumps(elm).encode()).decode()
    library = {
        "resourceType": "Library",
        "url": "http://e/Library/E",
        "status": "active",
        "type": {"text": "x"},
        "content": [{"contentType": "application/elm+json", "data": data}],
    }
    plan = {
        "resourceType": "PlanDefinition",
        "url": "http://e/PlanDefinition/e",
        "status": "active",
        "library": ["http://e/Library/E|1"],
        "action": [
            {"condition": [{"kind": "applicability", "expression": {"language": "text/cql", "expression": "Yes"}}]}
        ],
    }
    library["version"] = "1"
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": plan}, {"resource": library}]}
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "all.json").write_text(json.dumps(bundle))
    loaded = load([tmp_path])
    assert not loaded.errors
    assert [one.canonical for one in loaded.content.plans] == ["http://e/PlanDefinition/e"]


def test_a_cql_file_alone_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "x.cql").write_text(
        "library Bare version '2'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"Yes\": true\n"
    )
    plan = {
        "resourceType": "PlanDefinition",
        "url": "http://e/PlanDefinition/e",
        "status": "active",
        "library": ["http://e/Library/Bare|2"],
        "action": [
            {"condition": [{"kind": "applicability", "expression": {"language": "text/cql", "expression": "Yes"}}]}
        ],
    }
    (tmp_path / "p.json").write_text(json.dumps(plan))
    assert not load([tmp_path]).errors


def test_a_plan_is_found_by_id_and_canonical_and_a_faulty_one_is_not(guideline: Any) -> None:
    content = guideline.load(guideline.plan()).content
    assert content.plan("p") is content.plan("http://example.org/PlanDefinition/p") is content.plans[0]
    assert content.plan("http://example.org/PlanDefinition/p|1") is content.plans[0]
    with pytest.raises(PlanNotFound, match="no plan is called q"):
        content.plan("q")
    faulty = guideline.load(guideline.plan(status="retired")).content
    with pytest.raises(PlanNotFound, match="has errors"):
        faulty.plan("http://example.org/PlanDefinition/p")


def test_two_definitions_of_one_url_and_version_are_an_error(guideline: Any) -> None:
    assert "PD-121" in guideline.codes(guideline.plan(), guideline.plan(title="Another"))


def test_copies_of_one_definition_are_fine(guideline: Any) -> None:
    loaded = guideline.load(
        guideline.plan({"definitionCanonical": AD}), guideline.activity(), guideline.activity(meta={"versionId": "2"})
    )
    assert loaded.diagnostics == ()


def test_files_that_are_no_json_are_reported(guideline: Any) -> None:
    (guideline.folder / "broken.json").write_text("{")
    assert guideline.codes(guideline.plan()) == ["PD-101"]


def test_a_plan_that_uses_a_faulty_definition_is_refused(guideline: Any) -> None:
    plan = guideline.plan(action(definitionCanonical=AD))
    loaded = guideline.load(plan, guideline.activity(status="retired"))
    assert loaded.content.plans == ()
    assert [one.code for one in loaded.errors] == ["PD-122", "PD-138"]
