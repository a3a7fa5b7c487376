"""Section H of the PlanDefinition checklist: dynamicValues of actions and activities, applied."""

from __future__ import annotations

from typing import Any

import pytest

AD = "http://example.org/ActivityDefinition/ad"


def test_pd_092_and_096_values_are_set_in_order(guideline: Any) -> None:
    values = [
        guideline.set("code.coding", "The Code"),
        guideline.set("code.text", "Words"),
        guideline.set("code.text", "Family"),
        guideline.set("note[0].text", "%action.title & '!'", "text/fhirpath"),
    ]
    applied = guideline.apply(
        guideline.plan({"title": "T", "definitionCanonical": AD, "dynamicValue": values}), guideline.activity()
    )
    coding = {"system": "http://example.org/local", "code": "1", "display": "One"}
    assert applied.resources[0]["code"] == {"coding": [coding], "text": "Moe"}
    assert applied.resources[0]["note"] == [{"text": "T!"}]


def test_pd_093_without_a_definition_this_is_the_whole_resource(guideline: Any) -> None:
    cql = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Order": ServiceRequest {
  status: FHIR.ServiceRequestStatus { value: 'draft' }, intent: FHIR.ServiceRequestIntent { value: 'proposal' },
  subject: FHIR.Reference { reference: FHIR.string { value: 'Patient/p1' } } }
"""
    applied = guideline.apply(
        guideline.plan({"title": "A", "dynamicValue": [guideline.set("$this", "Order")]}), cql=cql
    )
    (resource,) = applied.resources
    assert {name: resource[name] for name in ("resourceType", "status", "intent", "subject")} == {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": "Patient/p1"},
    }
    assert applied.problems == ()


def test_pd_093_what_is_no_resource_is_an_error(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"title": "A", "dynamicValue": [guideline.set("$this", "Words")]}))
    assert "whole resource" in applied.problems[0].message


def test_pd_034_fhirpath_of_a_dynamic_value_starts_at_its_definition(guideline: Any) -> None:
    activity = guideline.activity(
        "Task",
        code={"text": "Administer"},
        dynamicValue=[
            guideline.set("input[0].type", "code", "text/fhirpath"),
            guideline.set("input[0].valueString", "Patient.name.family.first()", "text/fhirpath"),
        ],
    )
    value = guideline.set("description", "title & ' for ' & %subject.name.given.first()", "text/fhirpath")
    applied = guideline.apply(
        guideline.plan({"title": "T", "definitionCanonical": AD, "dynamicValue": [value]}), activity
    )
    assert applied.resources[0]["input"] == [{"type": {"text": "Administer"}, "valueString": "Moe"}]
    assert applied.resources[0]["description"] == "T for Jo"
    assert applied.problems == ()


def test_pd_094_null_leaves_the_target_and_is_recorded(guideline: Any) -> None:
    plan = guideline.plan({"id": "a", "title": "Before", "dynamicValue": [guideline.set("%action.title", "Nothing")]})
    applied = guideline.apply(plan)
    assert applied.actions[0].json["title"] == "Before"
    assert applied.decision("a").values == (("%action.title", "unknown"),)
    assert [one.severity for one in applied.problems] == ["information"]


def test_a_failing_value_is_a_problem_and_the_rest_goes_on(guideline: Any) -> None:
    values = [guideline.set("%action.title", "Fails"), guideline.set("%action.description", "Words")]
    applied = guideline.apply(guideline.plan({"title": "A", "dynamicValue": values}))
    assert applied.actions[0].json == {"title": "A", "description": "computed words"}
    assert [one.severity for one in applied.problems] == ["error"]


def test_pd_095_a_value_of_the_wrong_type_is_an_error_with_its_path(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"title": "A", "dynamicValue": [guideline.set("%action.title", "Size")]}))
    assert applied.problems[0].message.startswith("%action.title: Quantity")


@pytest.mark.parametrize("path", ["%action.nothing", "action.condition.kind.x", "code.text", "a..b"])
def test_pd_170_paths_are_checked_when_loaded(guideline: Any, path: str) -> None:
    assert guideline.codes(guideline.plan({"dynamicValue": [guideline.set(path, "Words")]})) == ["PD-146"]


def test_pd_170_paths_into_the_definitions_kind_are_checked(guideline: Any) -> None:
    plan = guideline.plan(
        {"definitionCanonical": AD, "dynamicValue": [guideline.set("dosageInstruction.text", "Words")]}
    )
    loaded = guideline.load(plan, guideline.activity())
    (error,) = loaded.errors
    assert (error.code, error.pointer) == ("PD-146", "/action/0/dynamicValue/0/path")
    assert not guideline.codes(plan, guideline.activity("MedicationRequest", productCodeableConcept={"text": "x"}))


def test_pd_097_the_indicator_of_old_content(guideline: Any) -> None:
    plan = guideline.plan(
        {"title": "A", "dynamicValue": [guideline.set("action.extension", "'critical'", "text/cql-expression")]}
    )
    assert guideline.codes(plan, severity="warning") == ["PD-146"]
    assert guideline.cards(plan)[0]["indicator"] == "critical"


def test_pd_098_group_and_text_actions_have_dynamic_values_too(guideline: Any) -> None:
    value = [guideline.set("%action.title", "Words")]
    applied = guideline.apply(guideline.plan({"dynamicValue": value, "action": [{"dynamicValue": value}]}))
    (made,) = applied.request_group["action"]
    assert (made["title"], made["action"][0]["title"]) == ("computed words", "computed words")


def test_pd_081_timing_location_and_more_by_dynamic_value(guideline: Any) -> None:
    values = [
        guideline.set("occurrence", "The Period"),
        guideline.set("quantity", "The Range"),
        guideline.set("authoredOn", "The Moment"),
    ]
    plan = guideline.plan({"definitionCanonical": AD, "dynamicValue": values})
    applied = guideline.apply(plan, guideline.activity())
    made = applied.resources[0]
    assert made["occurrencePeriod"] == {"start": "2024-01-01", "end": "2024-02-01"}
    assert made["quantityRange"]["high"]["value"] == 2
    assert made["authoredOn"].startswith("2024-02-03T04:05:06")
    assert applied.problems == ()


@pytest.mark.parametrize("path", ["action.title", "%action.title", "action.action.title"])
def test_pd_091_the_path_of_an_inner_action_may_start_at_the_plan(guideline: Any, path: str) -> None:
    plan = guideline.plan({"title": "Group", "action": [{"dynamicValue": [guideline.set(path, "Words")]}]})
    [group] = guideline.apply(plan).actions
    assert [one.json for one in group.children] == [{"title": "computed words"}]
