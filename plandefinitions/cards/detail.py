"""The detail of a card: GitHub-flavoured Markdown from the action's texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plandefinitions.apply.content.model import Activity
from plandefinitions.apply.outcome import AppliedAction
from plandefinitions.cards.source import citations
from plandefinitions.cards.suggestions import told
from plandefinitions.cards.text import authored, computed, escaped

_GRADES = {
    "http://hl7.org/fhir/StructureDefinition/cqf-strengthOfRecommendation": "Strength of recommendation",
    "http://hl7.org/fhir/StructureDefinition/cqf-qualityOfEvidence": "Quality of evidence",
}


def detail(action: AppliedAction, full_title: str | None) -> str:
    """Description, what must not be done, grades of the evidence, citations. ``full_title``: the summary was cut."""
    parts: list[str] = [f"**{escaped(full_title)}**"] if full_title else []
    text = action.json.get("description") or action.json.get("textEquivalent")
    if text and text != action.json.get("title"):
        parts.append(authored(str(text)) if _is_authored(action, str(text)) else computed(str(text)))
    parts += [f"**{escaped(told(one))}**" for one in _walk(action) if one.do_not_perform]
    if any(one.json.get("requiredBehavior") == "must" for one in (action, *action.below)):
        names = [told(one) for one in (action, *action.below) if one.json.get("requiredBehavior") == "must"]
        parts.append("Required: " + "; ".join(escaped(one) for one in names))
    grades = [line for url, label in _GRADES.items() if (line := _grade(action.json, url, label))]
    if grades:
        parts.append("\n".join(f"- {one}" for one in grades))
    cited = [f"- {escaped(one)}" for one in citations(action)]
    if cited:
        parts.append("\n".join(cited))
    return "\n\n".join(one for one in parts if one)


def _walk(action: AppliedAction) -> list[AppliedAction]:
    return [action, *(inner for one in action.below for inner in _walk(one))]


def _is_authored(action: AppliedAction, text: str) -> bool:
    """Is the text as the author wrote it, and nothing computed from the patient's data?"""
    definition = action.action.definition
    told_by = definition.resource if isinstance(definition, Activity) else {}
    return text in (
        action.action.raw.get("description"), action.action.raw.get("textEquivalent"), told_by.get("description")
    )  # fmt: skip


def _grade(json: Mapping[str, Any], url: str, label: str) -> str | None:
    for one in json.get("extension") or ():
        concept = one.get("valueCodeableConcept") if one.get("url") == url else None
        if isinstance(concept, dict):
            codings = concept.get("coding") or ()
            words = concept.get("text") or next((c.get("display") or c.get("code") for c in codings), None)
            return f"{label}: {escaped(str(words))}" if words else None
    return None
