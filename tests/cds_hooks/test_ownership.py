"""CH-052: resources of other patients."""

from typing import Any

import pytest

from cds_hooks.ownership import Ownership
from cds_hooks.prefetch import State, patient_templates, read_prefetch

TEMPLATES = patient_templates(["Condition", "MedicationRequest"])


def reference(to: str) -> dict[str, str]:
    return {"reference": to}


@pytest.mark.parametrize(
    "resource",
    [
        {"subject": reference("Patient/x2")},
        {"patient": reference("Patient/x2")},
        {"individual": reference("Patient/x2")},
        {"beneficiary": reference("Patient/x2")},
        {"for": reference("Patient/x2")},
        {"subject": reference("https://ehr.example.org/fhir/Patient/x2")},
        {"subject": reference("Patient/x2/_history/3")},
        {"subject": reference("Patient/x11")},
        {"subject": reference("Patient/X1")},
        {"subject": [reference("Patient/x2"), reference("Device/d")]},
    ],
)
def test_foreign(resource: dict[str, Any]) -> None:
    assert Ownership("x1").is_foreign(resource)


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"subject": reference("Patient/x1")},
        {"subject": reference("https://ehr.example.org/fhir/Patient/x1/_history/2")},
        {"subject": {"identifier": {"value": "7"}}},
        {"subject": {"display": "Ms X"}},
        {"subject": reference("urn:uuid:0b0f")},  # told by the whole record, not by the reference
        {"subject": reference("#contained")},
        {"subject": reference("Group/g1")},
        {"subject": reference("NotAPatient/x2")},
        {"subject": {"reference": 7}},
        {"subject": "Patient/x2"},
        {"subject": [reference("Patient/x2"), reference("Patient/x1")]},
        {"subject": []},
        {"subject": None},
    ],
)
def test_not_foreign(resource: dict[str, Any]) -> None:
    assert not Ownership("x1").is_foreign(resource)


def condition(number: int, patient: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": f"c{number}", "subject": reference(f"Patient/{patient}")}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


def test_of_a_mixed_bundle_the_patient_s_own_are_read_and_the_others_named() -> None:
    received = read_prefetch({"conditions": bundle(condition(1, "x1"), condition(2, "x2"))}, TEMPLATES, "x1")
    assert [one["id"] for one in received.resources] == ["c1"]
    assert received.states["conditions"] is State.READ
    assert "Condition" not in received.unread
    assert received.foreign == ("Condition/c2",)


def test_a_bundle_of_another_patient() -> None:
    received = read_prefetch({"conditions": bundle(condition(1, "x2"), condition(2, "x2"))}, TEMPLATES, "x1")
    assert received.resources == ()
    assert (received.states["conditions"], received.reasons["conditions"]) == (State.FAILED, "wrong-patient")
    assert received.missing == ("patient", "conditions")


def test_company_of_another_patient_is_left_out() -> None:
    order = {"resourceType": "MedicationRequest", "id": "m1", "subject": reference("Patient/x1")}
    medication = {"resourceType": "Medication", "id": "d1"}
    dispense = {"resourceType": "Encounter", "id": "e1", "subject": reference("Patient/x2")}
    received = read_prefetch({"medicationRequests": bundle(order, medication, dispense)}, TEMPLATES, "x1")
    assert [one["id"] for one in received.resources] == ["m1", "d1"]
    assert received.states["medicationRequests"] is State.READ
    assert received.foreign == ("Encounter/e1",)
