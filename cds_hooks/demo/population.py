"""All sample patients against all recommendations: who is offered what, and what is undecided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_hooks.demo.patients import SamplePatient
from cds_hooks.demo.stage import Played, Stage
from cds_hooks.demo.view import STATUSES
from plandefinitions.guideline import Guideline

_QUIET = "not-applicable"


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """One patient: the status of each recommendation by id, and how many cards there are."""

    patient: SamplePatient
    statuses: Mapping[str, str]
    cards: int


def rows(stage: Stage, hook: str) -> list[PopulationRow]:
    """Every sample patient at a hook; at an order hook those for whom an order is told. Blocking."""
    return [
        _row(patient, stage.play_sample(patient, hook))
        for patient in stage.patients.values()
        if hook in patient.contexts or hook == "patient-view"
    ]


def _row(patient: SamplePatient, played: Played) -> PopulationRow:
    statuses = {one["id"]: one["status"] for one in played.answer.explain()["recommendations"]}
    return PopulationRow(patient, statuses, len(played.answer.cards))


def page_values(found: list[PopulationRow], guideline: Guideline) -> dict[str, Any]:
    """The matrix, and for each recommendation the patients of each status; those that concern nobody are left out."""
    titles = {one.id: one.title for one in guideline.entries}
    ids = dict.fromkeys(identifier for row in found for identifier in row.statuses)
    concerned = [one for one in ids if any(row.statuses.get(one, _QUIET) != _QUIET for row in found)]
    recommendations = [
        {
            "id": one,
            "title": titles[one],
            "short": guideline.entry(one).short,
            "counts": Counter(row.statuses.get(one, _QUIET) for row in found),
            "groups": _groups(found, one),
        }
        for one in sorted(concerned, key=titles.__getitem__)
    ]
    quiet = [titles[one] for one in ids if one not in concerned]
    statuses = {status: word for status, (word, _) in STATUSES.items()}
    return {"rows": found, "recommendations": recommendations, "quiet": sorted(quiet), "statuses": statuses}


def _groups(found: list[PopulationRow], identifier: str) -> list[dict[str, Any]]:
    return [
        {"status": status, "word": word, "patients": patients}
        for status, (word, _) in STATUSES.items()
        if status != _QUIET and (patients := [row.patient for row in found if row.statuses.get(identifier) == status])
    ]
