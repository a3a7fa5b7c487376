"""What a clinician can accept with one click: complete draft requests for this patient, or removal of a draft order."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mappers import PatientFacts
from mappers.terminology.drugs import DRUG_LABELS
from plandefinitions.drafts.activity import Circumstances, draft
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

    def name_of_draft(self, reference: str) -> str:
        """What a draft order is for: its drugs, else its own words, else its reference."""
        drafts = self.facts.facts["drafts"].value
        for draft_order in drafts if isinstance(drafts, list) else ():
            if draft_order["reference"] == reference:
                drugs = [DRUG_LABELS[key].lower() for key in draft_order["concepts"] if key in DRUG_LABELS]
                return ", ".join(drugs) or plain(str(draft_order["text"])) or reference
        return reference


def suggestions(content: CardContent, patient: Patient, seed: str) -> list[Json]:
    """The suggestions of a card, the best first; ``seed`` makes their uuids the same on a retry."""
    found = [one for decision in content.decisions for one in _of_decision(decision, patient)]
    if _recommends(content.lead) and next(_of_decision(content.lead, patient), None):
        found[0]["isRecommended"] = True
    for number, suggestion in enumerate(found):
        suggestion["uuid"] = str(uuid.uuid5(NAMESPACE, f"{seed}|{number}|{suggestion['label']}"))
    return found


def _recommends(lead: Decision) -> bool:
    """Whether its first suggestion is recommended: criteria met, or an order that had better not be signed."""
    return lead.status == "offered" and (lead.kind == "recommendation" or lead.indicator != "info")


def _of_decision(decision: Decision, patient: Patient) -> Iterator[Json]:
    """One suggestion for each action of the plan, or for what is left of it where no draft order can be removed."""
    for action in (decision.entry.offers[identifier] for identifier in decision.offers):
        parts = [(part, list(_steps(part, decision, patient))) for part in action.get("action") or [action]]
        if all(steps for _, steps in parts):
            yield _suggestion(action, sorted((step for _, steps in parts for step in steps), key=_in_transaction))
        else:
            yield from (_suggestion(part, steps) for part, steps in parts if steps)


def _suggestion(action: Mapping[str, Any], steps: list[Json]) -> Json:
    """Its steps are carried out together."""
    return {"label": shortened(_title(action), _LABEL_LENGTH), "actions": steps}


def _in_transaction(step: Json) -> int:
    """The place of a step in a FHIR transaction: deletes, then creates (FHIR R4, 3.1.0.11.2)."""
    return ("delete", "create").index(step["type"])


def _steps(action: Mapping[str, Any], decision: Decision, patient: Patient) -> Iterator[Json]:
    """What accepting an action does, as its type (code system action-type) says: removal of every draft order that the
    check is about, or a new draft. Nothing where the draft orders have no id.
    """
    kinds = {coding.get("code") for coding in (action.get("type") or {}).get("coding", ())}
    if "remove" in kinds:
        yield from (_removal(reference, patient) for reference in decision.drafts if _RELATIVE.match(reference))
    elif canonical := str(action.get("definitionCanonical") or ""):
        yield _creation(action, decision.entry.activities[canonical.partition("|")[0]], patient)


def _creation(action: Mapping[str, Any], activity: Mapping[str, Any], patient: Patient) -> Json:
    made = draft(activity, Circumstances(patient.reference, now=patient.facts.as_of.isoformat())).resource
    if patient.disease and made["resourceType"] in _TAKES_REASON:
        made["reasonReference"] = [{"reference": patient.disease}]
    return {"type": "create", "description": f"Draft: {_title(action)}", "resource": made}


def _removal(reference: str, patient: Patient) -> Json:
    description = f"Remove the draft order for {patient.name_of_draft(reference)}"
    return {"type": "delete", "description": description, "resourceId": reference}


def _title(action: Mapping[str, Any]) -> str:
    return plain(str(action["title"]))
