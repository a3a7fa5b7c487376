"""Our guideline as CDS services: from the data of a call to facts, decisions and cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cds_hooks.envelope import HookCall
from cds_hooks.errors import CallError
from cds_hooks.prefetch import Received, State, Template, patient_templates, read_prefetch
from cds_hooks.services import Answer, Service
from cds_hooks.settings import Settings
from mappers import PatientFacts, map_patient
from mappers.reading.collect import READERS
from plandefinitions.guideline import Decisions, Guideline

_PURPOSES = {
    "patient-view": (
        "Sarcoma guidance when the chart opens",
        "Local and systemic therapy, work-up and missing facts for a patient with metastatic soft tissue sarcoma.",
    ),
    "order-select": (
        "Sarcoma guidance while an order is chosen",
        "Checks the selected draft orders of a patient with soft tissue sarcoma; silent when they are concordant.",
    ),
    "order-sign": (
        "Sarcoma guidance before orders are signed",
        "Checks all draft orders of a patient with soft tissue sarcoma; silent when they are concordant.",
    ),
    "encounter-start": (
        "Sarcoma guidance when an encounter starts",
        "What is urgent for a patient with soft tissue sarcoma: cord compression, new neurological symptoms.",
    ),
}
_USAGE = (
    "FHIR R4. The patient and the conditions are required, as prefetch. Every other key that is not sent, or is sent as "
    "an OperationOutcome, makes the facts that depend on it unknown; send an empty Bundle or null where the record was "
    "searched and holds nothing."
)


class SarcomaGuidance:
    """The guideline, loaded; answers the four hooks."""

    def __init__(self, guideline: Guideline, templates: Sequence[Template]) -> None:
        self._guideline = guideline
        self._templates = tuple(templates)
        self.recommendations: Sequence[Any] = ()
        self.services: Sequence[Service] = tuple(
            Service(f"sarcoma-{hook}", hook, title, description, _USAGE, self._templates)
            for hook, (title, description) in _PURPOSES.items()
        )

    @classmethod
    def load(cls, settings: Settings) -> SarcomaGuidance:
        """Compiles the guideline's content."""
        return cls(Guideline.load(settings.guideline), patient_templates(READERS))

    @property
    def version(self) -> str:
        """The version of the content."""
        return self._guideline.version

    def answer(self, service: Service, call: HookCall) -> Answer:
        """Facts, decisions and cards of one call. Raises ``CallError`` 412 when required data did not come."""
        received = read_prefetch(call.prefetch, self._templates, call.patient_id)
        if received.missing:
            raise _lacking(received)
        facts = _facts(call, received)
        decisions = self._guideline.decide(facts, service.hook, call.now)
        return Answer(decisions.cards(), _explanation(facts, decisions, received))


def _facts(call: HookCall, received: Received) -> PatientFacts:
    return map_patient(
        [*received.resources, *_medications(call.draft_orders)],
        patient_id=call.patient_id,
        drafts=call.draft_orders,
        selections=call.selections,
        as_of=call.now,
        unread=received.unread,
    )


def _medications(drafts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Medications that came beside the draft orders, for drafts that only refer to theirs."""
    return [entry for entry in drafts if entry["resource"].get("resourceType") == "Medication"]


def _explanation(facts: PatientFacts, decisions: Decisions, received: Received) -> dict[str, Any]:
    """The explanation's parts but the cards; `unread` and `problems` say what the facts could not be built on."""
    explanation: dict[str, Any] = {
        "facts": facts.to_explanation(),
        "recommendations": [
            {"id": one.id, "status": one.status, "because": one.because, "missing": one.missing} for one in decisions
        ],
    }
    if received.unread:
        explanation["unread"] = sorted(received.unread)
    if facts.problems:
        explanation["problems"] = [{"reference": one.reference, "reason": one.reason} for one in facts.problems]
    return explanation


_WHY = {
    State.ABSENT: "not sent",
    State.FAILED: "sent, but it is an OperationOutcome, not the expected resource type, or about another patient",
}


def _lacking(received: Received) -> CallError:
    keys = "; ".join(f"prefetch.{key}: {_WHY[received.states[key]]}" for key in received.missing)
    return CallError(
        412,
        "missing-data",
        f"required patient data is missing and there is no way to fetch it: {keys}. "
        "Send these keys as the prefetch templates of GET /cds-services say",
        [f"prefetch.{key}" for key in received.missing],
    )
