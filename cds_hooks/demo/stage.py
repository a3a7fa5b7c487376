"""What all pages of the demonstration work with: the sample patients, and the content that is served now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from cds_hooks.content import ActiveContent
from cds_hooks.demo import orders
from cds_hooks.demo.patients import SamplePatient, load_patients
from cds_hooks.demo.record import Record
from cds_hooks.errors import CallError
from cds_hooks.pipeline import rehearse
from cds_hooks.sarcoma import SarcomaGuidance
from cds_hooks.services import Answer, Service
from cds_hooks.settings import Settings

Json = Mapping[str, Any]

HOOKS = {
    "patient-view": "Chart opened",
    "order-select": "Order chosen",
    "order-sign": "Orders signed",
    "encounter-start": "Encounter starts",
}
ORDER_HOOKS = ("order-select", "order-sign")


@dataclass(frozen=True, slots=True)
class Played:
    """One hook call that was answered."""

    record: Record
    service: Service
    request: Json
    answer: Answer
    milliseconds: float
    kilobytes: float

    @property
    def trace(self) -> dict[str, Any]:
        """The decision behind the cards, and the cards, as ``/explain`` gives them."""
        return {**self.answer.explain(), "cards": list(self.answer.cards)}


class Stage:
    """The patients and the guidance. Raises ``ValueError`` for a file that is no sample patient."""

    def __init__(self, active: ActiveContent, settings: Settings) -> None:
        self._active = active
        self.settings = settings
        self.patients = load_patients(settings.patients)

    @property
    def guidance(self) -> SarcomaGuidance:
        """What is served now. The demonstration is there for our guideline alone."""
        current = self._active.current.guidance
        assert isinstance(current, SarcomaGuidance)
        return current

    def patient(self, identifier: str) -> SamplePatient:
        """A sample patient. Raises ``CallError`` 404."""
        found = self.patients.get(identifier)
        if found is None:
            raise CallError(404, "not-found", "there is no sample patient of this id; /demo lists them")
        return found

    def play(self, record: Record, hook: str, context: Json) -> Played:
        """Answers a hook call about a record. Blocking. Raises ``CallError``."""
        guidance = self.guidance
        service = next((one for one in guidance.services if one.hook == hook), None)
        if service is None:
            raise CallError(
                404, "not-found", "there is no service for this hook; GET /cds-services lists those there are"
            )
        request = record.request(hook, context, service.templates)
        body = orjson.dumps(request)
        started = time.perf_counter()
        answer = rehearse(guidance, service, body)
        taken = (time.perf_counter() - started) * 1000
        return Played(record, service, request, answer, taken, len(body) / 1000)

    def play_sample(self, patient: SamplePatient, hook: str, order: str = "") -> Played:
        """The same of a sample patient, with the context that is told for it, or with an order that is tried."""
        hook = hook or next(iter(patient.contexts))
        return self.play(patient.record, hook, context_of(patient.contexts.get(hook, {}), hook, order, patient.id))


def context_of(told: Json, hook: str, order: str, patient_id: str) -> dict[str, Any]:
    """The context of the hook: the one that is told, or one made from the order that is tried.

    Raises ``CallError`` 404 for an order that cannot be tried.
    """
    if hook in ORDER_HOOKS and (order or not told):
        if order and order not in orders.choices():
            raise CallError(404, "not-found", "this order is not among those that can be tried")
        return orders.context_with(order or orders.DRUGS[0], hook, told, patient_id)
    return (
        {"userId": "Practitioner/example", "patientId": patient_id}
        | ({"encounterId": f"{patient_id}-encounter"} if hook == "encounter-start" else {})
        | dict(told)
    )
