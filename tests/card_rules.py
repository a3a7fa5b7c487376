"""What CDS Hooks 2.0.1 asks of cards, and what we promise beyond it, as a list of problems."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

Json = Mapping[str, Any]

EXTENSION = "org.sarcoma-cds.recommendations"
_INDICATORS = ("info", "warning", "critical")
_SELECTIONS = ("at-most-one", "any")
_STATUSES = ("offered", "to-confirm", "alternative")
_CARD_MEMBERS = {
    "uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons", "links",
    "extension",
}  # fmt: skip


def problems(cards: Sequence[Json], patient: str, drafts: Sequence[str] = ()) -> list[str]:
    """Everything that is wrong with the cards of one response for a patient with these draft orders."""
    found = [f"{where}: {what}" for where, what in _empty_members(list(cards), "cards")]
    for number, card in enumerate(cards):
        found += [f"cards[{number}].{what}" for what in _card(card, patient, drafts)]
    identities = [card.get("uuid") for card in cards]
    identities += [one.get("uuid") for card in cards for one in card.get("suggestions", ())]
    if len(set(identities)) != len(identities):
        found.append("uuids: not unique")
    return found


def _empty_members(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if value is None or value in ("", {}) or (value == [] and where != "cards"):
        yield where, "null or empty"
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _empty_members(member, f"{where}.{key}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _empty_members(member, f"{where}[{number}]")


def _card(card: Json, patient: str, drafts: Sequence[str]) -> Iterator[str]:
    if unknown := set(card) - _CARD_MEMBERS:
        yield f"unknown members {sorted(unknown)}"
    summary = card.get("summary", "")
    if not 0 < len(summary) < 140 or len(summary.encode("utf-16-le")) // 2 >= 140 or "\n" in summary:
        yield f"summary: {len(summary)} characters: {summary!r}"
    if card.get("indicator") not in _INDICATORS:
        yield f"indicator: {card.get('indicator')!r}"
    if re.search(r"<[a-zA-Z/!?]", card.get("detail", "")):
        yield "detail: holds HTML"
    if re.search(r"(?<!\\)\]\(", card.get("detail", "")):
        yield "detail: holds a Markdown link"
    yield from _uuid(card)
    yield from _source(card.get("source", {}))
    yield from _suggestions(card, patient, drafts)
    for reason in card.get("overrideReasons", ()):
        if set(reason) != {"code", "system", "display"}:
            yield f"overrideReasons: {reason}"
    for link in card.get("links", ()):
        if set(link) != {"label", "url", "type"} or link["type"] != "absolute" or not _absolute(link["url"]):
            yield f"links: {link}"
    listed = card.get("extension", {}).get(EXTENSION)
    if not listed or any(set(one) != {"id", "status"} or one["status"] not in _STATUSES for one in listed):
        yield f"extension: {listed}"


def _uuid(holder: Json) -> Iterator[str]:
    try:
        uuid.UUID(holder.get("uuid", ""))
    except ValueError:
        yield f"uuid: {holder.get('uuid')!r}"


def _source(source: Json) -> Iterator[str]:
    if not source.get("label"):
        yield "source: no label"
    if not _absolute(source.get("url", "")):
        yield f"source.url: {source.get('url')!r}"
    if not {"code", "system"} <= set(source.get("topic", {})):
        yield "source.topic: code and system are wanted"


def _absolute(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _suggestions(card: Json, patient: str, drafts: Sequence[str]) -> Iterator[str]:
    suggestions = card.get("suggestions", ())
    if bool(suggestions) != ("selectionBehavior" in card):
        yield "selectionBehavior: wanted with suggestions, and only then"
    if suggestions and card.get("selectionBehavior") not in _SELECTIONS:
        yield f"selectionBehavior: {card.get('selectionBehavior')!r}"
    if card.get("selectionBehavior") == "at-most-one" and sum(bool(s.get("isRecommended")) for s in suggestions) > 1:
        yield "suggestions: several recommended, but at most one can be taken"
    for number, suggestion in enumerate(suggestions):
        if not suggestion.get("label"):
            yield f"suggestions[{number}]: no label"
        yield from _uuid(suggestion)
        for action in suggestion.get("actions", ()):
            yield from (f"suggestions[{number}].{what}" for what in _action(action, patient, drafts))


def _action(action: Json, patient: str, drafts: Sequence[str]) -> Iterator[str]:
    if not action.get("description"):
        yield "action: no description"
    if action.get("type") == "delete":
        if action.get("resourceId") not in drafts or "resource" in action:
            yield f"delete of {action.get('resourceId')!r}, drafts are {list(drafts)}"
    elif action.get("type") == "create":
        yield from _request(action.get("resource", {}), patient)
    else:
        yield f"action.type: {action.get('type')!r}"


def _request(resource: Json, patient: str) -> Iterator[str]:
    if resource.get("status") != "draft" or resource.get("intent") != "proposal":
        yield f"resource: status {resource.get('status')!r}, intent {resource.get('intent')!r}"
    if resource.get("subject") != {"reference": f"Patient/{patient}"}:
        yield f"resource.subject: {resource.get('subject')}"
    if "dosageInstruction" in resource:
        yield "resource: a dose"
    named = resource.get("code") or resource.get("medicationCodeableConcept") or {}
    if not named.get("text"):
        yield "resource: what is requested has no text"
    if not resource.get("authoredOn"):
        yield "resource: no authoredOn"
    try:
        get_fhir_model_class(str(resource.get("resourceType"))).model_validate(dict(resource))
    except (ValidationError, KeyError, ValueError) as error:
        yield f"resource: not valid R4: {error}"
