"""Where a card's guidance comes from: the papers its plan names, and the guidance pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plandefinitions.guideline.card_text import shortened
from plandefinitions.guideline.decision import Decision
from plandefinitions.guideline.entry import Entry

TOPICS = "https://sarcoma-cds.org/fhir/CodeSystem/card-topics"
_LABEL_LENGTH = 80
_LINK_LABEL_LENGTH = 60


def papers(entry: Entry) -> list[tuple[str, str]]:
    """Label and address (empty when it has none) of each document that carries the recommendation, the first first."""
    documents = [one for one in entry.action.get("documentation", ()) if one.get("type") == "documentation"]
    return [(str(one.get("display") or one.get("label")), str(one.get("url") or "")) for one in documents]


def source(entry: Entry, topic: str, topic_title: str, guidance_url: str) -> dict[str, Any]:
    """The card's source: the paper that carries it, or for a local rule the page that explains it."""
    cited = [] if entry.local else papers(entry)
    label, url = cited[0] if cited else ("Local rule, not from the papers", page(guidance_url, entry.id))
    shown: dict[str, Any] = {"label": shortened(label, _LABEL_LENGTH)}
    if url:
        shown["url"] = url
    return shown | {"topic": {"system": TOPICS, "code": topic, "display": topic_title}}


def links(decisions: Iterable[Decision], guidance_url: str) -> list[dict[str, str]]:
    """The guidance page of each entry on the card."""
    return [
        {
            "label": shortened(f"Guidance: {decision.entry.short}", _LINK_LABEL_LENGTH),
            "url": page(guidance_url, decision.id),
            "type": "absolute",
        }
        for decision in decisions
    ]


def page(guidance_url: str, identifier: str) -> str:
    """The address of an entry's guidance page."""
    return f"{guidance_url.rstrip('/')}/{identifier}"


def recommendations(decisions: Iterable[Decision]) -> list[Mapping[str, str]]:
    """The card's extension: what is on it, with status."""
    return [{"id": decision.id, "status": decision.status} for decision in decisions]
