"""Our guideline as CDS services: from the data of a call to facts, decisions and cards."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.routing import Router

from cds_hooks.envelope import HookCall
from cds_hooks.guidance import guidance_routes
from cds_hooks.prefetch import Received, patient_templates, told
from cds_hooks.services import Answer, Service
from cds_hooks.settings import Settings
from mappers import PatientFacts, map_patient
from mappers.reading.collect import READERS
from plandefinitions.guideline import Decision, Decisions, Guideline, GuidelineSettings
from plandefinitions.guideline.cards import build_cards
from plandefinitions.guideline.proof import load_proven
from plandefinitions.guideline.settings import CONTENT

_LOG = logging.getLogger(__name__)
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
    "FHIR R4. The patient and the conditions are required, as prefetch. Every other key that is not sent, or is sent "
    "as an OperationOutcome, makes the facts that depend on it unknown; send an empty Bundle or null where the record "
    "was searched and holds nothing."
)


class SarcomaGuidance:
    """The guideline, loaded; answers the four hooks."""

    def __init__(self, guideline: Guideline, settings: Settings, faults: Sequence[str] = ()) -> None:
        self._guideline = guideline
        self._templates = patient_templates(READERS)
        self._root = urlsplit(settings.base_url).path
        self._guidance_url = f"{settings.base_url}/guidance"
        self._demo = settings.demo
        self.services: Sequence[Service] = tuple(
            Service(f"sarcoma-{hook}", hook, title, description, _USAGE, self._templates)
            for hook, (title, description) in _PURPOSES.items()
        )
        self.titles: Mapping[str, str] = {entry.id: entry.title for entry in guideline.entries}
        self.version = _version(guideline)
        self.faults = faults

    @classmethod
    def load(cls, settings: Settings) -> SarcomaGuidance:
        """Compiles the guideline's content; what is read on first use, such as code tables, is read now.

        Entries whose own cases fail are left out and logged.

        Raises ``ContentError`` and ``SettingsError`` of the guideline.
        """
        content = settings.guideline or CONTENT
        chosen = GuidelineSettings(settings.parameters, frozenset(settings.switched_off), content)
        proven = load_proven(chosen)
        for fault in proven.faults:
            _LOG.error("%s", fault)
        guidance = cls(proven.guideline, settings, proven.faults)
        guidance._warm()
        return guidance

    @property
    def guideline(self) -> Guideline:
        """The compiled guideline."""
        return self._guideline

    def pages(self) -> Router:
        """The guidance pages."""
        return guidance_routes(self._guideline, demo=self._demo, root=self._root)

    def answer(self, service: Service, call: HookCall, received: Received) -> Answer:
        """Facts, decisions and cards of one call. Raises ``CallError`` 412 when required data did not come."""
        if received.missing:
            raise received.lacking(received.missing)
        facts = _facts(call, received)
        decisions = self._guideline.decide(facts, service.hook, call.now)
        cards = build_cards(decisions, self._guidance_url, received.unread, call.instance)
        return Answer(cards, lambda: _explanation(facts, decisions, received, call.foreign_drafts))

    def _warm(self) -> None:
        """Answers one call for a patient of nobody's, so that the first real one does not pay for loading."""
        now = datetime.now(UTC)
        condition = {"resourceType": "Condition", "code": {"text": "Leiomyosarcoma, lung metastases"}}
        for service in self.services:
            facts = map_patient([{"resourceType": "Patient", "id": "warm"}, condition], patient_id="warm", as_of=now)
            build_cards(self._guideline.decide(facts, service.hook, now), self._guidance_url)


def _version(guideline: Guideline) -> str:
    """A version that changes with any entry's text or plan, the libraries they share, and the settings."""
    digest = sha256(orjson.dumps(sorted(guideline.texts.items())))
    for entry in guideline.entries:
        digest.update(orjson.dumps([entry.id, entry.plan, entry.activities]))
    digest.update(orjson.dumps([[one.name, str(one.value)] for one in guideline.parameters.values()]))
    return digest.hexdigest()[:12]


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


def _explanation(
    facts: PatientFacts, decisions: Decisions, received: Received, foreign_drafts: Iterable[str]
) -> dict[str, Any]:
    """The explanation's parts but the cards; `unread` and `problems` say what the facts could not be built on."""
    explanation: dict[str, Any] = {
        "facts": facts.to_explanation(),
        "recommendations": [one.to_explanation() | {"criteria": _criteria(one)} for one in decisions.decisions],
    }
    if received.unread:
        explanation["unread"] = sorted(received.unread)
        explanation["reasons"] = {key: told(code) for key, code in received.reasons.items()}
    problems = [{"reference": one, "reason": _FOREIGN} for one in (*received.foreign, *foreign_drafts)]
    problems += [{"reference": one.reference, "reason": one.reason} for one in facts.problems]
    if problems:
        explanation["problems"] = problems
    return explanation


_FOREIGN = "about another patient"


def _criteria(decision: Decision) -> list[dict[str, Any]]:
    """Each criterion with its state (met, not-met, unknown) and what it found, for the criteria table."""
    return [
        {"name": one.name, "state": one.state, "words": one.words, "role": one.role, "group": one.group}
        | ({"missing": one.missing} if one.missing else {})
        | ({"local": True} if one.local else {})
        for one in decision.criteria
    ]
