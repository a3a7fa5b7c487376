"""Decisions built by hand, so that cards are tested without compiling the guideline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from mappers import PatientFacts, map_patient
from plandefinitions.guideline.decision import CriterionFound, Decision, Decisions
from plandefinitions.guideline.entry import EXTENSIONS, Entry
from plandefinitions.guideline.parameters import Parameter

GUIDANCE = "https://cds.example.org/guidance"
BUI = {
    "type": "documentation",
    "display": "Bui et al. 2019",
    "url": "https://doi.org/10.1016/j.currproblcancer.2019.06.005",
}

RECORD: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1970-01-01"},
    {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "443719001"}]},
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": "2020-02-03",
    },
]
LUNG_METASTASES: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "c3",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C78.00"}]},
    "subject": {"reference": "Patient/p1"},
    "onsetDateTime": "2026-08-01",
}


def facts(*more: dict[str, Any], drafts: Sequence[dict[str, Any]] = ()) -> PatientFacts:
    """The facts of a patient with a leiomyosarcoma, and whatever else is in the record."""
    orders = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft} for draft in drafts]}
    return map_patient([*RECORD, *more], patient_id="p1", as_of="2026-11-21", drafts=orders)


def entry(
    identifier: str,
    group: str = "local-therapy",
    *,
    kind: str = "recommendation",
    rank: int = 10,
    origin: str = "paper",
    reviewed: str = "2026-11-21",
    figures: Sequence[tuple[str, str]] = (),
    caveats: Sequence[tuple[str, str]] = (),
    offers: Sequence[str] = (),
    removes: bool = False,
    title: str = "",
    refers_to: Sequence[str] = (),
) -> Entry:
    """An entry as its folder would state it; each offer is a referral with that title."""
    actions: list[dict[str, Any]] = []
    activities: dict[str, dict[str, Any]] = {}
    if removes:
        actions.append({"title": "Remove this order", "type": {"coding": [{"code": "remove"}]}})
    for number, offer in enumerate(offers):
        url = f"https://sarcoma-cds.org/fhir/ActivityDefinition/{identifier}-{number}"
        activities[url] = {
            "resourceType": "ActivityDefinition",
            "url": url,
            "version": "1.0.0",
            "title": offer,
            "kind": "ServiceRequest",
            "intent": "proposal",
            "code": {"text": offer},
        }
        actions.append({"title": offer, "definitionCanonical": url})
    statements = [_statement("figure", *one) for one in figures] + [_statement("caveat", *one) for one in caveats]
    plan: dict[str, Any] = {
        "resourceType": "PlanDefinition",
        "title": title or identifier.replace("-", " ").capitalize(),
        "version": "1.0.0",
        "lastReviewDate": reviewed,
        "extension": [
            {"url": f"{EXTENSIONS}entry-kind", "valueCode": kind},
            {"url": f"{EXTENSIONS}card-group", "valueCode": group},
            {"url": f"{EXTENSIONS}card-rank", "valueInteger": rank},
            {"url": f"{EXTENSIONS}origin", "valueCode": origin},
        ],
        "action": [
            {
                "extension": statements,
                "description": f"What {identifier} is about.",
                "documentation": [BUI],
                "action": [{"id": f"offer-{number}", **action} for number, action in enumerate(actions)],
            }
        ],
    }
    text = "".join(f"include {name} version '1.0.0'\n" for name in refers_to)
    return Entry(Path(identifier), plan, activities, identifier, text)


def _statement(name: str, text: str, source: str) -> dict[str, Any]:
    parts = [{"url": "text", "valueMarkdown": text}, {"url": "source", "valueString": source}]
    return {"url": EXTENSIONS + name, "extension": parts}


@dataclass(frozen=True)
class Said:
    """Words as given, where the guideline would write them from its criteria."""

    reasons: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    rows: tuple[CriterionFound, ...] = ()

    def because(self) -> tuple[str, ...]:
        """The reasons."""
        return self.reasons

    def to_confirm(self) -> tuple[str, ...]:
        """What is left to confirm."""
        return self.left

    def criteria(self) -> tuple[CriterionFound, ...]:
        """The rows of the criteria table."""
        return self.rows


def offered(
    plan: Entry,
    *because: str,
    to_confirm: tuple[str, ...] = (),
    criteria: tuple[CriterionFound, ...] = (),
    **more: Any,
) -> Decision:
    """A decision with status offered, or what `more` says."""
    said = Said(because, to_confirm, criteria)
    return replace(Decision(plan, "offered", said, offers=tuple(plan.offers)), **more)


def decided(*decisions: Decision, patient: PatientFacts | None = None, hook: str = "patient-view") -> Decisions:
    """The decisions of a call, with the parameters that cards read."""
    limits = (
        Parameter("oligometastatic_max_lesions", 5, 5, True, "lesions", "most lesions", "local", ""),
        Parameter("metastasectomy_min_dfi_months", Decimal(12), Decimal(12), False, "months", "interval", "paper", ""),
        Parameter("evidence_review_due_years", 3, 3, True, "years", "review due", "local", ""),
    )
    return Decisions(patient or facts(), hook, decisions, parameters={one.name: one for one in limits})
