"""Which CDS Hooks services the content offers: one for each plan and named event (section B of the checklist in
docs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plandefinitions.apply.content.diagnostics import Findings
from plandefinitions.apply.content.model import Plan

KNOWN = (
    "patient-view", "order-select", "order-sign", "order-dispatch", "appointment-book", "encounter-start",
    "encounter-discharge", "medication-refill", "medication-verify", "problem-list-item-create",
    "allergyintolerance-create", "medication-prescribe", "order-review",
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+|[a-z0-9]+(\.[a-z0-9\-]+)+")
ENDPOINT = "http://hl7.org/fhir/StructureDefinition/cqf-cdsHooksEndpoint"
CONTEXT = {
    "patient-view": ("userId", "patientId", "encounterId"),
    "order-select": ("userId", "patientId", "encounterId", "selections", "draftOrders"),
    "order-sign": ("userId", "patientId", "encounterId", "draftOrders"),
    "encounter-start": ("userId", "patientId", "encounterId"),
    "encounter-discharge": ("userId", "patientId", "encounterId"),
    "appointment-book": ("userId", "patientId", "encounterId", "appointments"),
    "order-dispatch": ("patientId", "dispatchedOrders", "performer", "fulfillmentTasks"),
    "medication-refill": ("patientId", "userId", "encounterId", "medications"),
    "medication-prescribe": ("userId", "patientId", "encounterId", "medications"),
    "order-review": ("userId", "patientId", "encounterId", "orders"),
    "medication-verify": ("userId", "patientId", "encounterId", "medication"),
    "problem-list-item-create": ("userId", "patientId", "encounterId", "conditions"),
    "allergyintolerance-create": ("userId", "patientId", "encounterId", "allergyIntolerance"),
}
"""The context fields of the hooks of the CDS Hooks Library."""


@dataclass(frozen=True, slots=True)
class HookService:
    """One service: the plan answers to the hook. ``id`` is unique among the content's services."""

    id: str
    hook: str
    title: str
    description: str
    plan: Plan


def hook_services(plans: Iterable[Plan]) -> tuple[HookService, ...]:
    """The services of the plans. A plan with several hooks has one for each, the hook's name after its id.

    The id is the last part of the plan's URL, else its resource id; two plans of the same id get a number.
    """
    found: list[HookService] = []
    taken: set[tuple[str, str]] = set()
    for plan in plans:
        events = [one for one in plan.events if is_hook(one)]
        base = re.sub(r"[^A-Za-z0-9.\-_]", "-", str(plan.resource.get("url") or plan.id).rpartition("/")[2]) or plan.id
        for event in events:
            name = base if len(events) == 1 else f"{base}-{event}"
            unique, number = name, 2
            while any(unique == one for one, _ in taken):
                unique, number = f"{name}-{number}", number + 1
            taken.add((unique, event))
            description = str(plan.resource.get("description") or plan.title)
            found.append(HookService(unique, event, plan.title, description, plan))
    return tuple(found)


def is_hook(name: str) -> bool:
    """Is it a hook of the CDS Hooks Library, or a name of that form (a private hook's is in reverse-domain
    notation)?
    """
    return name in KNOWN or _NAME.fullmatch(name) is not None


def check_hooks(plan: Plan, findings: Findings) -> None:
    """Warn of events that are no hooks, and of an endpoint that the plan names itself."""
    for action in plan.actions:
        for inner in action.walk():
            for trigger in inner.triggers or ():
                if not is_hook(trigger.name) and inner.raw.get("trigger"):
                    message = f"the event {trigger.name!r} is no CDS Hooks hook; no service is offered for it"
                    findings.warn("PD-160", message, inner.at / "trigger")
    for number, one in enumerate(plan.resource.get("extension") or ()):
        if isinstance(one, dict) and one.get("url") == ENDPOINT:
            message = (
                f"the plan names the endpoint {one.get('valueUri')!r}; it is served under this service's own address"
            )
            findings.warn("PD-161", message, plan.at / "extension" / number)
