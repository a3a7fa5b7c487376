"""Sections E and F of the PlanDefinition checklist: CarePlan, RequestGroup, Goals, what actions are defined by."""

from __future__ import annotations

from typing import Any

import pytest

from plandefinitions.r4 import check

AD = "http://example.org/ActivityDefinition/ad"
OTHER = "http://example.org/PlanDefinition/other"


def other_plan(guideline: Any, *actions: Any, **elements: Any) -> Any:
    return guideline.plan(*actions, id="other", url=OTHER, title="The other", **elements)


def test_pd_050_the_request_group_says_what_it_is_of(guideline: Any) -> None:
    applied = guideline.apply(
        guideline.plan({"title": "A"}), encounter="Encounter/e", practitioner="Practitioner/d",
        organization="Organization/o", user_language={"coding": [{"code": "en"}]},
    )  # fmt: skip
    assert applied.request_group == {
        "resourceType": "RequestGroup",
        "id": "request-group",
        "language": "en",
        "instantiatesCanonical": ["http://example.org/PlanDefinition/p|1"],
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e"},
        "authoredOn": "2024-05-05T10:00:00+02:00",
        "author": {"reference": "Practitioner/d"},
        "action": [{"title": "A"}],
    }


def test_pd_050_the_organization_is_author_when_there_is_no_practitioner(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"title": "A"}), organization="Organization/o")
    assert applied.request_group["author"] == {"reference": "Organization/o"}


def test_pd_051_the_result_is_a_care_plan_with_the_request_group(guideline: Any) -> None:
    plan = guideline.plan({"title": "A", "definitionCanonical": AD}, description="What it is")
    whole = guideline.apply(plan, guideline.activity()).care_plan
    assert whole["activity"] == [{"reference": {"reference": "#request-group"}}]
    assert [one["resourceType"] for one in whole["contained"]] == ["RequestGroup", "ServiceRequest"]
    assert (whole["title"], whole["description"]) == ("The plan", "What it is")
    assert list(check(whole)) == []


def test_pd_052_everything_an_action_says_is_copied(guideline: Any) -> None:
    said: dict[str, Any] = {
        "id": "a",
        "prefix": "1.",
        "title": "A",
        "description": "Description",
        "textEquivalent": "Text",
        "priority": "urgent",
        "code": [{"text": "code"}],
        "documentation": [{"type": "documentation", "display": "D"}],
        "condition": [guideline.when("Is True", kind="start")],
        "relatedAction": [
            {"actionId": "b", "relationship": "before-start", "offsetDuration": {"value": 1, "unit": "d"}}
        ],
        "timingTiming": {"event": ["2024-01-01"]},
        "type": {"coding": [{"code": "create"}]},
        "groupingBehavior": "visual-group",
        "selectionBehavior": "exactly-one",
        "requiredBehavior": "must",
        "precheckBehavior": "yes",
        "cardinalityBehavior": "multiple",
        "extension": [{"url": "http://example.org/x", "valueString": "x"}],
    }
    applied = guideline.apply(guideline.plan(said, {"id": "b", "title": "B"}))
    assert applied.request_group["action"][0] == said
    assert list(check(applied.care_plan)) == []


def goal(**elements: Any) -> dict[str, Any]:
    return {"id": "g", "description": {"text": "Feel better"}, **elements}


def test_pd_053_goals_are_proposed_and_linked(guideline: Any) -> None:
    asthma = {"coding": [{"system": "http://s", "code": "c"}], "text": "Asthma"}
    one = goal(
        category={"text": "cat"}, priority={"text": "high"}, start={"text": "now"},
        addresses=[asthma, {"text": "Other"}],
        documentation=[{"type": "citation", "citation": "A paper"}],
        target=[{"measure": {"text": "m"}, "detailQuantity": {"value": 1}, "due": {"value": 3, "unit": "mo"}}],
    )  # fmt: skip
    condition = {"resourceType": "Condition", "id": "c1", "code": asthma, "subject": {"reference": "Patient/p1"}}
    data = [{"resourceType": "Patient", "id": "p1"}, condition]
    applied = guideline.apply(guideline.plan({"title": "A", "goalId": ["g"]}, goal=[one]), data=data)
    assert applied.goals == (
        {
            "resourceType": "Goal",
            "id": "g",
            "lifecycleStatus": "proposed",
            "category": [{"text": "cat"}],
            "priority": {"text": "high"},
            "description": {"text": "Feel better"},
            "subject": {"reference": "Patient/p1"},
            "startCodeableConcept": {"text": "now"},
            "target": [
                {"measure": {"text": "m"}, "detailQuantity": {"value": 1}, "dueDuration": {"value": 3, "unit": "mo"}}
            ],
            "addresses": [{"reference": "Condition/c1"}, {"display": "Other"}],
            "note": [{"text": "A paper"}],
        },
    )
    assert applied.care_plan["goal"] == [{"reference": "#g"}]
    (link,) = applied.request_group["action"][0]["extension"]
    assert link["valueReference"] == {"reference": "#g"}
    assert list(check(applied.care_plan)) == []


def test_pd_053_the_goal_of_an_action_that_does_not_apply_is_not_proposed(guideline: Any) -> None:
    plan = guideline.plan({"goalId": ["g"], "condition": [guideline.when("Is False")]}, {"title": "B"}, goal=[goal()])
    assert guideline.apply(plan).goals == ()
    assert guideline.codes(guideline.plan({"goalId": ["h"]}, goal=[goal()])) == ["PD-137"]


def test_pd_054_related_actions_must_exist_and_dead_ones_are_dropped(guideline: Any) -> None:
    def related(to: str) -> dict[str, Any]:
        return {"actionId": to, "relationship": "after-end"}

    assert guideline.codes(guideline.plan({"relatedAction": [related("nowhere")]})) == ["PD-135"]
    dead = {"id": "dead", "condition": [guideline.when("Is False")]}
    plan = guideline.plan({"id": "a", "relatedAction": [related("dead"), related("b")]}, dead, {"id": "b"})
    applied = guideline.apply(plan)
    assert applied.request_group["action"][0]["relatedAction"] == [related("b")]
    assert [one.severity for one in applied.problems] == ["information"]


def test_two_actions_of_one_id_are_an_error(guideline: Any) -> None:
    assert guideline.codes(guideline.plan({"id": "a"}, {"id": "a"})) == ["PD-136"]


@pytest.mark.parametrize(
    ("timing", "occurrence"),
    [
        ({"timingDateTime": "2024-01-01"}, {"occurrenceDateTime": "2024-01-01"}),
        ({"timingPeriod": {"start": "2024-01-01"}}, {"occurrencePeriod": {"start": "2024-01-01"}}),
        ({"timingTiming": {"count": 1}}, None),
        ({"timingDuration": {"value": 1}}, {}),
    ],
)
def test_pd_055_the_plans_timing_wins(guideline: Any, timing: Any, occurrence: Any) -> None:
    timing = {"timingTiming": {"repeat": {"count": 1}}} if occurrence is None else timing
    occurrence = {"occurrenceTiming": {"repeat": {"count": 1}}} if occurrence is None else occurrence
    plan = guideline.plan({"definitionCanonical": AD, **timing})
    applied = guideline.apply(plan, guideline.activity(timingDateTime="2000-01-01"))
    (name,) = timing
    assert applied.request_group["action"][0][name] == timing[name]
    found = {key: value for key, value in applied.resources[0].items() if key.startswith("occurrence")}
    assert found == occurrence
    assert bool(applied.problems) is (not occurrence)


def test_pd_056_participants_are_references(guideline: Any) -> None:
    people = [
        {"type": "patient"},
        {"type": "practitioner"},
        {"type": "device", "role": {"text": "pump"}},
        {"type": "related-person"},
    ]
    applied = guideline.apply(guideline.plan({"participant": people}), practitioner="Practitioner/d")
    assert applied.request_group["action"][0]["participant"] == [
        {"reference": "Patient/p1"},
        {"reference": "Practitioner/d"},
        {"display": "pump"},
        {"display": "related-person"},
    ]


def test_pd_058_an_action_about_something_else_than_the_subject_is_a_problem(guideline: Any, titles: Any) -> None:
    device = {"title": "D", "subjectCodeableConcept": {"coding": [{"code": "Device"}]}, "action": [{"title": "child"}]}
    applied = guideline.apply(guideline.plan(device, {"title": "A"}))
    assert titles(applied) == ["A"]
    assert "Device" in applied.problems[0].message


def test_pd_060_one_definition_used_twice_gives_two_resources(guideline: Any) -> None:
    applied = guideline.apply(
        guideline.plan({"definitionCanonical": AD}, {"definitionCanonical": AD}), guideline.activity()
    )
    ids = [one["id"] for one in applied.care_plan["contained"]]
    assert len(set(ids)) == len(ids) == 3
    assert [one["resource"]["reference"] for one in applied.request_group["action"]] == [f"#{one}" for one in ids[1:]]


def test_pd_061_data_and_content_are_left_as_they_were(guideline: Any) -> None:
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Moe"}]}
    plan = guideline.plan(
        {
            "title": "A",
            "definitionCanonical": AD,
            "dynamicValue": [guideline.set("note[0].text", "%subject.name.family", "text/fhirpath")],
        }
    )
    first = guideline.apply(plan, guideline.activity(), data=[patient])
    assert patient == {"resourceType": "Patient", "id": "p1", "name": [{"family": "Moe"}]}
    assert first.plan.resource == plan


def test_pd_070_an_activity_becomes_an_option(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"definitionCanonical": AD}), guideline.activity(intent="order"))
    resource = applied.resources[0]
    assert (resource["status"], resource["intent"]) == ("draft", "option")


def test_pd_071_a_plan_is_applied_within(guideline: Any) -> None:
    child = {"title": "Inner", "definitionCanonical": AD}
    no = {"title": "No", "condition": [guideline.when("Is False")]}
    applied = guideline.apply(
        guideline.plan({"title": "Outer", "definitionCanonical": OTHER}),
        other_plan(guideline, child, no),
        guideline.activity(),
    )
    kinds = [one["resourceType"] for one in applied.care_plan["contained"]]
    assert sorted(kinds) == ["CarePlan", "RequestGroup", "RequestGroup", "ServiceRequest"]
    nested = applied.actions[0].nested
    assert nested is not None
    assert applied.request_group["action"][0]["resource"] == {"reference": f"#{nested.care_plan['id']}"}
    assert [one["title"] for one in nested.request_group["action"]] == ["Inner"]
    assert applied.versions[OTHER] == f"{OTHER}|1"
    assert list(check(applied.care_plan)) == []


def test_pd_072_a_questionnaire_is_the_resource(guideline: Any) -> None:
    questionnaire = {
        "resourceType": "Questionnaire",
        "id": "q",
        "url": "http://example.org/Questionnaire/q",
        "status": "active",
    }
    applied = guideline.apply(guideline.plan({"definitionCanonical": questionnaire["url"]}), questionnaire)
    assert applied.resources == (questionnaire,)


def test_pd_073_a_definition_uri_is_kept_as_given(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"definitionUri": "http://elsewhere.org/protocol"}))
    assert applied.request_group["action"] == [{"resource": {"reference": "http://elsewhere.org/protocol"}}]


def test_pd_074_canonical_and_uri_together_are_an_error(guideline: Any) -> None:
    codes = guideline.codes(
        guideline.plan({"definitionUri": "http://u", "definitionCanonical": AD}), guideline.activity()
    )
    assert set(codes) == {"PD-114", "PD-133"}


def test_pd_075_text_only_actions_are_legal(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"description": "Only words"}))
    assert applied.request_group["action"] == [{"description": "Only words"}]


def test_pd_076_definition_and_children_are_both_processed(guideline: Any) -> None:
    applied = guideline.apply(
        guideline.plan({"title": "A", "definitionCanonical": AD, "action": [{"title": "child"}]}), guideline.activity()
    )
    (made,) = applied.request_group["action"]
    assert made["action"] == [{"title": "child"}]
    assert made["resource"] == {"reference": "#ServiceRequest"}


def test_pd_077_what_the_action_does_not_say_its_definition_does(guideline: Any) -> None:
    activity = guideline.activity(
        title="Told by the activity", description="D", relatedArtifact=[{"type": "citation", "citation": "C"}]
    )
    plan = guideline.plan({"definitionCanonical": AD}, {"definitionCanonical": AD, "title": "Mine"})
    first, second = guideline.apply(plan, activity).request_group["action"]
    assert (first["title"], first["description"]) == ("Told by the activity", "D")
    assert first["documentation"] == [{"type": "citation", "citation": "C"}]
    assert second["title"] == "Mine"


@pytest.mark.parametrize("where", ["action", "activity"])
def test_pd_078_transforms_are_refused(guideline: Any, where: str) -> None:
    transform = {"transform": "http://example.org/StructureMap/m"}
    plan = guideline.plan({"definitionCanonical": AD, **(transform if where == "action" else {})})
    codes = guideline.codes(plan, guideline.activity(**(transform if where == "activity" else {})))
    assert codes[0] == "PD-134"


def test_a_definition_of_the_wrong_type_is_an_error(guideline: Any) -> None:
    plan = guideline.plan({"definitionCanonical": "http://example.org/Library/Logic"})
    assert guideline.codes(plan) == ["PD-132"]
