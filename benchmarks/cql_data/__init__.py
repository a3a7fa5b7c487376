"""A realistic library, its value sets, and patients of any size: the same bytes at every call."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).with_name("SarcomaCDS.cql")
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)

_SNOMED = "http://snomed.info/sct"
_LOINC = "http://loinc.org"
_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_UCUM = "http://unitsofmeasure.org"
_HL7 = "http://terminology.hl7.org/CodeSystem"

_VALUE_SETS = {
    "soft-tissue-sarcoma": (
        _SNOMED,
        ["404051002", "424952003", "703604003", "443250000", "254829001", "302847003"],
        range(900000000, 900000060),
    ),
    "metastatic-disease": (
        _SNOMED,
        ["128462008", "94391008", "94222008", "94381002"],
        range(910000000, 910000030),
    ),
    "heart-failure": (_SNOMED, ["84114007", "42343007", "85232009"], range(920000000, 920000040)),
    "anthracyclines": (_RXNORM, ["3639", "3995", "24698", "5650"], range(1790000, 1790080)),
}
_LABS: list[tuple[str, str, float, float]] = [
    ("10230-1", "%", 45, 68),
    ("751-8", "10*3/uL", 0.8, 6),
    ("777-3", "10*3/uL", 60, 350),
    ("1975-2", "mg/dL", 0.3, 2),
    ("718-7", "g/dL", 8, 15),
    ("2160-0", "mg/dL", 0.5, 1.6),
    ("29463-7", "kg", 55, 95),
    ("8480-6", "mm[Hg]", 100, 160),
    ("6690-2", "10*3/uL", 2, 11),
    ("2823-3", "mmol/L", 3.2, 5.2),
]
_LATEST: list[tuple[str, str | None, float]] = [
    ("10230-1", "%", 58),
    ("751-8", "10*3/uL", 3.1),
    ("777-3", "10*3/uL", 210),
    ("1975-2", "mg/dL", 0.7),
    ("89247-1", None, 1),
]


def value_sets() -> list[dict[str, Any]]:
    """The library's value sets, expanded, as FHIR resources."""
    return [
        {
            "resourceType": "ValueSet",
            "id": name,
            "url": f"http://example.org/fhir/ValueSet/{name}",
            "version": "1",
            "status": "active",
            "expansion": {
                "timestamp": "2026-01-01",
                "contains": [{"system": system, "code": str(code)} for code in (*codes, *more)],
            },
        }
        for name, (system, codes, more) in _VALUE_SETS.items()
    ]


@cache
def bundle(size: int) -> dict[str, Any]:
    """A patient of ``size`` resources: seven in ten are laboratory results, the rest visits, doses, diagnoses ..."""
    generator = _Patient(size)
    entries = [{"fullUrl": f"urn:x:{one['resourceType']}/{one['id']}", "resource": one} for one in generator.resources]
    return {"resourceType": "Bundle", "id": f"b{size}", "type": "collection", "entry": entries}


class _Patient:
    def __init__(self, size: int) -> None:
        self._random = random.Random(size)
        self._subject = {"reference": f"Patient/p{size}"}
        self.resources: list[dict[str, Any]] = [
            {
                "resourceType": "Patient",
                "id": f"p{size}",
                "gender": "female",
                "birthDate": "1967-03-14",
                "name": [{"family": "Doe", "given": ["Jane"]}],
            }
        ]
        self._condition("404051002", "2025-06-01T00:00:00+00:00")
        self._condition("94391008", "2026-02-01T00:00:00+00:00")
        for number, (code, unit, value) in enumerate(_LATEST):
            self._observation(code, unit, value, NOW - timedelta(days=3), number)
        number = len(_LATEST)
        while len(self.resources) < size:
            self._any(number)
            number += 1

    def _any(self, number: int) -> None:
        draw = self._random.random()
        when = NOW - timedelta(days=self._random.randint(4, 2000), minutes=self._random.randint(0, 1400))
        if draw < 0.70:
            code, unit, low, high = self._random.choice(_LABS)
            self._observation(code, unit, round(self._random.uniform(low, high), 1), when, number)
        elif draw < 0.78:
            self._encounter(when, number)
        elif draw < 0.86:
            self._procedure(when, number)
        elif draw < 0.94:
            self._dose(when, number)
        else:
            self._condition(str(self._random.randint(10000000, 83999999)), when.isoformat())

    def _condition(self, code: str, onset: str) -> None:
        self.resources.append(
            {
                "resourceType": "Condition",
                "id": f"c{len(self.resources)}",
                "clinicalStatus": {"coding": [{"system": f"{_HL7}/condition-clinical", "code": "active"}]},
                "verificationStatus": {"coding": [{"system": f"{_HL7}/condition-ver-status", "code": "confirmed"}]},
                "code": _concept(_SNOMED, code),
                "subject": self._subject,
                "onsetDateTime": onset,
            }
        )

    def _observation(self, code: str, unit: str | None, value: float, when: datetime, number: int) -> None:
        moment = when.isoformat(timespec="milliseconds")
        resource: dict[str, Any] = {
            "resourceType": "Observation",
            "id": f"o{number}",
            "status": "final",
            "category": [_concept(f"{_HL7}/observation-category", "laboratory")],
            "code": _concept(_LOINC, code),
            "subject": self._subject,
            "effectiveDateTime": moment,
            "issued": moment,
        }
        if unit is None:
            resource["valueInteger"] = value
        else:
            resource["valueQuantity"] = {"value": value, "unit": unit, "system": _UCUM, "code": unit}
        self.resources.append(resource)

    def _encounter(self, when: datetime, number: int) -> None:
        self.resources.append(
            {
                "resourceType": "Encounter",
                "id": f"e{number}",
                "status": "finished",
                "class": {"system": f"{_HL7}/v3-ActCode", "code": "AMB"},
                "type": [_concept(_SNOMED, "185349003")],
                "subject": self._subject,
                "period": {"start": when.isoformat(), "end": (when + timedelta(hours=1)).isoformat()},
            }
        )

    def _procedure(self, when: datetime, number: int) -> None:
        self.resources.append(
            {
                "resourceType": "Procedure",
                "id": f"pr{number}",
                "status": "completed",
                "code": _concept(_SNOMED, str(self._random.randint(10000000, 99999999))),
                "subject": self._subject,
                "performedDateTime": when.isoformat(),
            }
        )

    def _dose(self, when: datetime, number: int) -> None:
        code = "3639" if self._random.random() < 0.05 else str(self._random.randint(100000, 999999))
        dose = {"value": round(self._random.uniform(10, 30), 1), "unit": "mg", "system": _UCUM, "code": "mg"}
        self.resources.append(
            {
                "resourceType": "MedicationAdministration",
                "id": f"m{number}",
                "status": "completed",
                "medicationCodeableConcept": _concept(_RXNORM, code),
                "subject": self._subject,
                "effectiveDateTime": when.isoformat(),
                "dosage": {"dose": dose},
            }
        )


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": "x"}], "text": "x"}
