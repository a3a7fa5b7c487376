"""Section C of the PlanDefinition checklist: which actions apply."""

from __future__ import annotations

from typing import Any

import pytest


def action(title: str, *conditions: Any, **elements: Any) -> dict[str, Any]:
    return {"id": title, "title": title, **({"condition": list(conditions)} if conditions else {}), **elements}


def test_pd_020_an_action_applies_if_all_conditions_are_true(guideline: Any, titles: Any) -> None:
    yes, no = guideline.when("Is True"), guideline.when("Is False")
    plan = guideline.plan(action("none"), action("both", yes, guideline.when("Is Adult")), action("one", yes, no))
    assert titles(guideline.apply(plan)) == ["none", "both"]


def test_pd_021_start_and_stop_are_carried_not_judged(guideline: Any) -> None:
    start, stop = guideline.when("Is False", kind="start"), guideline.when("Fails", kind="stop")
    applied = guideline.apply(guideline.plan(action("a", guideline.when("Is True"), start, stop)))
    assert applied.actions[0].json["condition"] == [start, stop]
    assert applied.problems == ()


def test_pd_022_null_is_not_applicable_and_recorded_as_unknown(guideline: Any) -> None:
    applied = guideline.apply(
        guideline.plan(action("unknown", guideline.when("Is Unknown")), action("false", guideline.when("Is False"))),
        trace=True,
    )
    assert applied.actions == ()
    unknown, false = applied.decision("unknown"), applied.decision("false")
    assert (unknown.status, unknown.conditions[0].value) == ("unknown", "unknown")
    assert (false.status, false.conditions[0].value) == ("not-applicable", "false")


def test_pd_172_the_trace_says_why_a_condition_is_unknown(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan(action("a", guideline.when("Is Unknown"))), trace=True)
    assert applied.decision("a").conditions[0].reasons == ("no Observation is on record",)
    assert applied.decision("a").to_json() == {
        "plan": "http://example.org/PlanDefinition/p|1",
        "action": "action/0",
        "id": "a",
        "label": "a",
        "status": "unknown",
        "conditions": [
            {
                "expression": "Is Unknown",
                "library": "Logic",
                "value": "unknown",
                "reasons": ["no Observation is on record"],
            }
        ],
    }


def test_false_settles_what_is_unknown_or_broken_beside_it(guideline: Any) -> None:
    no = guideline.when("Is False")
    plan = guideline.plan(action("a", guideline.when("Is Unknown"), no), action("b", guideline.when("Fails"), no))
    assert [one.status for one in guideline.apply(plan).decisions] == ["not-applicable", "not-applicable"]


@pytest.mark.parametrize("name", ["Is Text", "Is Any", "Whole", "Nothing"])
def test_pd_023_a_condition_that_is_not_boolean_is_refused(guideline: Any, name: str) -> None:
    loaded = guideline.load(guideline.plan(action("a", guideline.when(name))))
    assert [one.code for one in loaded.errors] == ["PD-142"]
    assert loaded.content.plans == ()


@pytest.mark.parametrize("text", ["'true'", "Patient.name", "1"])
def test_pd_023_a_fhirpath_result_that_is_not_boolean_is_an_error(guideline: Any, text: str) -> None:
    applied = guideline.apply(guideline.plan(action("a", guideline.when(text, "text/fhirpath"))))
    assert applied.decision("a").status == "error"
    assert [one.severity for one in applied.problems] == ["error"]


def test_pd_024_an_exception_stops_its_action_only_and_is_told(guideline: Any, titles: Any) -> None:
    applied = guideline.apply(guideline.plan(action("broken", guideline.when("Fails")), action("fine")))
    assert titles(applied) == ["fine"]
    assert applied.decision("broken").status == "error"
    (problem,) = applied.problems
    assert (problem.severity, problem.action) == ("error", "action/0")
    assert "broken" in problem.message
    (outcome,) = [one for one in applied.care_plan["contained"] if one["resourceType"] == "OperationOutcome"]
    assert "broken" in outcome["issue"][0]["diagnostics"]


def test_pd_025_below_what_does_not_apply_nothing_is_evaluated(guideline: Any) -> None:
    child = action("child", guideline.when("Fails"), dynamicValue=[guideline.set("%action.title", "Fails")])
    applied = guideline.apply(guideline.plan(action("parent", guideline.when("Is False"), action=[child])))
    assert [one.id for one in applied.decisions] == ["parent"]
    assert applied.problems == ()


def test_pd_026_children_are_judged_one_by_one_and_the_parent_stays(guideline: Any) -> None:
    children = [action("yes"), action("no", guideline.when("Is False"))]
    some = action("some", action=children)
    none = action("none", action=[action("no2", guideline.when("Is False"))])
    applied = guideline.apply(guideline.plan(some, none))
    assert [one["title"] for one in applied.request_group["action"][0]["action"]] == ["yes"]
    assert "action" not in applied.request_group["action"][1]


def test_pd_027_an_applicability_condition_without_an_expression_is_refused(guideline: Any) -> None:
    assert guideline.codes(guideline.plan(action("a", {"kind": "applicability"}))) == ["PD-145"]
    assert guideline.codes(guideline.plan(action("a", {"kind": "start"}))) == []


def test_pd_028_any_takes_the_first_applicable_child(guideline: Any) -> None:
    children = [action("1", guideline.when("Is False")), action("2"), action("3", guideline.when("Fails"))]
    behaviour = {"url": "http://hl7.org/fhir/StructureDefinition/cqf-applicabilityBehavior", "valueCode": "any"}
    applied = guideline.apply(guideline.plan(action("a", action=children, extension=[behaviour])))
    assert [one.json["title"] for one in applied.actions[0].children] == ["2"]
    assert applied.problems == ()


def test_pd_029_actions_come_in_document_order(guideline: Any, titles: Any) -> None:
    names = [f"a{number}" for number in range(20)]
    plan = guideline.plan(*(action(name, guideline.when("Is Adult")) for name in names))
    assert titles(guideline.apply(plan)) == names


def test_what_of_the_data_was_malformed_is_among_the_problems(guideline: Any) -> None:
    category = {"coding": [{"system": "http://example.org/local", "code": "1"}]}
    retrieve = guideline.when('exists [Observation: category in { "One" }]', language="text/cql-expression")
    plan = guideline.plan(action("a", retrieve))
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1980-01-01"}

    def applied(category: Any) -> Any:
        observation = {"resourceType": "Observation", "id": "o1", "status": "final", "category": category}
        return guideline.apply(plan, data=[patient, observation])

    assert (len(applied([category]).actions), applied([category]).problems) == (1, ())
    [problem] = applied(category).problems
    assert (problem.severity, applied(category).actions) == ("warning", ())
    assert problem.message.startswith("the data: Observation/o1 Observation.category: warning CQL-330")
