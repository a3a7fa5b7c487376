"""The detail of a card: GitHub-flavoured Markdown from the action's texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plandefinitions.apply.content.model import Activity
from plandefinitions.apply.outcome import AppliedAction
from plandefinitions.cards.source import citations
from plandefinitions.cards.suggestions import told
from plandefinitions.cards.text import authored, computed, escaped, plain

_GRADES = {
    "http://hl7.org/fhir/StructureDefinition/cqf-strengthOfRecommendation": "Strength of recommendation",
    "http://hl7.org/fhir/StructureDefinition/cqf-qualityOfEvidence": "Quality of evidence",
}
_RATIONALE = "http://hl7.org/fhir/uv/cpg/StructureDefinition/cpg-rationale"


def detail(action: AppliedAction, full_title: str | None) -> str:
    """The action's texts and rationale, texts of what it offers, what must not be done, grades of evidence, citations.

    ``full_title`` is given when the summary was cut.
    """
    parts: list[str] = [f"**{escaped(full_title)}**"] if full_title else []
    parts += _texts(action)
    parts += [authored(one["valueMarkdown"]) for one in _extensions(action.json, _RATIONALE) if "valueMarkdown" in one]
    parts += [f"**{escaped(told(one))}**: {text}" for one in action.below if (text := " ".join(_texts(one)))]
    parts += [f"**{escaped(told(one))}**" for one in _walk(action) if one.do_not_perform]
    if any(one.json.get("requiredBehavior") == "must" for one in (action, *action.below)):
        names = [told(one) for one in (action, *action.below) if one.json.get("requiredBehavior") == "must"]
        parts.append("Required: " + "; ".join(escaped(one) for one in names))
    grades = [line for url, label in _GRADES.items() if (line := _grade(action.json, url, label))]
    if grades:
        parts.append("\n".join(f"- {one}" for one in grades))
    every = dict.fromkeys(citation for one in _walk(action) for citation in citations(one))
    cited = [f"- {escaped(one)}" for one in every]
    if cited:
        parts.append("\n".join(cited))
    return "\n\n".join(one for one in parts if one)


def _texts(action: AppliedAction) -> list[str]:
    """Description and text equivalent, each unless something says the same already."""
    known = {plain(str(action.json.get("title") or "")), told(action)}
    found = []
    for name in ("description", "textEquivalent"):
        text = str(action.json.get(name) or "")
        if text and plain(text) not in known:
            known.add(plain(text))
            found.append(authored(text) if _is_authored(action, text) else computed(text))
    return found


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
    for one in _extensions(json, url):
        concept = one.get("valueCodeableConcept")
        if isinstance(concept, dict):
            codings = concept.get("coding") or ()
            words = concept.get("text") or next((c.get("display") or c.get("code") for c in codings), None)
            return f"{label}: {escaped(str(words))}" if words else None
    return None


def _extensions(json: Mapping[str, Any], url: str) -> Iterator[Mapping[str, Any]]:
    """The extensions of that URL on an action, its documentation, or the documents of that: authors use all three."""
    documentation = [one for one in json.get("documentation") or () if isinstance(one, dict)]
    for holder in (json, *documentation, *(one.get("document") or {} for one in documentation)):
        yield from (one for one in holder.get("extension") or () if one.get("url") == url)
