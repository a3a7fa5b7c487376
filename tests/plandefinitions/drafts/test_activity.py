"""Section G of the PlanDefinition checklist: ActivityDefinition to request."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from plandefinitions.drafts.activity import Circumstances, draft
from plandefinitions.drafts.request_kinds import KINDS
from plandefinitions.r4 import check, elements

WHO = Circumstances("Patient/p1", "Practitioner/d", "Organization/o", "Encounter/e", "2024-05-05T10:00:00+02:00")
AD = "http://example.org/ActivityDefinition/ad"
FULL: dict[str, Any] = {
    "code": {"text": "code"},
    "timingDateTime": "2024-06-01",
    "location": {"reference": "Location/l"},
    "participant": [{"type": "practitioner", "role": {"text": "surgeon"}}],
    "quantity": {"value": 2},
    "bodySite": [{"text": "lung"}],
    "specimenRequirement": [{"reference": "SpecimenDefinition/s"}],
    "observationRequirement": [{"reference": "ObservationDefinition/o"}],
    "observationResultRequirement": [{"reference": "ObservationDefinition/r"}],
    "priority": "urgent",
    "intent": "plan",
    "doNotPerform": True,
    "profile": "http://example.org/StructureDefinition/x",
}


def activity(kind: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "ActivityDefinition", "url": AD, "version": "2", "status": "active", "kind": kind, **more}


def test_every_request_kind_of_r4_is_known() -> None:
    assert tuple(sorted(KINDS)) == elements("ActivityDefinition")["kind"].codes


def test_pd_081_a_service_request_has_all_structural_elements() -> None:
    made = draft(activity("ServiceRequest", **FULL), WHO)
    assert made.left_out == ()
    assert made.resource == {
        "resourceType": "ServiceRequest",
        "meta": {"profile": ["http://example.org/StructureDefinition/x"]},
        "instantiatesCanonical": [f"{AD}|2"],
        "status": "draft",
        "intent": "plan",
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e"},
        "requester": {"reference": "Practitioner/d"},
        "authoredOn": "2024-05-05T10:00:00+02:00",
        "code": {"text": "code"},
        "priority": "urgent",
        "doNotPerform": True,
        "quantityQuantity": {"value": 2},
        "bodySite": [{"text": "lung"}],
        "locationReference": [{"reference": "Location/l"}],
        "supportingInfo": [
            {"reference": "SpecimenDefinition/s"},
            {"reference": "ObservationDefinition/o"},
            {"reference": "ObservationDefinition/r"},
        ],
        "occurrenceDateTime": "2024-06-01",
        "performer": [{"reference": "Practitioner/d"}],
        "performerType": {"text": "surgeon"},
    }
    assert list(check(made.resource)) == []


def test_pd_081_a_medication_request_has_product_and_dosage() -> None:
    made = draft(
        activity("MedicationRequest", productCodeableConcept={"text": "drug"}, dosage=[{"text": "daily"}]), WHO
    )
    assert made.resource["medicationCodeableConcept"] == {"text": "drug"}
    assert made.resource["dosageInstruction"] == [{"text": "daily"}]
    assert made.resource["requester"] == {"reference": "Practitioner/d"}
    assert list(check(made.resource)) == []


COMPLETE: dict[str, dict[str, Any]] = {
    "MedicationRequest": {"productCodeableConcept": {"text": "drug"}},
    "DeviceRequest": {"productCodeableConcept": {"text": "pump"}},
    "SupplyRequest": {"productCodeableConcept": {"text": "masks"}, "quantity": {"value": 2}},
    "Claim": {"code": {"text": "type"}},
}
NEEDS_MORE = {
    "AppointmentResponse": {"appointment"},
    "Claim": {"insurance"},
    "ImmunizationRecommendation": {"recommendation"},
    "VisionPrescription": {"lensSpecification"},
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_pd_080_every_kind_gives_a_valid_draft_about_the_subject(kind: str) -> None:
    made = draft(activity(kind, **COMPLETE.get(kind, {"code": {"text": "code"}})), WHO)
    assert made.resource["resourceType"] == kind
    assert {one.member for one in check(made.resource)} == NEEDS_MORE.get(kind, set())
    assert "Patient/p1" in str(made.resource)
    assert made.resource.get("status") in (None, "draft", "proposed", "offered")


def test_a_recommended_vaccine_is_due() -> None:
    vaccine = {"coding": [{"system": "http://example.org/vaccines", "code": "flu"}]}
    made = draft(activity("ImmunizationRecommendation", productCodeableConcept=vaccine), WHO)
    [recommendation] = made.resource["recommendation"]
    assert recommendation["vaccineCode"] == [vaccine]
    assert recommendation["forecastStatus"]["coding"][0]["code"] == "due"
    assert list(check(made.resource)) == []
    refused = draft(activity("ImmunizationRecommendation", productCodeableConcept=vaccine, doNotPerform=True), WHO)
    assert "recommendation" not in refused.resource


def test_that_something_is_not_forbidden_needs_no_place() -> None:
    assert draft(activity("Task", doNotPerform=False), WHO).left_out == ()
    assert [name for name, _ in draft(activity("Task", doNotPerform=True), WHO).left_out] == ["doNotPerform"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(NEEDS_MORE)))
def test_drafts_are_accepted_by_another_implementation_of_the_model(kind: str) -> None:
    made = draft(activity(kind, **COMPLETE.get(kind, {"code": {"text": "code"}})), WHO).resource
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    model.model_validate(made)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_is_dropped_silently(kind: str) -> None:
    """Each element is in the resource or among those left out."""
    made = draft(activity(kind, **FULL, productCodeableConcept={"text": "product"}, dosage=[{"text": "dose"}]), WHO)
    told = {element for element, _ in made.left_out}
    text = str(made.resource)
    words = {"code": "'code'", "location": "Location/l", "bodySite": "lung", "dosage": "dose", "priority": "urgent",
             "doNotPerform": "doNotPerform", "productCodeableConcept": "'product'", "timingDateTime": "2024-06-01",
             "specimenRequirement": "SpecimenDefinition/s"}  # fmt: skip
    for element, word in words.items():
        assert (word in text) != (element in told), element


def test_pd_082_do_not_perform_survives_or_is_told(guideline: Any) -> None:
    plan = guideline.plan({"title": "Drug", "definitionCanonical": AD})
    applied = guideline.apply(plan, guideline.activity(doNotPerform=True))
    assert applied.resources[0]["doNotPerform"] is True
    assert applied.actions[0].do_not_perform
    device = guideline.activity("DeviceRequest", doNotPerform=True, productCodeableConcept={"text": "pump"})
    applied = guideline.apply(plan, device)
    assert "doNotPerform" in applied.problems[0].message
    assert applied.actions[0].do_not_perform


def test_pd_083_the_kind_must_be_a_request_type(guideline: Any) -> None:
    plan = guideline.plan({"definitionCanonical": AD})
    assert "PD-106" in guideline.codes(plan, guideline.activity("Observation"))
    without = guideline.activity()
    del without["kind"]
    assert "PD-150" in guideline.codes(plan, without)


def test_pd_083_required_content_must_come_from_somewhere(guideline: Any) -> None:
    plan = guideline.plan({"definitionCanonical": AD})
    codes = guideline.codes(plan, guideline.activity("MedicationRequest"))
    assert codes == ["PD-151", "PD-138"]
    filled = guideline.plan({"definitionCanonical": AD, "dynamicValue": [guideline.set("medication", "The Concept")]})
    applied = guideline.apply(filled, guideline.activity("MedicationRequest"))
    assert applied.resources[0]["medicationCodeableConcept"]["text"] == "A concept"


def test_pd_083_a_resource_that_is_still_incomplete_is_a_problem(guideline: Any) -> None:
    plan = guideline.plan({"definitionCanonical": AD, "dynamicValue": [guideline.set("medication", "Nothing")]})
    cql_null = guideline.apply(plan, guideline.activity("MedicationRequest"))
    assert any("medication" in one.message and one.severity == "error" for one in cql_null.problems)


def test_pd_085_the_plans_values_come_after_the_activitys(guideline: Any) -> None:
    activity = guideline.activity(
        code={"text": "structural"},
        library=["http://example.org/Library/Logic"],
        dynamicValue=[guideline.set("code.text", "Words"), guideline.set("patientInstruction", "Words")],
    )
    value = guideline.set("code.text", "'from the plan'", "text/cql-expression")
    applied = guideline.apply(guideline.plan({"definitionCanonical": AD, "dynamicValue": [value]}), activity)
    assert applied.resources[0]["code"] == {"text": "from the plan"}
    assert applied.resources[0]["patientInstruction"] == "computed words"


def test_reasons_of_the_action_are_those_of_the_request(guideline: Any) -> None:
    plan = guideline.plan({"definitionCanonical": AD, "reason": [{"text": "because"}]})
    assert guideline.apply(plan, guideline.activity()).resources[0]["reasonCode"] == [{"text": "because"}]
