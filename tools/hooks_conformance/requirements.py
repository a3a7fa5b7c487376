"""The requirements, and the reasons of those that do not concern this service."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row: what is asked, how strictly (SHALL, SHOULD, PRACTICE ...), and since which version of CDS Hooks."""

    id: str
    level: str
    version: str
    section: str
    requirement: str


def requirements() -> dict[str, Requirement]:
    """All of them by id, in order."""
    with (_FOLDER / "requirements.csv").open(encoding="utf-8", newline="") as stream:
        rows = [Requirement(**row) for row in csv.DictReader(stream)]
    return {row.id: row for row in rows}


def reasons() -> Mapping[str, str]:
    """Why a requirement is not applicable, by id."""
    found: Mapping[str, str] = yaml.safe_load((_FOLDER / "reasons.yaml").read_text(encoding="utf-8"))
    return found
