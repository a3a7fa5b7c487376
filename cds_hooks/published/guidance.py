"""PlanDefinitions of any author behind CDS Hooks, through ``$apply``."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.routing import Router

from cds_hooks.envelope import HookCall
from cds_hooks.errors import CallError
from cds_hooks.prefetch import Received, patient_templates
from cds_hooks.published.requirements import retrieved_types
from cds_hooks.services import Answer, Service
from plandefinitions.apply import Applied, ApplyProblem, Content, Plan, apply_all, hook_request
from plandefinitions.apply.content.files import content_files
from plandefinitions.cards import cards_of
from plandefinitions.plan_cases import load_proven

_LOG = logging.getLogger(__name__)
_USAGE = (
    "FHIR R4. Every key of the prefetch is needed, since a condition cannot tell what was not sent from what is not "
    "there; send an empty Bundle or null where the record was searched and holds nothing."
)


class PublishedGuidance:
    """Loaded content; one service for each plan and named event."""

    def __init__(self, content: Content, faults: Sequence[str], digest: str) -> None:
        """`digest` tells content apart whose authors did not change its version."""
        self._content = content
        self.faults = faults
        self._plans: Mapping[str, Plan] = {one.id: one.plan for one in content.services}
        self.services: Sequence[Service] = tuple(
            Service(
                one.id,
                one.hook,
                one.title,
                one.description,
                _USAGE,
                patient_templates(retrieved_types(content, one.plan), all_required=True),
            )
            for one in content.services
        )
        self.titles: Mapping[str, str] = {one.id: one.title for one in content.plans}
        self.version = f"{', '.join(content.versions.values())} ({digest})"

    @classmethod
    def load(cls, folder: Path) -> PublishedGuidance:
        """Loads a folder. Plans with errors, or with cases of their own that fail, are left out and logged.

        Raises ``ValueError`` when there is no such folder, or it has errors and no plan without any.
        """
        if not folder.is_dir():
            raise ValueError(f"{folder}: is not a folder; give the one that holds the guideline's JSON files")
        loaded = load_proven([folder])
        for one in loaded.diagnostics:
            _LOG.log(logging.ERROR if one.severity == "error" else logging.WARNING, "%s", one)
        if loaded.errors and not loaded.content.services:
            lines = "\n".join(f"  {one}" for one in loaded.errors)
            raise ValueError(f"{folder}: has no plan that can be served:\n{lines}")
        return cls(loaded.content, tuple(map(str, loaded.errors)), _digest(folder))

    def pages(self) -> Router:
        """None: the content's authors publish their own."""
        return Router()

    def answer(self, service: Service, call: HookCall, received: Received) -> Answer:
        """Applies the plan. Raises ``CallError``, 412 when not all of the data came that the plan reads."""
        if received.unread:
            raise received.lacking([one.key for one in service.templates if one.resource_type in received.unread])
        applied = self._apply(self._plans[service.id], call, received)
        namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"{service.id}/{call.instance}")
        cards = [one.json for one in cards_of(applied, terminology=self._content.terminology, namespace=namespace)]
        return Answer(cards, lambda: _explanation(applied))

    def _apply(self, plan: Plan, call: HookCall, received: Received) -> Applied:
        subject = f"Patient/{call.patient_id}"
        try:
            request = hook_request(
                received.resources, hook=call.hook, subject=subject, context=call.context, now=call.now, trace=True
            )
            return apply_all(self._content, [plan], request)[0]
        except ApplyProblem as problem:
            raise CallError(400, "bad-request", "the plan cannot be applied to what was sent") from problem


def _digest(folder: Path) -> str:
    digest = sha256()
    for file in content_files([folder]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _explanation(applied: Applied) -> dict[str, Any]:
    """Every action that was judged, and what could not be."""
    return {
        "facts": {},
        "recommendations": [
            {
                "id": one.id or one.address,
                "status": _STATUSES[one.status],
                "because": [f"{condition.expression}: {condition.value}" for condition in one.conditions],
                "missing": [reason for condition in one.conditions for reason in condition.reasons],
                "action": one.to_json(),
            }
            for one in applied.decisions
        ],
        "problems": [{"severity": one.severity, "message": one.message} for one in applied.problems],
    }


_STATUSES = {
    "applicable": "offered",
    "not-applicable": "not-applicable",
    "unknown": "undecided",
    "error": "undecided",
}
