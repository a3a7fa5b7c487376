"""A patient's record, and the hook call that an EHR would make for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from cds_hooks.envelope import AS_OF_EXTENSION
from cds_hooks.json_text import read_json
from cds_hooks.prefetch import Template

Json = Mapping[str, Any]


class RecordProblem(ValueError):
    """A text that is no record of one patient; the message says why, and repeats nothing of the text."""


@dataclass(frozen=True, slots=True)
class Record:
    """One patient's resources, among them the Patient, as of a day. `id` names the record, not the patient."""

    id: str
    patient: Json
    resources: Sequence[Json]
    as_of: str

    @property
    def patient_id(self) -> str:
        """The id of the Patient resource."""
        return str(self.patient["id"])

    def request(self, hook: str, context: Json, templates: Sequence[Template]) -> dict[str, Any]:
        """The hook call of an EHR that sends all the prefetch that discovery asks for, as of the record's day."""
        instance = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.id}/{hook}")
        return {
            "hook": hook,
            "hookInstance": str(instance),
            "context": dict(context),
            "prefetch": {template.key: self._answer(template) for template in templates},
            "extension": {AS_OF_EXTENSION: self.as_of},
        }

    def _answer(self, template: Template) -> Json:
        """What a FHIR server would answer to the template."""
        if template.resource_type == "Patient":
            return self.patient
        found = [one for one in self.resources if one["resourceType"] == template.resource_type]
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
        if found:
            bundle["entry"] = [{"resource": one, "search": {"mode": "match"}} for one in found]
        return bundle


def read_record(text: bytes, as_of: str) -> Record:
    """The record in a FHIR Bundle, a list of resources or a sample patient's file. Raises ``RecordProblem``.

    A sample patient's file has a day of its own, which counts where `as_of` is empty; otherwise that is today.
    """
    try:
        content = read_json(text)
    except orjson.JSONDecodeError as error:
        raise RecordProblem(f"This is not JSON (line {error.lineno}, column {error.colno}).") from error
    day = as_of
    if isinstance(content, dict) and isinstance(content.get("bundle"), dict):
        day = day or str(content.get("as_of") or "")
        content = content["bundle"]
    if isinstance(content, dict) and "hookInstance" in content:
        raise RecordProblem("This is a hook call: send it to the service, or paste the resources alone, as a Bundle.")
    resources = [
        one for one in _resources(content) if isinstance(one, dict) and isinstance(one.get("resourceType"), str)
    ]
    patients = [one for one in resources if one["resourceType"] == "Patient"]
    if len(patients) != 1:
        raise RecordProblem(
            f"One Patient resource is wanted; this holds {len(patients)}, and {len(resources)} resources."
        )
    if not isinstance(patients[0].get("id"), str):
        raise RecordProblem("The Patient resource has no id.")
    return Record("pasted", patients[0], resources, _day(day))


def _resources(content: Any) -> Iterable[Any]:
    if isinstance(content, list):
        return content
    entries = content.get("entry") if isinstance(content, dict) else None
    return [one.get("resource") for one in entries if isinstance(one, dict)] if isinstance(entries, list) else ()


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else date.today().isoformat()
    except ValueError as error:
        raise RecordProblem("The day is not a date such as 2026-11-21.") from error
