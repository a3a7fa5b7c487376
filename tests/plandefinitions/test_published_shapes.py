"""The shapes of published guidance: how its authors write plans, whatever the words. Contents here are made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

PRESCRIBING = """/*
 * A comment before the library statement; library Wrong version '9'
 */
library Logic version '1.0'

using FHIR version '4.0.1'

include FHIRHelpers version '4.0.1' called FHIRHelpers
include Shared version '2022.1.0' called Common

parameter ContextPrescriptions List<FHIR.MedicationRequest>

context Patient

define "Is Screening Recommended?":
  Common."Is Enabled" and exists ContextPrescriptions P where P.status.value = 'draft'

define "Get Summary":
  if "Is Screening Recommended?" then 'Screen before ' + Common."Name of"(First(ContextPrescriptions)) else null

define "Get Detail":
  '<style>p {}</style><p>Patient: ' + First(Patient.name).family.value + '</p>'

define "Get Indicator": 'warning'
"""
SHARED = """library Shared version '2022.1.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1' called FHIRHelpers
context Patient
define "Is Enabled": true
define function "Name of"(request FHIR.MedicationRequest): (request.medication as FHIR.CodeableConcept).text.value
"""
STRENGTH = {
    "url": "http://hl7.org/fhir/StructureDefinition/cqf-strengthOfRecommendation",
    "valueCodeableConcept": {"coding": [{"code": "weak", "display": "Weak"}]},
}
DRAFT = {
    "resourceType": "MedicationRequest",
    "id": "m",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"text": "oxycodone"},
    "subject": {"reference": "Patient/p1"},
}


@pytest.fixture
def prescribing(guideline: Any) -> tuple[Any, ...]:
    """A recommendation at order signing: indicator by extension, text-only ways to answer, an activity to order."""
    guideline.folder.joinpath("Shared.cql").write_text(SHARED)
    manifest = {"parameters": {"ContextPrescriptions": "draftOrders"}}
    guideline.folder.joinpath("manifest.json").write_text(json.dumps(manifest))
    plan = guideline.plan(
        {
            "extension": [STRENGTH],
            "prefix": "1.",
            "title": "Screening",
            "description": "No screening in 12 months",
            "trigger": [{"type": "named-event", "name": "order-sign"}],
            "condition": [guideline.when("Is Screening Recommended?", "text/cql.identifier")],
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/action-type", "code": "create"}]},
            "definitionCanonical": "http://example.org/ActivityDefinition/ad",
            "dynamicValue": [
                guideline.set("action.description", "Get Detail", "text/cql.identifier"),
                guideline.set("action.title", "Get Summary", "text/cql.identifier"),
                guideline.set("action.extension", "Get Indicator", "text/cql.identifier"),
            ],
            "action": [{"description": "Will screen"}, {"description": "Not applicable, see comment"}],
        },
        contained=[
            {"resourceType": "Library", "id": "effective-data-requirements", "status": "active", "type": {"text": "x"}}
        ],
        relatedArtifact=[{"type": "documentation", "display": "The guideline", "url": "https://example.org/guideline"}],
    )
    return plan, guideline.activity(title="Urine screening", code={"text": "Screening"})


def test_a_recommendation_at_order_signing(guideline: Any, prescribing: Any) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": DRAFT}]}
    (card,) = guideline.cards(*prescribing, cql=PRESCRIBING, parameters={"draftOrders": bundle}, trigger="order-sign")
    assert card["summary"] == "Screen before oxycodone"
    assert card["indicator"] == "warning"
    assert card["detail"].startswith("Patient: Moe")
    assert "Strength of recommendation: Weak" in card["detail"]
    assert [one["label"] for one in card["suggestions"]] == [
        "Screen before oxycodone",
        "Will screen",
        "Not applicable, see comment",
    ]
    assert card["suggestions"][0]["actions"][0]["resource"]["code"] == {"text": "Screening"}
    assert card["links"] == [{"label": "The guideline", "url": "https://example.org/guideline", "type": "absolute"}]


def test_a_missing_context_is_unknown_and_gives_no_card(guideline: Any, prescribing: Any) -> None:
    applied = guideline.apply(*prescribing, cql=PRESCRIBING, trigger="order-sign", trace=True)
    (decision,) = applied.decisions
    assert decision.status in ("unknown", "not-applicable")
    assert guideline.cards(*prescribing, cql=PRESCRIBING, trigger="order-sign") == []


DECISION_TABLE = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Should Proceed with contact": false
define "Should Follow-up steps/investigations: clinician's discretion": true
"""


def test_a_decision_table(guideline: Any) -> None:
    def row(number: str, title: str, expression: str) -> dict[str, Any]:
        return {
            "id": number,
            "title": title,
            "description": title.strip(),
            "textEquivalent": f"Why row {number} says so",
            "documentation": [{"type": "citation", "label": "A care guide (2015)"}],
            "condition": [guideline.when(expression)],
        }

    discretion = "Should Follow-up steps/investigations: clinician's discretion"
    plan = guideline.plan(
        {
            "title": "DT.01 Danger signs",
            "trigger": [{"type": "named-event", "name": "B5 Quick check"}],
            "action": [
                row("1", "Proceed ", "Should Proceed with contact"),
                row("2", "Proceed OR \nReferral", discretion),
                row("3", "Proceed OR \nReferral", discretion),
            ],
        }
    )
    (card,) = guideline.cards(plan, cql=DECISION_TABLE)
    assert [one["label"] for one in card["suggestions"]] == ["Proceed OR Referral"] * 2
    assert [one["uuid"] for one in card["suggestions"]] == ["2", "3"]
    assert card["detail"].startswith("**Proceed OR Referral**: Why row 2 says so")
    assert card["detail"].endswith("**Proceed OR Referral**: Why row 3 says so\n\n- A care guide (2015)")


PROTOCOL = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Is pregnant": true
define "Due": Today() + 4 weeks
"""


def test_a_protocol_of_pathways_and_strategies(guideline: Any) -> None:
    """Plans within plans, tasks, communication with a payload by FHIRPath."""
    send = guideline.activity("CommunicationRequest", id="send", url="http://example.org/ActivityDefinition/send")
    visit = guideline.activity(
        "Task", id="visit", url="http://example.org/ActivityDefinition/visit", code={"text": "Visit"},
        doNotPerform=False,
        library=["http://example.org/Library/Logic|1.0"],
        dynamicValue=[guideline.set("executionPeriod.start", "Due", "text/cql-identifier")],
    )  # fmt: skip
    strategy = guideline.plan(
        {
            "title": "Send instructions",
            "definitionCanonical": "http://example.org/ActivityDefinition/send|2",
            "dynamicValue": [
                guideline.set(
                    "payload[0].content.ofType(string)",
                    "%action.title & ' for ' & %subject.name.given.first()",
                    "text/fhirpath",
                )
            ],
        },
        {"title": "Plan the visit", "definitionCanonical": "http://example.org/ActivityDefinition/visit"},
        id="strategy",
        url="http://example.org/PlanDefinition/strategy",
    )
    pathway = guideline.plan(
        {
            "title": "Pathway",
            "condition": [guideline.when("Is pregnant", "text/cql")],
            "definitionCanonical": "http://example.org/PlanDefinition/strategy",
            "selectionBehavior": "all",
        }
    )
    applied = guideline.apply(pathway, strategy, send, visit, cql=PROTOCOL)
    sent, planned = (one for one in applied.resources if one["resourceType"] not in ("CarePlan", "RequestGroup"))
    assert sent["payload"] == [{"contentString": "Send instructions for Jo"}]
    assert planned["executionPeriod"] == {"start": "2024-06-02"}
    assert applied.problems == ()  # a Task has no place for doNotPerform, but nothing is lost when that is false
    (card,) = guideline.cards(pathway, strategy, send, visit, cql=PROTOCOL)
    (suggestion,) = card["suggestions"]
    assert [one["resource"]["resourceType"] for one in suggestion["actions"]] == ["CommunicationRequest", "Task"]
