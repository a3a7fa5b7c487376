"""A patient's record from a file: a FHIR Bundle, a list of resources, or a demo patient that wraps a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authoring.files import read_json


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The resources of a file; from a demo patient also the hook's context and the day of the call."""

    resources: Any
    context: Mapping[str, Any]
    as_of: str | None

    @property
    def holds_resources(self) -> bool:
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
