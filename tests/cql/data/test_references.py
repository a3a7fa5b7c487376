"""References between resources."""

from typing import Any

import pytest

from cql.data.element import FhirElement
from cql.data.index import DataIndex

CONTAINED: dict[str, Any] = {"resourceType": "Medication", "id": "med"}
REQUEST: dict[str, Any] = {"resourceType": "MedicationRequest", "id": "r", "contained": [None, CONTAINED]}
PATIENT: dict[str, Any] = {"resourceType": "Patient", "id": "p"}
DOCTOR: dict[str, Any] = {"resourceType": "Practitioner", "id": "d"}
DATA: dict[str, Any] = {
    "resourceType": "Bundle",
    "entry": [
        {"fullUrl": "urn:uuid:f0e1", "resource": PATIENT},
        {"fullUrl": "http://one.org/fhir/Practitioner/d", "resource": DOCTOR},
        {"resource": REQUEST},
    ],
}


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("Patient/p", PATIENT),
        ("Patient/p/_history/3", PATIENT),
        ("urn:uuid:f0e1", PATIENT),
        ("http://one.org/fhir/Practitioner/d", DOCTOR),
        ("http://one.org/fhir/Practitioner/d/_history/1", DOCTOR),
        ("Practitioner/d", DOCTOR),
        ("http://other.org/fhir/Practitioner/d", None),
        ("http://one.org/fhir/MedicationRequest/r", REQUEST),
        ({"reference": "Patient/p"}, PATIENT),
        (FhirElement("Reference", {"reference": "Patient/p"}), PATIENT),
        ("Patient/q", None),
        ("urn:uuid:0000", None),
        ("p", None),
        ("", None),
        (None, None),
        ({"display": "x"}, None),
        ({"reference": 5}, None),
    ],
)
def test_resolve(reference: Any, target: Any) -> None:
    assert DataIndex(DATA).resolve(reference) is target


def test_contained() -> None:
    index = DataIndex(DATA)
    assert index.resolve("#med", REQUEST) is CONTAINED
    assert index.resolve("#", REQUEST) is REQUEST
    assert index.resolve("#other", REQUEST) is None
    assert index.resolve("#med") is None
    assert index.resolve("#med", {"resourceType": "X", "contained": "odd"}) is None
