"""A patient's record from a file: a FHIR Bundle, a list of resources, or a demo patient that wraps a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authoring.files import FileProblem, read_json
from cds_hooks.envelope import bare_id
from cds_hooks.errors import CallError
from cds_hooks.fhir_versions import refuse_other_version
from mappers.reading.collect import unpack


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The resources of a file; from a demo patient also the hook's context and the day of the call."""

    resources: Any
    context: Mapping[str, Any]
    as_of: str | None

    def fault(self) -> str | None:
        """Why this is no record in FHIR R4, if it is none."""
        if not self._holds_resources():
            if isinstance(self.resources, dict) and "hookInstance" in self.resources:
                return "is a hook call; send it to the service, or give its resources: a Bundle or a list"
            return "holds no FHIR resource; give a Bundle or a list of resources"
        try:
            refuse_other_version((resource for resource, _ in unpack(self.resources)), "the record")
        except CallError as refused:
            return refused.diagnostics.removeprefix("the record: ")
        return None

    def whose(self, named: str | None) -> str | None:
        """The patient that is asked for: as named, or the hook context's; None leaves it to the one in the record.

        Raises ``FileProblem`` when the record has several patients and none is named, or none of that id.
        """
        wanted = named or self.context.get("patientId")
        found = [resource for resource, _ in unpack(self.resources) if resource.get("resourceType") == "Patient"]
        ids = list(dict.fromkeys(one["id"] for one in found if isinstance(one.get("id"), str)))
        if wanted is None and len(ids) > 1:
            raise FileProblem(f"the record holds {len(ids)} patients; say whose it is with --patient ID")
        if isinstance(wanted, str) and ids and bare_id(wanted) not in ids:
            raise FileProblem("the record holds another patient than --patient, or the hook's context, names")
        return wanted

    def _holds_resources(self) -> bool:
        """Whether this can be a record at all: one resource (a Bundle), or a list of objects."""
        if isinstance(self.resources, dict):
            return isinstance(self.resources.get("resourceType"), str)
        return isinstance(self.resources, list) and any(isinstance(item, dict) for item in self.resources)


def read_record(path: Path, hook: str = "patient-view") -> RecordFile:
    """The record of a file, ``-`` being standard input. Raises ``FileProblem``."""
    content = read_json(path)
    if isinstance(content, dict) and "bundle" in content and "hooks" in content:  # a demo patient
        context = _mapping(_mapping(content["hooks"], hook), "context")
        return RecordFile(content["bundle"], context, content.get("as_of"))
    return RecordFile(content, {}, None)


def _mapping(holder: Any, key: str) -> Mapping[str, Any]:
    found = holder.get(key) if isinstance(holder, Mapping) else None
    return found if isinstance(found, Mapping) else {}
