"""How an Observation of the sarcoma-facts code system is put together."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from mappers.facts import Evidence, Fact

BASE = "https://sarcoma-cds.org/fhir/CodeSystem/"
FACTS, VALUES, HISTOLOGY = BASE + "sarcoma-facts", BASE + "sarcoma-values", BASE + "sarcoma-histology"
SITES_SYSTEM, DRUGS, PROCEDURES_SYSTEM = BASE + "sarcoma-sites", BASE + "sarcoma-drugs", BASE + "sarcoma-procedures"
UCUM = "http://unitsofmeasure.org"
NONE_ON_RECORD = "none-on-record"

Observation = dict[str, object]
Json = Mapping[str, object]


class Builder:
    """Collects the Observations of one patient."""

    def __init__(self, patient_id: str) -> None:
        self.patient_id = patient_id
        self.built: list[Observation] = []

    def add(
        self,
        code: str,
        value: Json,
        fact: Fact,
        *,
        qualifier: str = "",
        organ: str = "",
        date: object = None,
        components: Sequence[Observation] = (),
        evidence: Iterable[Evidence] | None = None,
    ) -> None:
        """Adds one Observation; `value` is its value[x], `qualifier` tells repeated ones of a code apart."""
        references = dict.fromkeys(e.reference for e in (fact.evidence if evidence is None else evidence))
        made: Observation = {
            "resourceType": "Observation",
            "id": self._id(code, qualifier or organ),
            "status": "final",
            "code": {"coding": [{"system": FACTS, "code": code}]},
        }
        if self.patient_id:
            made["subject"] = {"reference": f"Patient/{self.patient_id}"}
        effective = date if isinstance(date, str) else fact.date
        if effective:
            made["effectiveDateTime"] = effective
        made |= value
        if organ:
            made["bodySite"] = concept(SITES_SYSTEM, organ)
        if references:
            made["derivedFrom"] = [{"reference": r} if "/" in r or ":" in r else {"display": r} for r in references]
        if components:
            made["component"] = list(components)
        self.built.append(made)

    def _id(self, code: str, qualifier: str) -> str:
        digest = hashlib.sha256(f"{self.patient_id}|{code}|{qualifier}".encode()).hexdigest()[:12]
        return f"{code[:48]}-{digest}"


def concept(system: str, code: str, display: str = "") -> Json:
    """A CodeableConcept with one coding of ours."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding], "text": display or code}


def coded(code: str, system: str = VALUES, display: str = "") -> Json:
    """valueCodeableConcept."""
    return {"valueCodeableConcept": concept(system, code, display)}


def amount(value: object, unit: str) -> Json:
    """valueQuantity with a UCUM unit."""
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}


def component(code: str, value: Json) -> Observation:
    """A component of the sarcoma-facts code system."""
    return {"code": {"coding": [{"system": FACTS, "code": code}]}} | dict(value)


def object_of(value: object) -> Json:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects_in(value: object) -> list[Json]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts_in(value: object) -> list[str]:
    """The items of a list as strings."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
