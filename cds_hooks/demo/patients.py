"""The sample patients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from cds_hooks.demo.record import Record

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SamplePatient:
    """One invented patient: the contexts of the hooks that are told for it, and the file with the record."""

    id: str
    title: str
    story: str
    as_of: str
    contexts: Mapping[str, Json]
    patient: Json
    """The Patient resource."""
    size: int
    """How many resources the record holds."""
    path: Path

    @property
    def resources(self) -> tuple[Json, ...]:
        """The record, read from its file: two dozen of them in memory would be most of the process."""
        return tuple(_resources(orjson.loads(self.path.read_bytes())))

    @property
    def record(self) -> Record:
        """The whole record, read from its file."""
        return Record(self.id, self.patient, self.resources, self.as_of)


def load_patients(folder: Path) -> dict[str, SamplePatient]:
    """The patients of a folder by id, in order of file name. Raises ``ValueError`` naming a file that is not one."""
    patients = (_load(path) for path in sorted(folder.glob("*.json")))
    return {patient.id: patient for patient in patients}


def _load(path: Path) -> SamplePatient:
    try:
        content = orjson.loads(path.read_bytes())
        resources = list(_resources(content))
        return SamplePatient(
            content["id"],
            content["title"],
            content["story"],
            content["as_of"],
            {hook: call["context"] for hook, call in content["hooks"].items()},
            next(one for one in resources if one["resourceType"] == "Patient"),
            len(resources),
            path,
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise ValueError(f"{path}: is not a sample patient ({type(error).__name__}: {error})") from error


def _resources(content: Json) -> Iterable[Json]:
    return (entry["resource"] for entry in content["bundle"]["entry"])
