"""Suggestions: complete drafts for the right patient, and removal of draft orders that are really there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plandefinitions.guideline.cards import build_cards
from plandefinitions.guideline.decision import Decision
from plandefinitions.guideline.entry import Entry
from tests.card_rules import problems
from tests.plandefinitions.guideline.card_doubles import GUIDANCE, decided, entry, facts, offered

DRAFT: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "medicationCodeableConcept": {"text": "eribulin"},
}


def card_of(*decisions: Decision) -> dict[str, Any]:
    (card,) = build_cards(decided(*decisions, patient=facts(drafts=[DRAFT])), GUIDANCE)
    assert problems([card], "p1", ["MedicationRequest/d1"]) == []
    return card


def check(**more: Any) -> Decision:
    plan = entry("check", "order-check", kind="order-check", removes=True, offers=["Refer to the tumour board"])
    return offered(plan, text="About the order.", drafts=("MedicationRequest/d1",), **more)


def test_a_draft_is_complete() -> None:
    card = card_of(offered(entry("surgery", offers=["Refer to thoracic surgery"])))
    (suggestion,) = card["suggestions"]
    (action,) = suggestion["actions"]
    assert action["type"] == "create"
    assert action["resource"] == {
        "resourceType": "ServiceRequest",
        "instantiatesCanonical": ["https://sarcoma-cds.org/fhir/ActivityDefinition/surgery-0|1.0.0"],
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-21",
        "code": {"text": "Refer to thoracic surgery"},
        "reasonReference": [{"reference": "Condition/c1"}],
    }


def test_the_first_of_an_offered_option_is_recommended() -> None:
    card = card_of(
        offered(entry("surgery", offers=["Refer to thoracic surgery", "Order lung function tests"])),
        offered(entry("sbrt", rank=20, offers=["Refer to radiation oncology"]), status="alternative"),
    )
    assert [one.get("isRecommended") for one in card["suggestions"]] == [True, None, None]
    assert card["selectionBehavior"] == "at-most-one"


def test_nothing_is_recommended_for_what_is_not_first() -> None:
    card = card_of(offered(entry("team")), offered(entry("sbrt", rank=20, offers=["Refer to radiation oncology"])))
    assert "isRecommended" not in card["suggestions"][0]


def test_nothing_is_recommended_while_something_is_left_to_confirm() -> None:
    card = card_of(offered(entry("surgery", offers=["Refer to thoracic surgery"]), status="to-confirm"))
    assert "isRecommended" not in card["suggestions"][0]


def test_what_is_not_for_this_patient_is_not_suggested() -> None:
    plan = entry("liver", offers=["Refer to hepatobiliary surgery", "Refer to interventional radiology"])
    card = card_of(offered(plan, offers=("offer-1",)))
    assert [one["label"] for one in card["suggestions"]] == ["Refer to interventional radiology"]


def test_work_up_can_be_accepted_together() -> None:
    plans = [entry(name, "work-up", offers=[name]) for name in ("board", "sequencing")]
    assert card_of(*map(offered, plans))["selectionBehavior"] == "any"


def test_an_order_check_removes_its_draft() -> None:
    first, second = card_of(check(indicator="warning"))["suggestions"]
    assert first["label"] == "Remove this order"
    assert first["isRecommended"] is True
    assert first["actions"] == [
        {
            "type": "delete",
            "description": "Remove the draft order for eribulin",
            "resourceId": "MedicationRequest/d1",
        }
    ]
    assert second["actions"][0]["type"] == "create"


def test_several_drafts_are_removed_together() -> None:
    other = DRAFT | {"id": "d2", "medicationCodeableConcept": {"text": "pazopanib"}}
    plan = entry("check", "order-check", kind="order-check", removes=True)
    concerned = offered(plan, text="About both.", drafts=("MedicationRequest/d1", "MedicationRequest/d2"))
    (card,) = build_cards(decided(concerned, patient=facts(drafts=[DRAFT, other])), GUIDANCE)
    assert problems([card], "p1", ["MedicationRequest/d1", "MedicationRequest/d2"]) == []
    (suggestion,) = card["suggestions"]
    assert [(step["type"], step["resourceId"], step["description"]) for step in suggestion["actions"]] == [
        ("delete", "MedicationRequest/d1", "Remove the draft order for eribulin"),
        ("delete", "MedicationRequest/d2", "Remove the draft order for pazopanib"),
    ]


def replacement() -> Entry:
    """A check that offers to replace the order, the parts of the replacement in the wrong order, or to remove it."""
    plan = entry("check", "order-check", kind="order-check", removes=True, offers=["Draft order for doxorubicin"])
    removal, creation = plan.action["action"]
    group = {
        "id": "replace",
        "title": "Replace the order",
        "selectionBehavior": "all",
        "action": [creation, {**removal, "id": "inner"}],
    }
    return replace(plan, plan={**plan.plan, "action": [{**plan.action, "action": [group, removal]}]})


@pytest.mark.requirement("CH-090", "CH-091")
def test_an_order_is_replaced_in_one_suggestion_removal_first() -> None:
    card = card_of(
        offered(replacement(), text="About the order.", drafts=("MedicationRequest/d1",), indicator="warning")
    )
    assert card["selectionBehavior"] == "at-most-one"
    first, second = card["suggestions"]
    assert (first["label"], first["isRecommended"]) == ("Replace the order", True)
    assert [step["type"] for step in first["actions"]] == ["delete", "create"]
    assert first["actions"][0]["resourceId"] == "MedicationRequest/d1"
    assert first["actions"][1]["description"] == "Draft: Draft order for doxorubicin"
    assert [step["type"] for step in second["actions"]] == ["delete"]


def test_what_cannot_be_removed_is_not_replaced_but_the_better_order_can_be_made() -> None:
    (suggestion,) = card_of(offered(replacement(), text="About the order.", drafts=("urn:uuid:6f1c",)))["suggestions"]
    assert suggestion["label"] == "Draft order for doxorubicin"
    assert [step["type"] for step in suggestion["actions"]] == ["create"]


def test_a_comment_on_an_order_recommends_nothing() -> None:
    assert all("isRecommended" not in one for one in card_of(check(indicator="info"))["suggestions"])


def test_a_draft_without_an_id_cannot_be_removed() -> None:
    plan = entry("check", "order-check", kind="order-check", removes=True)
    unnamed = {member: value for member, value in DRAFT.items() if member != "id"}
    patient = facts(drafts=[unnamed])
    drafts = patient.facts["drafts"].value
    assert isinstance(drafts, list)
    concerned = offered(plan, text="About the order.", drafts=("urn:uuid:6f1c", drafts[0]["reference"]))
    (card,) = build_cards(decided(concerned, patient=patient), GUIDANCE)
    assert "suggestions" not in card


def test_no_known_diagnosis_no_reason() -> None:
    patient = facts()
    bare = dict(patient.facts)
    for key in ("histology", "in_scope", "metastatic_status"):
        bare[key] = type(bare[key])()
    decisions = decided(
        offered(entry("surgery", offers=["Refer"])), patient=type(patient)(bare, (), "p1", patient.as_of, ())
    )
    (card,) = build_cards(decisions, GUIDANCE)
    assert "reasonReference" not in card["suggestions"][0]["actions"][0]["resource"]
