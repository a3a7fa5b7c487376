"""The forms of an answer besides the R4 CarePlan: nested plans merged (PD-071), the Bundle of CPG (PD-051)."""

from __future__ import annotations

from typing import Any

import pytest

from plandefinitions.apply import Applied, bundle, merged
from plandefinitions.cards import cards_of
from plandefinitions.r4 import check

BASE = "http://example.org"
AD = f"{BASE}/ActivityDefinition/ad"
INNER, INMOST = f"{BASE}/PlanDefinition/inner", f"{BASE}/PlanDefinition/inmost"


def plan(guideline: Any, name: str, *actions: Any, **more: Any) -> Any:
    return guideline.plan(*actions, id=name, url=f"{BASE}/PlanDefinition/{name}", title=name, **more)


@pytest.fixture
def content(guideline: Any) -> tuple[Any, ...]:
    """A plan that applies a plan that applies a plan; ids repeat, and refer to their neighbours."""
    goal = {"id": "g", "description": {"text": "Live longer"}}
    after = [{"actionId": "first", "relationship": "after"}]
    return (
        plan(
            guideline,
            "p",
            {"id": "first", "title": "First", "definitionCanonical": AD},
            {"id": "second", "title": "Second", "definitionCanonical": INNER, "relatedAction": after},
        ),
        plan(
            guideline,
            "inner",
            {"id": "first", "title": "Inner first", "definitionCanonical": AD, "goalId": ["g"]},
            {
                "id": "other",
                "title": "Inner group",
                "relatedAction": after,
                "action": [{"id": "leaf", "title": "Leaf"}],
            },
            {"id": "deep", "title": "Deep", "definitionCanonical": INMOST},
            goal=[goal],
        ),
        plan(guideline, "inmost", {"id": "leaf", "title": "Inmost", "definitionCanonical": AD}),
        guideline.activity(),
    )


def kinds(resources: Any) -> list[str]:
    return [one["resourceType"] for one in resources]


def test_pd_071_nested_plans_are_merged_if_asked_for(guideline: Any, content: tuple[Any, ...]) -> None:
    applied = guideline.apply(*content, merge_nested_care_plans=True)
    assert kinds(applied.care_plan["contained"]) == ["RequestGroup", *["ServiceRequest"] * 3, "Goal"]
    assert kinds(applied.resources) == ["ServiceRequest"] * 3
    assert applied.care_plan["contained"][0] is applied.request_group
    names = [f"{BASE}/PlanDefinition/{name}|1" for name in ("p", "inner", "inmost")]
    assert applied.care_plan["instantiatesCanonical"] == applied.request_group["instantiatesCanonical"] == names
    assert applied.care_plan["goal"] == [{"reference": f"#{applied.goals[0]['id']}"}]
    first, second = applied.request_group["action"]
    assert "resource" not in second
    assert [one["title"] for one in second["action"]] == ["Inner first", "Inner group", "Deep"]
    assert [one["title"] for one in second["action"][2]["action"]] == ["Inmost"]
    references = [
        one["resource"]["reference"] for one in (first, second["action"][0], second["action"][2]["action"][0])
    ]
    assert references == [f"#{one['id']}" for one in applied.resources]
    assert list(check(applied.care_plan)) == []


def test_pd_071_ids_stay_unique_and_relations_keep_their_ends(guideline: Any, content: tuple[Any, ...]) -> None:
    _, second = guideline.apply(*content, merge_nested_care_plans=True).request_group["action"]
    inner, group, deep = second["action"]
    assert second["relatedAction"][0]["actionId"] == "first"
    assert (inner["id"], group["relatedAction"][0]["actionId"]) == ("first-2", "first-2")
    assert (group["action"][0]["id"], deep["action"][0]["id"]) == ("leaf", "leaf-2")


def test_pd_071_merging_changes_neither_the_answer_nor_its_cards(guideline: Any, content: tuple[Any, ...]) -> None:
    nested: Applied = guideline.apply(*content)
    before = repr(nested)
    one = merged(nested)
    assert repr(nested) == before
    assert kinds(nested.care_plan["contained"]).count("CarePlan") == 2
    assert [card.json for card in cards_of(one)] == [card.json for card in cards_of(nested)]
    assert one.decisions == nested.decisions


def test_pd_071_without_nested_plans_nothing_changes(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"title": "A", "definitionCanonical": AD}), guideline.activity())
    assert merged(applied) == applied


def test_pd_071_a_nested_plan_of_which_nothing_applies(guideline: Any) -> None:
    no = {"title": "No", "condition": [guideline.when("Is False")]}
    applied = guideline.apply(
        plan(guideline, "p", {"title": "Outer", "definitionCanonical": INNER}),
        plan(guideline, "inner", no),
        merge_nested_care_plans=True,
    )
    assert applied.request_group["action"] == [{"title": "Outer"}]
    assert kinds(applied.care_plan["contained"]) == ["RequestGroup"]


def resolve(made: Any, reference: Any) -> Any:
    (found,) = [one["resource"] for one in made["entry"] if one["fullUrl"] == reference["reference"]]
    return found


def test_pd_051_the_bundle_has_the_request_group_first_and_all_requests(
    guideline: Any, content: tuple[Any, ...]
) -> None:
    applied = guideline.apply(*content)
    made = bundle(applied)
    assert (made["resourceType"], made["type"], made["id"]) == ("Bundle", "collection", "p")
    resources = [one["resource"] for one in made["entry"]]
    assert sorted(kinds(resources)) == ["Goal", *["RequestGroup"] * 3, *["ServiceRequest"] * 3]
    group = resources[0]
    assert (group["resourceType"], group["intent"]) == ("RequestGroup", "proposal")
    first, second = group["action"]
    assert resolve(made, first["resource"])["resourceType"] == "ServiceRequest"
    inner = resolve(made, second["resource"])
    assert (inner["resourceType"], inner["intent"]) == ("RequestGroup", "option")
    assert resolve(made, inner["action"][0]["extension"][0]["valueReference"])["resourceType"] == "Goal"
    inmost = resolve(made, inner["action"][2]["resource"])
    assert resolve(made, inmost["action"][0]["resource"])["intent"] == "option"
    assert list(check(made)) == []
    assert bundle(guideline.apply(*content)) == made
    assert applied.request_group["action"][0]["resource"]["reference"].startswith("#")


def test_pd_051_the_bundle_of_merged_plans(guideline: Any, content: tuple[Any, ...]) -> None:
    made = bundle(guideline.apply(*content, merge_nested_care_plans=True))
    resources = [one["resource"] for one in made["entry"]]
    assert kinds(resources) == ["RequestGroup", *["ServiceRequest"] * 3, "Goal"]
    inmost = resources[0]["action"][1]["action"][2]["action"][0]
    assert resolve(made, inmost["resource"])["resourceType"] == "ServiceRequest"


def test_pd_051_problems_are_in_the_bundle(guideline: Any) -> None:
    applied = guideline.apply(guideline.plan({"title": "A", "condition": [guideline.when("Fails")]}))
    group = bundle(applied)["entry"][0]["resource"]
    (outcome,) = group["contained"]
    assert outcome["resourceType"] == "OperationOutcome"
    assert group["extension"][0]["valueReference"] == {"reference": f"#{outcome['id']}"}
    assert "broken" in outcome["issue"][0]["diagnostics"]
    assert "action" not in group
