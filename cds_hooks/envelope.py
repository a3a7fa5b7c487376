"""The hook call: its envelope and the context that each hook requires.

Read by hand, leniently where clients differ (nulls count as absent, unknown members are ignored, ``Patient/123`` will
do for ``123``) and strictly where a guess would be unsafe. Every fault names the field and the mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cds_hooks.errors import CallError
from cds_hooks.fhir_access import FhirAccess, read_fhir_access
from cds_hooks.fhir_versions import refuse_other_version
from cds_hooks.ownership import Ownership, named

Json = Mapping[str, Any]

_VISIT = {"userId": "text", "patientId": "text"}
REQUIRED_CONTEXT: Mapping[str, Mapping[str, str]] = {
    "allergyintolerance-create": {**_VISIT, "allergyIntolerance": "object"},
    "appointment-book": {**_VISIT, "appointments": "object"},
    "encounter-discharge": {**_VISIT, "encounterId": "text"},
    "encounter-start": {**_VISIT, "encounterId": "text"},
    "medication-prescribe": {**_VISIT, "medications": "object"},
    "medication-refill": {"patientId": "text", "medications": "object"},
    "medication-verify": {**_VISIT, "medication": "object"},
    "order-dispatch": {"patientId": "text", "dispatchedOrders": "list", "performer": "text"},
    "order-review": {**_VISIT, "orders": "object"},
    "order-select": {**_VISIT, "selections": "list", "draftOrders": "object"},
    "order-sign": {**_VISIT, "draftOrders": "object"},
    "patient-view": _VISIT,
    "problem-list-item-create": {**_VISIT, "conditions": "object"},
}
"""Required context fields of each hook, with the JSON type of each (CDS Hooks Library)."""

_ANY_HOOK = {"patientId": "text"}
"""What a hook of somebody else's must have at the least: all that we answer is about one patient."""

AS_OF_EXTENSION = "org.sarcoma-cds.as-of"
"""A member of the request's ``extension``: the day to evaluate for. Only the demonstration heeds it."""

_TYPES = {"text": (str, "a string"), "list": (list, "a list"), "object": (dict, "an object")}


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a hook."""

    hook: str
    instance: str
    context: Json
    patient_id: str
    """The bare id."""
    prefetch: Json
    draft_orders: tuple[Json, ...]
    """The entries of the draft orders' Bundle that are for this patient; each has a `resource`."""
    selections: tuple[str, ...] | None
    """References of the selected drafts; None where the hook knows no selection, so that all count."""
    now: datetime
    """The moment to evaluate for."""
    fhir: FhirAccess | None
    """The FHIR server that the call names, and the right to read there."""
    foreign_drafts: tuple[str, ...] = ()
    """Draft orders for another patient, which were left out, as ``MedicationRequest/123``."""


def read_call(body: Json, hook: str, *, demo: bool = False) -> HookCall:
    """The call in a body, for a service of `hook`. Raises ``CallError`` 400, and 403 for another patient's token."""
    _check_hook(body, hook)
    instance = _field(body, "hookInstance", "text", "the UUID of this call")
    context = _field(body, "context", "object", f"the context of {hook}")
    for name, kind in REQUIRED_CONTEXT.get(hook, _ANY_HOOK).items():
        _field(context, name, kind, f"{hook} requires it", within="context.")
    patient_id = bare_id(context["patientId"])
    own, foreign = _draft_orders(context, patient_id)
    return HookCall(
        hook,
        instance,
        context,
        patient_id,
        _prefetch(body),
        own,
        _selections(context) if hook == "order-select" else None,
        (_as_of(body) if demo else None) or datetime.now(UTC),
        read_fhir_access(body, patient_id, demo=demo),
        foreign,
    )


def bare_id(patient: str) -> str:
    """``123`` of ``123``, ``Patient/123/_history/2`` and ``https://ehr/fhir/Patient/123``."""
    return patient.strip().partition("/_history/")[0].rsplit("/", 1)[-1]


def _check_hook(body: Json, hook: str) -> None:
    named = _field(body, "hook", "text", f"this service answers {hook}")
    if named != hook:
        raise CallError(
            400,
            "hook-mismatch",
            f"hook: this service answers {hook} only; send that hook here, "
            "or call the service that discovery lists for the hook",
            ["hook"],
        )


def _field(holder: Json, name: str, kind: str, purpose: str, within: str = "") -> Any:
    value = holder.get(name)
    wanted, described = _TYPES[kind]
    if value is None:
        raise CallError(
            400, "missing-field", f"{within}{name}: is missing; send {described} ({purpose})", [within + name]
        )
    if not isinstance(value, wanted):
        raise CallError(400, "wrong-type", f"{within}{name}: must be {described} ({purpose})", [within + name])
    if kind == "text" and not value.strip():
        raise CallError(
            400, "missing-field", f"{within}{name}: is empty; send {described} ({purpose})", [within + name]
        )
    return value


def _prefetch(body: Json) -> Json:
    value = body.get("prefetch")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CallError(400, "wrong-type", "prefetch: must be an object of key to resource", ["prefetch"])
    return value


def _as_of(body: Json) -> datetime | None:
    extension = body.get("extension")
    day = extension.get(AS_OF_EXTENSION) if isinstance(extension, dict) else None
    if day is None:
        return None
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(hour=12, tzinfo=UTC)
    except (TypeError, ValueError) as error:
        where = f"extension.{AS_OF_EXTENSION}"
        raise CallError(400, "wrong-type", f"{where}: must be a date such as 2026-11-21", [where]) from error


def _selections(context: Json) -> tuple[str, ...]:
    """The references of the selected drafts: texts, as the hook says, or FHIR References, as some clients send them."""
    given = (one.get("reference") if isinstance(one, dict) else one for one in context["selections"])
    return tuple(one for one in given if isinstance(one, str))


def _draft_orders(context: Json, patient_id: str) -> tuple[tuple[Json, ...], tuple[str, ...]]:
    """The entries of ``context.draftOrders`` with their resources, however incomplete; another patient's are named.

    Raises ``CallError`` when they are of a FHIR version that is not supported.
    """
    bundle = context.get("draftOrders")
    if not isinstance(bundle, dict):
        return (), ()
    entries = bundle.get("entry")
    if not isinstance(entries, list):
        # A client with a single draft may send the order itself.
        kind = bundle.get("resourceType")
        entries = [{"resource": bundle}] if isinstance(kind, str) and kind != "Bundle" else []
    drafts = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)]
    refuse_other_version((entry["resource"] for entry in drafts), "context.draftOrders")
    ownership = Ownership(patient_id)
    foreign = [ownership.is_foreign(entry["resource"]) for entry in drafts]
    return (
        tuple(entry for entry, left_out in zip(drafts, foreign, strict=True) if not left_out),
        tuple(named(entry["resource"]) for entry, left_out in zip(drafts, foreign, strict=True) if left_out),
    )
