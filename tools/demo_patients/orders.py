"""Draft orders and the contexts of the four hooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.demo_patients.oncology import drug_concept
from tools.demo_patients.record import AS_OF, Json, Record, concept, moment


@dataclass
class Orders:
    """The draft orders of one hook call."""

    record: Record
    drafts: list[Json] = field(default_factory=list)

    def drug(self, drug: str) -> Json:
        """A draft MedicationRequest, as it is before the dose is entered."""
        return self._add("MedicationRequest", f"draft-{drug}", medicationCodeableConcept=drug_concept(drug))

    def service(self, name: str, key: str, *codings: Json, body_site: Json | None = None) -> Json:
        """A draft ServiceRequest."""
        place = {"bodySite": [body_site]} if body_site else {}
        return self._add("ServiceRequest", f"draft-{key}", code=concept(name, *codings), **place)

    def _add(self, resource_type: str, identity: str, **body: object) -> Json:
        draft: Json = {
            "resourceType": resource_type,
            "id": identity,
            "status": "draft",
            "intent": "order",
            "subject": self.record.subject,
            "authoredOn": moment(AS_OF),
            "requester": {"reference": f"Practitioner/{self.record.key}-oncologist"},
            **body,
        }
        self.drafts.append(draft)
        return draft

    def context(self, selected: Sequence[Json] | None = None) -> Json:
        """The context of order-sign, or with `selected` of order-select."""
        made = viewing(self.record)
        if selected is not None:
            made["selections"] = [f"{draft['resourceType']}/{draft['id']}" for draft in selected]
        entries = [{"resource": draft} for draft in self.drafts]
        return made | {"draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": entries}}


def viewing(record: Record) -> Json:
    """The context of patient-view."""
    return {"userId": f"Practitioner/{record.key}-oncologist", "patientId": record.id}


def arriving(record: Record) -> Json:
    """The context of encounter-start; the encounter itself is not yet in the record."""
    return viewing(record) | {"encounterId": f"{record.key}-arrival"}
