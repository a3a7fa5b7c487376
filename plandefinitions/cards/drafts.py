"""The resources of suggestions: what ``$apply`` made, as the draft order that an EHR can take."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from plandefinitions.apply.content.model import Activity
from plandefinitions.apply.outcome import AppliedAction

Json = dict[str, Any]
TYPES = {"create": "create", "update": "update", "remove": "delete"}
"""Action types of FHIR and what CDS Hooks calls them; ``fire-event`` has no counterpart."""
COLLECT = {
    "system": "http://hl7.org/fhir/uv/cpg/CodeSystem/cpg-activity-type-cs",
    "code": "collect-information",
    "display": "Collect information",
}


def action_type(applied: AppliedAction) -> str | None:
    """create, update or delete; None for a type that CDS Hooks does not have."""
    codings = (applied.json.get("type") or {}).get("coding") or ()
    codes = [one.get("code") for one in codings if isinstance(one, dict)]
    return TYPES.get(str(codes[0])) if codes else "create"


def draft_order(applied: AppliedAction, subject: str) -> Json | None:
    """The resource to create or update. A Questionnaire becomes a Task to fill it in; a nested plan gives none
    itself.
    """
    resource = applied.resource
    if resource is None or applied.nested is not None:
        return None
    if resource["resourceType"] == "Questionnaire":
        return _task(resource, subject)
    made = deepcopy(resource)
    if applied.target is not None and action_type(applied) != "create":
        made["id"] = applied.target.partition("/")[2]
    else:
        made.pop("id", None)
    if made.get("intent") == "option":
        definition = applied.action.definition
        stated = definition.resource.get("intent") if isinstance(definition, Activity) else None
        made["intent"] = stated or "proposal"
    return made


def _task(questionnaire: Mapping[str, Any], subject: str) -> Json:
    task: Json = {
        "resourceType": "Task",
        "status": "draft",
        "intent": "proposal",
        "code": {"coding": [COLLECT]},
        "for": {"reference": subject},
    }
    if questionnaire.get("title"):
        task["description"] = questionnaire["title"]
    if questionnaire.get("url"):
        version = questionnaire.get("version")
        canonical = questionnaire["url"] + (f"|{version}" if version else "")
        task["input"] = [{"type": {"text": "Questionnaire"}, "valueCanonical": canonical}]
    return task
