"""What a clinician can accept with one click: complete draft requests for this patient, or removal of a draft order."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mappers import PatientFacts
from plandefinitions.apply.activity import Circumstances, draft
from plandefinitions.guideline.card_groups import CardContent
from plandefinitions.guideline.card_text import plain, shortened
from plandefinitions.guideline.decision import Decision

Json = dict[str, Any]

NAMESPACE = uuid.UUID("9f0f1c52-7a0e-5c8e-8a40-5b8f6d1f3c11")
_LABEL_LENGTH = 100
_RELATIVE = re.compile(r"^[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}$")
_DISEASE_FACTS = ("histology", "in_scope", "metastatic_status")
_TAKES_REASON = ("ServiceRequest", "MedicationRequest", "CommunicationRequest", "DeviceRequest")


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom the suggestions are for."""

    facts: PatientFacts

    @property
    def reference(self) -> str:
        """The subject of every request."""
        return f"Patient/{self.facts.patient_id}"

    @property
    def disease(self) -> str | None:
        """The Condition that the requests are for: where the sarcoma's histology was read, else its diagnosis."""
        for key in _DISEASE_FACTS:
            for evidence in self.facts.facts[key].evidence:
                if evidence.reference.startswith("Condition/") and _RELATIVE.match(evidence.reference):
                    return evidence.reference
        return None

    def draft_text(self, reference: str) -> str:
        """What a draft order says it is, empty when it says nothing."""
        drafts = self.facts.facts["drafts"].value
        found = (d for d in drafts if isinstance(d, Mapping)) if isinstance(drafts, list) else iter(())
        return next((plain(str(d["text"])) for d in found if d["reference"] == reference), "")


def suggestions(content: CardContent, patient: Patient, seed: str) -> list[Json]:
    """The suggestions of a card, the best first; ``seed`` makes their uuids the same on a retry."""
    found = [one for decision in content.decisions for one in _of_decision(decision, patient)]
    if found and _recommends(content.lead):
        found[0]["isRecommended"] = True
    for number, suggestion in enumerate(found):
        suggestion["uuid"] = str(uuid.uuid5(NAMESPACE, f"{seed}|{number}|{suggestion['label']}"))
    return found


def _recommends(lead: Decision) -> bool:
    """Whether the first suggestion is recommended: criteria met, or an order that had better not be signed."""
    return lead.status == "offered" and (lead.kind == "recommendation" or lead.indicator != "info")


def _of_decision(decision: Decision, patient: Patient) -> Iterator[Json]:
    """One suggestion for each action of the plan: its type (code system action-type) says what accepting it does."""
    for action in (decision.entry.offers[identifier] for identifier in decision.offers):
        kinds = {coding.get("code") for coding in (action.get("type") or {}).get("coding", ())}
        if "remove" in kinds:
            for reference in filter(_RELATIVE.match, decision.drafts):
                yield _removal(action, reference, patient.draft_text(reference))
        elif canonical := str(action.get("definitionCanonical") or ""):
            yield _creation(action, decision.entry.activities[canonical.partition("|")[0]], patient)


def _creation(action: Mapping[str, Any], activity: Mapping[str, Any], patient: Patient) -> Json:
    title = plain(str(action.get("title") or activity["title"]))
    made = draft(activity, Circumstances(patient.reference, now=patient.facts.as_of.isoformat())).resource
    if patient.disease and made["resourceType"] in _TAKES_REASON:
        made["reasonReference"] = [{"reference": patient.disease}]
    step = {"type": "create", "description": f"Draft: {title}", "resource": made}
    return {"label": shortened(title, _LABEL_LENGTH), "actions": [step]}


def _removal(action: Mapping[str, Any], reference: str, text: str) -> Json:
    title = plain(str(action.get("title") or "Remove the order"))
    what = f"{title}: {text}" if text else title
    step = {"type": "delete", "description": f"Remove the draft order {text or reference}", "resourceId": reference}
    return {"label": shortened(what, _LABEL_LENGTH), "actions": [step]}
