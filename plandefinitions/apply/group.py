"""RequestGroup, CarePlan and Goal as ``$apply`` makes them (R4, PlanDefinition-apply; CPG, RequestGroup)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from plandefinitions.apply.content.model import Action, Plan
from plandefinitions.apply.request import Request

Json = dict[str, Any]
PERTAINS_TO_GOAL = "http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal"
MESSAGES = "http://hl7.org/fhir/StructureDefinition/cqf-messages"

_COPIED = (
    "prefix", "title", "description", "textEquivalent", "priority", "code", "documentation", "relatedAction", "type",
    "groupingBehavior", "selectionBehavior", "requiredBehavior", "precheckBehavior", "cardinalityBehavior", "extension",
    "modifierExtension", "timingDateTime", "timingAge", "timingPeriod", "timingDuration", "timingRange", "timingTiming",
)  # fmt: skip


def group_action(action: Action, request: Request, fallback: Mapping[str, Any]) -> Json:
    """RequestGroup.action of an action. ``fallback`` is its definition: it gives what the action itself does not
    say.
    """
    raw = action.raw
    made: Json = {"id": action.id} if action.id else {}
    made.update({name: deepcopy(raw[name]) for name in _COPIED if name in raw})
    for name in ("title", "description"):
        if name not in made and isinstance(fallback.get(name), str):
            made[name] = fallback[name]
    if "documentation" not in made and fallback.get("relatedArtifact"):
        made["documentation"] = deepcopy(fallback["relatedArtifact"])
    conditions = [dict(one.raw) for one in action.conditions if one.kind != "applicability"]
    if conditions:
        made["condition"] = [{name: one[name] for name in ("kind", "expression") if name in one} for one in conditions]
    participants = [_participant(one, request) for one in raw.get("participant") or () if isinstance(one, dict)]
    if participants:
        made["participant"] = participants
    return made


def _participant(raw: Mapping[str, Any], request: Request) -> Json:
    """A Reference to who takes part: patient and practitioner are known, others are named by their role."""
    kind = str(raw.get("type"))
    known = {"patient": request.subject, "practitioner": request.practitioner}.get(kind)
    role = raw.get("role") or {}
    words = role.get("text") or next(
        (one.get("display") for one in role.get("coding") or () if one.get("display")), None
    )
    return {"reference": known} if known else {"display": words or kind}


def goal(raw: Mapping[str, Any], identity: str, request: Request) -> Json:
    """A proposed Goal of a plan's goal. What it addresses is a Condition of the patient's with such a code, else
    words.
    """
    made: Json = {
        "resourceType": "Goal",
        "id": identity,
        "lifecycleStatus": "proposed",
        "description": deepcopy(raw.get("description") or {"text": identity}),
        "subject": {"reference": request.subject},
    }
    if "category" in raw:
        made["category"] = [deepcopy(raw["category"])]
    for name, target in (("priority", "priority"), ("start", "startCodeableConcept")):
        if name in raw:
            made[target] = deepcopy(raw[name])
    targets = [_target(one) for one in raw.get("target") or ()]
    if targets:
        made["target"] = targets
    addresses = [_addressed(one, request) for one in raw.get("addresses") or ()]
    if addresses:
        made["addresses"] = addresses
    notes = [{"text": text} for one in raw.get("documentation") or () if (text := words_of(one))]
    if notes:
        made["note"] = notes
    return made


def _target(raw: Mapping[str, Any]) -> Json:
    renamed = {"due": "dueDuration"}
    return {renamed.get(name, name): deepcopy(value) for name, value in raw.items()}


def _addressed(concept: Mapping[str, Any], request: Request) -> Json:
    codes = {(one.get("system"), one.get("code")) for one in concept.get("coding") or ()}
    for condition in request.index.resources("Condition"):
        coded = (condition.get("code") or {}).get("coding") or ()
        if condition.get("id") and any((one.get("system"), one.get("code")) in codes for one in coded):
            return {"reference": f"Condition/{condition['id']}"}
    words = concept.get("text") or next((one.get("display") for one in concept.get("coding") or ()), None)
    return {"display": words or ", ".join(str(code) for _, code in codes)}


def words_of(artifact: Mapping[str, Any]) -> str | None:
    """A RelatedArtifact in words."""
    return next(
        (str(artifact[one]) for one in ("citation", "display", "label", "url", "resource") if artifact.get(one)), None
    )


def request_group(plan: Plan, identity: str, actions: Sequence[Json], request: Request) -> Json:
    """The RequestGroup with the applicable actions."""
    made = _request(plan, "RequestGroup", identity, request)
    if actions:
        made["action"] = list(actions)
    return made


def care_plan(plan: Plan, identity: str, group: Json, goals: Sequence[Json], request: Request) -> Json:
    """The CarePlan whose only activity is the RequestGroup."""
    made = _request(plan, "CarePlan", identity, request)
    for name in ("title", "description"):
        if isinstance(plan.resource.get(name), str):
            made[name] = plan.resource[name]
    if goals:
        made["goal"] = [{"reference": f"#{one['id']}"} for one in goals]
    made["activity"] = [{"reference": {"reference": f"#{group['id']}"}}]
    return made


def _request(plan: Plan, kind: str, identity: str, request: Request) -> Json:
    made: Json = {"resourceType": kind, "id": identity}
    if request.user_language:
        made["language"] = request.user_language
    if plan.resource.get("url"):
        made["instantiatesCanonical"] = [plan.canonical]
    made |= {"status": "draft", "intent": "proposal", "subject": {"reference": request.subject}}
    if request.encounter:
        made["encounter"] = {"reference": request.encounter}
    made["authoredOn" if kind == "RequestGroup" else "created"] = request.now
    author = request.practitioner or request.organization
    if author:
        made["author"] = {"reference": author}
    return made
