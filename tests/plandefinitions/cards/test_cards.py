"""Sections I and J of the PlanDefinition checklist: RequestGroup to CDS Hooks cards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from plandefinitions.cards import cards_of
from plandefinitions.r4 import check

AD = "http://example.org/ActivityDefinition/ad"


def offer(title: str = "Offer", **elements: Any) -> dict[str, Any]:
    return {"title": title, "definitionCanonical": AD, **elements}


def group(*children: Any, **elements: Any) -> dict[str, Any]:
    return {"title": "Group", "action": list(children), **elements}


def members(value: Any) -> Iterator[Any]:
    yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from members(one)


def test_pd_120_top_level_is_card_then_suggestion_then_action(guideline: Any) -> None:
    deep = {"title": "Both", "action": [offer("First"), {"title": "Deeper", "action": [offer("Second")]}]}
    (card,) = guideline.cards(guideline.plan(group(offer("One"), deep)), guideline.activity())
    assert card["summary"] == "Group"
    assert [one["label"] for one in card["suggestions"]] == ["One", "Both"]
    assert [one["description"] for one in card["suggestions"][1]["actions"]] == ["First", "Second"]


@pytest.mark.requirement("CH-003", "CH-004", "CH-076", "CH-085")
def test_a_card_has_all_that_cds_hooks_requires_and_nothing_empty(guideline: Any) -> None:
    cards = guideline.cards(
        guideline.plan({"id": "a"}, group(offer(), {"description": "words only"}), offer()), guideline.activity()
    )
    for card in cards:
        assert {"summary", "indicator", "source", "uuid"} <= card.keys()
        assert card["source"]["label"]
        assert {"system", "code"} <= card["source"]["topic"].keys()
        assert ("suggestions" in card) is ("selectionBehavior" in card)
        assert all(one not in (None, "", [], {}) for one in members(card))
        for suggestion in card.get("suggestions", ()):
            assert {"label", "uuid"} <= suggestion.keys()
            for action in suggestion.get("actions", ()):
                assert {"type", "description", "resource"} <= action.keys()
                assert list(check(action["resource"])) == []


@pytest.mark.requirement("CH-069")
@pytest.mark.parametrize("length", [138, 139, 140, 141, 400])
def test_pd_121_a_summary_is_shorter_than_140_and_the_rest_is_in_the_detail(guideline: Any, length: int) -> None:
    title = ("word " * 100)[:length].rstrip() + ("x" if length % 5 == 0 else "")
    (card,) = guideline.cards(guideline.plan({"title": title}))
    assert len(card["summary"]) < 140
    if len(title) < 140:
        assert card["summary"] == title
        assert "detail" not in card
    else:
        assert card["summary"].endswith("word…")
        assert title in card["detail"]


@pytest.mark.requirement("CH-069")
def test_pd_121_length_is_counted_in_utf_16_too(guideline: Any) -> None:
    (card,) = guideline.cards(guideline.plan({"title": "\U0001f9ec" * 139}))
    assert len(card["summary"].encode("utf-16-le")) // 2 < 140


@pytest.mark.requirement("CH-074")
def test_pd_122_html_becomes_markdown_without_style_and_script(guideline: Any) -> None:
    description = (
        "<style>td {color: red}</style><p>Size &lt; 3 cm &amp; <b>few</b></p><script>alert(1)</script>"
        "<ul><li>one</li><li>two</li></ul><img src=x onerror=alert(2)><table><tr><td>a</td><td>b</td></tr></table>"
    )
    (card,) = guideline.cards(guideline.plan({"title": "A", "description": description}))
    assert card["detail"] == "Size &lt; 3 cm & **few**\n\n- one\n- two\n\na — b"


@pytest.mark.parametrize(
    ("description", "detail"),
    [
        ("Size < 3 cm", "Size &lt; 3 cm"),
        ("See [here](https://example.org)", "See [here](https://example.org)"),
        ("See [here](javascript:alert(1))", "See here)"),
        ("![pixel](https://evil.org/x.png)", "pixel"),
        ("**Bold** and\n\n- a\n- b", "**Bold** and\n\n- a\n- b"),
        ("a\u202eb\x00c", "abc"),
        ("<!-- hidden -->shown", "shown"),
        ("<scr<script>ipt>alert(1)</script>", "ipt>alert(1)"),
    ],
)
def test_pd_122_markdown_is_kept_and_made_safe(guideline: Any, description: str, detail: str) -> None:
    (card,) = guideline.cards(guideline.plan({"title": "A", "description": description}))
    assert card["detail"].replace("&lt;script&gt;", "") == detail or "<" not in card["detail"]
    assert "javascript:" not in card["detail"]


@pytest.mark.requirement("CH-074")
def test_pd_122_text_from_the_patient_cannot_become_a_link_or_html(guideline: Any) -> None:
    family = "[click](https://evil.org)<img src=x onerror=alert(1)>"
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": family}]}
    title = guideline.set("%action.title", "'For ' + Patient.name[0].family.value", "text/cql-expression")
    value = [guideline.set("%action.description", "Family"), title]
    (card,) = guideline.cards(guideline.plan({"title": "A", "dynamicValue": value}), data=[patient])
    assert card["detail"] == "\\[click\\](https://evil.org)"
    assert "<" not in card["summary"]


@pytest.mark.requirement("CH-070")
@pytest.mark.parametrize(
    ("priority", "indicator"),
    [("routine", "info"), ("urgent", "warning"), ("asap", "warning"), ("stat", "critical"), (None, "info")],
)
def test_pd_123_priority_is_the_indicator(guideline: Any, priority: str | None, indicator: str) -> None:
    own = {"priority": priority} if priority else {}
    assert guideline.cards(guideline.plan({"title": "A", **own}))[0]["indicator"] == indicator
    plan = guideline.plan(offer())
    assert guideline.cards(plan, guideline.activity(**own))[0]["indicator"] == indicator


DOCUMENTATION = [
    {"type": "citation", "citation": "A paper without an address"},
    {"type": "justification", "label": "Why", "url": "https://example.org/why"},
    {
        "type": "documentation",
        "display": "The guideline",
        "url": "https://example.org/guideline",
        "document": {"url": "https://example.org/icon.png"},
    },
    {"type": "documentation", "url": "https://example.org/second"},
]


def test_pd_124_the_source_is_the_documentation(guideline: Any) -> None:
    (card,) = guideline.cards(guideline.plan({"title": "A", "documentation": DOCUMENTATION}))
    assert {name: card["source"][name] for name in ("label", "url", "icon")} == {
        "label": "The guideline",
        "url": "https://example.org/guideline",
        "icon": "https://example.org/icon.png",
    }


@pytest.mark.parametrize(
    "document",
    [
        {"url": "https://example.org/guideline"},
        {"url": "https://example.org/guideline.pdf", "contentType": "application/pdf"},
    ],
)
def test_pd_124_a_document_that_is_no_picture_is_no_icon(guideline: Any, document: dict[str, str]) -> None:
    page = {"type": "documentation", "url": "https://example.org/guideline", "document": document}
    (card,) = guideline.cards(guideline.plan({"title": "A", "documentation": [page]}))
    assert "icon" not in card["source"]


def test_pd_124_without_documentation_the_publisher_or_title(guideline: Any) -> None:
    assert guideline.cards(guideline.plan({"title": "A"}))[0]["source"]["label"] == "The plan"
    assert guideline.cards(guideline.plan({"title": "A"}, publisher="They"))[0]["source"]["label"] == "They"


def test_pd_125_other_documentation_is_linked_with_label_url_and_type(guideline: Any) -> None:
    related = [
        {"type": "citation", "display": "Related", "url": "https://example.org/related"},
        {"type": "depends-on", "resource": "http://example.org/Library/Logic"},
        {"type": "citation", "display": "Again", "url": "https://example.org/why"},
        {"type": "citation", "display": "Bad", "url": "javascript:alert(1)"},
    ]
    (card,) = guideline.cards(guideline.plan({"title": "A", "documentation": DOCUMENTATION}, relatedArtifact=related))
    assert card["links"] == [
        {"label": "Why", "url": "https://example.org/why", "type": "absolute"},
        {"label": "https://example.org/second", "url": "https://example.org/second", "type": "absolute"},
        {"label": "Related", "url": "https://example.org/related", "type": "absolute"},
    ]
    assert "A paper without an address" in card["detail"]


@pytest.mark.parametrize(
    ("child", "label"),
    [
        ({"title": "T", "prefix": "P"}, "T"),
        ({"prefix": "P", "description": "D"}, "P"),
        ({"description": "D", "textEquivalent": "E"}, "D"),
        ({"textEquivalent": "E"}, "E"),
    ],
)
def test_pd_126_a_label_comes_from_what_there_is(guideline: Any, child: Any, label: str) -> None:
    (card,) = guideline.cards(guideline.plan(group(child)))
    assert card["suggestions"][0]["label"] == label


def test_pd_127_suggestions_reach_the_card_also_without_selection_behavior(guideline: Any) -> None:
    (card,) = guideline.cards(guideline.plan(group(offer())), guideline.activity())
    assert card["selectionBehavior"] == "any"
    assert card["suggestions"][0]["actions"][0]["type"] == "create"


def test_pd_128_a_suggestions_uuid_is_the_actions_id_and_unique(guideline: Any) -> None:
    first = guideline.plan(group({"id": "a", "title": "A"}, {"title": "B"}))
    second = guideline.plan(group({"id": "a", "title": "C"}), id="q", url="http://example.org/PlanDefinition/q")
    one, two = (guideline.apply(first, second, plan=name) for name in ("p", "q"))
    uuids = [s["uuid"] for card in cards_of([one, two]) for s in card.json["suggestions"]]
    assert uuids[0] == "a"
    assert len(set(uuids)) == 3


def test_identifiers_are_the_same_for_the_same_answer(guideline: Any) -> None:
    plan = guideline.plan(group({"title": "A"}), {"title": "B"})
    assert guideline.cards(plan) == guideline.cards(plan)


def act(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/action-type", "code": code}]}


CQL = """library Logic version '1.0'
using FHIR version '4.0.1'
parameter draftOrders List<FHIR.ServiceRequest>
context Patient
define "Draft": First(draftOrders)
"""
DRAFT = {
    "resourceType": "ServiceRequest",
    "id": "d1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "unknown-to-us": 1,
}


def test_pd_057_and_129_remove_is_delete_of_an_existing_resource(guideline: Any) -> None:
    plan = guideline.plan({"title": "Stop", "type": act("remove"), "dynamicValue": [guideline.set("$this", "Draft")]})
    (card, *_) = guideline.cards(plan, cql=CQL, parameters={"draftOrders": [DRAFT]})
    assert card["suggestions"][0]["actions"] == [
        {"type": "delete", "description": "Stop", "resourceId": "ServiceRequest/d1"}
    ]


@pytest.mark.requirement("CH-096")
def test_pd_129_update_has_the_whole_resource_with_its_id(guideline: Any) -> None:
    values = [guideline.set("$this", "Draft"), guideline.set("priority", "'urgent'", "text/cql-expression")]
    plan = guideline.plan({"title": "Change", "type": act("update"), "dynamicValue": values[:1]})
    (card, *_) = guideline.cards(plan, cql=CQL, parameters={"draftOrders": [DRAFT]})
    (action,) = card["suggestions"][0]["actions"]
    assert action["type"] == "update"
    assert action["resource"] == DRAFT


@pytest.mark.parametrize("code", ["remove", "update", "fire-event"])
def test_pd_129_what_has_no_counterpart_is_text_and_told(guideline: Any, code: str) -> None:
    plan = guideline.plan(group(offer("A", type=act(code))))
    card, problem = guideline.cards(plan, guideline.activity())
    assert "actions" not in card["suggestions"][0]
    assert "text only" in problem["detail"]


def test_pd_130_an_atomic_action_is_one_suggestion_with_one_action(guideline: Any) -> None:
    (card,) = guideline.cards(guideline.plan(offer("Order it")), guideline.activity())
    (suggestion,) = card["suggestions"]
    (action,) = suggestion["actions"]
    assert (suggestion["label"], action["description"]) == ("Order it", "Order it")


@pytest.mark.parametrize(("stated", "intent"), [({}, "proposal"), ({"intent": "order"}, "order")])
def test_pd_131_resources_are_drafts_for_the_patient(guideline: Any, stated: Any, intent: str) -> None:
    (card,) = guideline.cards(guideline.plan(offer()), guideline.activity(**stated))
    resource = card["suggestions"][0]["actions"][0]["resource"]
    assert (resource["status"], resource["intent"], resource["subject"]) == (
        "draft",
        intent,
        {"reference": "Patient/p1"},
    )
    assert "id" not in resource


def test_pd_132_nothing_applicable_gives_no_cards(guideline: Any) -> None:
    assert guideline.cards(guideline.plan({"title": "A", "condition": [guideline.when("Is False")]})) == []
    assert guideline.cards(guideline.plan({"title": "A", "condition": [guideline.when("Is Unknown")]})) == []


def test_pd_026_a_group_of_which_nothing_applies_gives_no_card(guideline: Any) -> None:
    assert guideline.cards(guideline.plan(group({"title": "A", "condition": [guideline.when("Is False")]}))) == []


@pytest.mark.requirement("CH-077", "CH-078")
def test_pd_133_override_reasons_come_from_a_value_set(guideline: Any) -> None:
    reasons = {
        "resourceType": "ValueSet",
        "url": "http://example.org/ValueSet/reasons",
        "status": "active",
        "compose": {
            "include": [{"system": "http://s", "concept": [{"code": "r", "display": "Refused"}, {"code": "x"}]}]
        },
    }
    url = "https://sarcoma-cds.org/fhir/StructureDefinition/override-reasons"
    extension = [{"url": url, "valueCanonical": reasons["url"]}]
    (card,) = guideline.cards(guideline.plan({"title": "A"}, extension=extension), reasons)
    assert card["overrideReasons"] == [
        {"code": "r", "system": "http://s", "display": "Refused"},
        {"code": "x", "system": "http://s", "display": "x"},
    ]


def test_pd_134_equal_cards_of_two_plans_are_one(guideline: Any) -> None:
    first = guideline.plan(offer("Same"))
    second = guideline.plan(offer("Same"), id="q", url="http://example.org/PlanDefinition/q")
    third = guideline.plan(offer("Other"), id="r", url="http://example.org/PlanDefinition/r")
    plans = (first, second, third, guideline.activity())
    answers = [guideline.apply(*plans, plan=name) for name in ("p", "q", "r")]
    same, other = (one.json for one in cards_of(answers))
    assert (same["summary"], other["summary"]) == ("Same", "Other")
    assert same["links"] == [{"label": "The plan", "url": "http://example.org/PlanDefinition/q", "type": "absolute"}]


def test_pd_134_two_cards_of_one_plan_with_different_details_are_two(guideline: Any) -> None:
    first, again = offer("Same", description="for this"), offer("Same", description="for this")
    second = offer("Same", description="for that")
    cards = guideline.cards(guideline.plan(first, second, again), guideline.activity())
    assert [one["detail"] for one in cards] == ["for this", "for that"]
    assert len({one["uuid"] for one in cards}) == 2


def test_pd_135_strength_and_quality_are_in_the_detail(guideline: Any) -> None:
    base = "http://hl7.org/fhir/StructureDefinition/"
    extension = [
        {
            "url": base + "cqf-strengthOfRecommendation",
            "valueCodeableConcept": {"coding": [{"code": "strong", "display": "Strong"}]},
        },
        {"url": base + "cqf-qualityOfEvidence", "valueCodeableConcept": {"text": "Low"}},
    ]
    (card,) = guideline.cards(guideline.plan({"title": "A", "extension": extension}))
    assert card["detail"] == "- Strength of recommendation: Strong\n- Quality of evidence: Low"
    page = {"type": "documentation", "url": "https://example.org/page"}
    for place in ({"extension": extension}, {"document": {"url": "https://example.org/d", "extension": extension}}):
        (other,) = guideline.cards(guideline.plan({"title": "A", "documentation": [{**page, **place}]}))
        assert other["detail"] == card["detail"]


def test_the_rationale_of_the_guideline_is_in_the_detail(guideline: Any) -> None:
    url = "http://hl7.org/fhir/uv/cpg/StructureDefinition/cpg-rationale"
    rationale = {"url": url, "valueMarkdown": "Because *it helps*."}
    (card,) = guideline.cards(guideline.plan({"title": "A", "description": "Do it.", "extension": [rationale]}))
    assert card["detail"] == "Do it.\n\nBecause *it helps*."


def test_pd_136_what_could_not_be_judged_is_a_card(guideline: Any) -> None:
    (card,) = guideline.cards(guideline.plan({"title": "A rule", "condition": [guideline.when("Fails")]}))
    assert card["summary"] == "Some guidance could not be checked: The plan"
    assert "A rule could not be judged" in card["detail"]
    assert card["indicator"] == "info"


def test_pd_082_do_not_perform_is_seen(guideline: Any) -> None:
    (card,) = guideline.cards(guideline.plan(group(offer("Biopsy"))), guideline.activity(doNotPerform=True))
    assert card["suggestions"][0]["label"] == "Do not perform: Biopsy"
    assert "Do not perform: Biopsy" in card["detail"]


def test_pd_072_a_questionnaire_is_a_task(guideline: Any) -> None:
    questionnaire = {
        "resourceType": "Questionnaire",
        "url": "http://example.org/Questionnaire/q",
        "version": "1",
        "title": "Q",
        "status": "active",
    }
    plan = guideline.plan({"title": "Ask", "definitionCanonical": questionnaire["url"]})
    (card,) = guideline.cards(plan, questionnaire)
    resource = card["suggestions"][0]["actions"][0]["resource"]
    assert (resource["resourceType"], resource["input"][0]["valueCanonical"]) == (
        "Task",
        "http://example.org/Questionnaire/q|1",
    )
    assert list(check(resource)) == []


def test_pd_071_the_actions_of_a_nested_plan_are_suggestions(guideline: Any) -> None:
    other = guideline.plan(offer("Inner"), id="other", url="http://example.org/PlanDefinition/other")
    plan = guideline.plan({"title": "Outer", "definitionCanonical": other["url"]})
    (card,) = guideline.cards(plan, other, guideline.activity())
    assert [one["label"] for one in card["suggestions"]] == ["Inner"]
    assert card["suggestions"][0]["actions"][0]["resource"]["resourceType"] == "ServiceRequest"


@pytest.mark.parametrize(
    ("behavior", "selection"),
    [
        ("exactly-one", "at-most-one"),
        ("at-most-one", "at-most-one"),
        ("one-or-more", "any"),
        ("any", "any"),
        (None, "any"),
    ],
)
def test_pd_101_selection_behaviors(guideline: Any, behavior: str | None, selection: str) -> None:
    more = {"selectionBehavior": behavior} if behavior else {}
    (card,) = guideline.cards(guideline.plan(group(offer("A"), offer("B"), **more)), guideline.activity())
    assert card["selectionBehavior"] == selection
    assert len(card["suggestions"]) == 2


@pytest.mark.requirement("CH-090")
@pytest.mark.parametrize("behavior", ["all", "all-or-none"])
def test_pd_101_all_is_one_suggestion_with_all_actions(guideline: Any, behavior: str) -> None:
    plan = guideline.plan(group(offer("A"), offer("B"), selectionBehavior=behavior))
    (card,) = guideline.cards(plan, guideline.activity())
    (suggestion,) = card["suggestions"]
    assert suggestion["label"] == "Group"
    assert [one["description"] for one in suggestion["actions"]] == ["A", "B"]
    assert card["selectionBehavior"] == "any"


def test_pd_102_required_behaviors(guideline: Any) -> None:
    must = offer("A", requiredBehavior="must")
    (card,) = guideline.cards(guideline.plan(group(must, offer("B", requiredBehavior="could"))), guideline.activity())
    assert [one.get("isRecommended") for one in card["suggestions"]] == [True, None]
    assert "Required: A" in card["detail"]
    unless = group(offer("A", requiredBehavior="must-unless-documented"))
    (card,) = guideline.cards(guideline.plan(unless), guideline.activity())
    assert all({"code", "system", "display"} <= one.keys() for one in card["overrideReasons"])
    assert card["overrideReasons"]


@pytest.mark.requirement("CH-089")
def test_pd_103_precheck_is_recommended_and_at_most_one_of_them(guideline: Any) -> None:
    children = [
        offer("A", precheckBehavior="no"),
        offer("B", precheckBehavior="yes"),
        offer("C", precheckBehavior="yes"),
    ]
    (card,) = guideline.cards(guideline.plan(group(*children, selectionBehavior="at-most-one")), guideline.activity())
    assert [one.get("isRecommended") for one in card["suggestions"]] == [None, True, None]
    (card,) = guideline.cards(guideline.plan(group(*children)), guideline.activity())
    assert [one.get("isRecommended") for one in card["suggestions"]] == [None, True, True]
