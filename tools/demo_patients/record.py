"""One patient's record: resources with stable ids, and the Bundle that holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]

AS_OF = date(2026, 11, 21)
"""The day the stories are told on; ages and "recent" refer to it."""

SERVER = "https://ehr.example.org/fhir"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"

_SHORT = {
    "AllergyIntolerance": "allergy",
    "Condition": "cond",
    "DiagnosticReport": "report",
    "DocumentReference": "doc",
    "Encounter": "enc",
    "FamilyMemberHistory": "family",
    "Immunization": "imm",
    "MedicationRequest": "med",
    "Observation": "obs",
    "Procedure": "proc",
    "ServiceRequest": "order",
}


def coding(system: str, code: str, display: str = "") -> Json:
    """A Coding."""
    return {"system": system, "code": code} | ({"display": display} if display else {})


def concept(text: str, *codings: Json) -> Json:
    """A CodeableConcept; `codings` may be none: many EHR entries are text only."""
    return ({"coding": list(codings)} if codings else {}) | {"text": text}


def quantity(value: float, unit: str, code: str | None = None) -> Json:
    """A Quantity in a UCUM unit."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code or unit}


def day(when: date | str) -> str:
    """A date as FHIR writes it; partial dates stay as they are."""
    return when if isinstance(when, str) else when.isoformat()


def moment(when: date | str, hour: int = 9) -> str:
    """A full date as a dateTime with a zone; a partial one stays partial."""
    text = day(when)
    return f"{text}T{hour:02d}:00:00+01:00" if len(text) == 10 else text


@dataclass
class Record:
    """The resources of one patient, in the order they were entered."""

    id: str
    family: str
    given: str
    sex: str
    birth: date
    resources: list[Json] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resources.append(
            {
                "resourceType": "Patient",
                "id": self.id,
                "identifier": [{"system": f"{SERVER}/identifiers/mrn", "value": f"MRN-{self.id}"}],
                "active": True,
                "name": [{"use": "official", "family": self.family, "given": [self.given]}],
                "gender": self.sex,
                "birthDate": self.birth.isoformat(),
            }
        )
        self.resources.append(
            {
                "resourceType": "Practitioner",
                "id": f"{self.key}-oncologist",
                "name": [{"family": "Okafor", "given": ["Nneka"], "prefix": ["Dr"]}],
            }
        )

    @property
    def key(self) -> str:
        """What the ids of this record's resources begin with: no two demo patients share a family name."""
        return "".join(letter for letter in self.family.lower() if letter.isalpha())

    @property
    def subject(self) -> Json:
        """A Reference to the patient."""
        return {"reference": f"Patient/{self.id}"}

    def add(self, resource_type: str, body: Mapping[str, Any]) -> str:
        """Adds a resource under the next id of its type; returns its relative reference."""
        number = self._numbers.get(resource_type, 0) + 1
        self._numbers[resource_type] = number
        identity = f"{self.key}-{_SHORT[resource_type]}-{number}"
        self.resources.append({"resourceType": resource_type, "id": identity, **body})
        return f"{resource_type}/{identity}"

    def condition(
        self,
        code: Json,
        onset: date | str | None,
        *,
        status: str = "active",
        verification: str = "confirmed",
        category: str = "problem-list-item",
        **more: Any,
    ) -> str:
        """A Condition of the problem list (or the encounter)."""
        body = {
            "clinicalStatus": {"coding": [coding(f"{TERMINOLOGY}/condition-clinical", status)]},
            "verificationStatus": {"coding": [coding(f"{TERMINOLOGY}/condition-ver-status", verification)]},
            "category": [{"coding": [coding(f"{TERMINOLOGY}/condition-category", category)]}],
            "code": code,
            "subject": self.subject,
        }
        if onset is not None:
            body["onsetDateTime"] = day(onset)
        return self.add("Condition", body | more)

    def observation(self, code: Json, when: date | str, category: str = "laboratory", **value: Any) -> str:
        """A final Observation; `value` names its value[x] and other elements."""
        body = {
            "status": "final",
            "category": [{"coding": [coding(f"{TERMINOLOGY}/observation-category", category)]}],
            "code": code,
            "subject": self.subject,
            "effectiveDateTime": moment(when),
        }
        return self.add("Observation", body | value)

    def report(self, code: Json, when: date | str, conclusion: str, category: str, results: Sequence[str] = ()) -> str:
        """A final DiagnosticReport with a conclusion in words; `category` is a code of the v2 table 0074."""
        body: Json = {
            "status": "final",
            "category": [{"coding": [coding(f"{TERMINOLOGY}/v2-0074", category)]}],
            "code": code,
            "subject": self.subject,
            "effectiveDateTime": moment(when),
            "issued": moment(when, 16),
        }
        if results:
            body["result"] = [{"reference": reference} for reference in results]
        if conclusion:
            body["conclusion"] = conclusion
        return self.add("DiagnosticReport", body)

    def procedure(self, code: Json, when: date | str, **more: Any) -> str:
        """A completed Procedure."""
        body = {"status": "completed", "code": code, "subject": self.subject, "performedDateTime": day(when)}
        return self.add("Procedure", body | more)

    def bundle(self) -> Json:
        """All resources as a collection Bundle."""
        entries = [{"fullUrl": f"{SERVER}/{r['resourceType']}/{r['id']}", "resource": r} for r in self.resources]
        return {"resourceType": "Bundle", "id": f"{self.id}-record", "type": "collection", "entry": entries}


def before(days: int, when: date = AS_OF) -> date:
    """The date some days before another."""
    return when - timedelta(days=days)
