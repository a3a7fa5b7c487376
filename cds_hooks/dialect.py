"""Cards and discovery entries in the version of CDS Hooks that a client speaks.

What is built is 2.0; for a client of 1.0 it is told in the words of 1.0. Strict clients of that time refuse members
that they do not know. What 1.0 has no place for is left out: a card means the same without it, since summary and detail
carry it. ``extension`` stays, which 1.0 reserves at every level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Version = Literal["1.0", "2.0"]
Json = Mapping[str, Any]

# https://cds-hooks.hl7.org/1.0/: sections "Discovery", "Card Attributes", "Source", "Suggestion", "Action", "Link"
_SERVICE = ("hook", "title", "description", "id", "prefetch", "extension")
_CARD = ("summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "links", "extension")
_SOURCE = ("label", "url", "icon", "extension")
_SUGGESTION = ("label", "uuid", "actions", "extension")
_ACTION = ("type", "description", "resource", "extension")
_LINK = ("label", "url", "type", "appContext", "extension")

_ONLY_SELECTION_BEHAVIOR = "at-most-one"
"""The one that 1.0 knows; a card with another one is an error to its clients."""


def discovery_for(version: Version, entry: Json) -> Json:
    """The entry of a service in the discovery response."""
    return entry if version == "2.0" else _only(entry, _SERVICE)


def cards_for(version: Version, cards: Sequence[Json]) -> Sequence[Json]:
    """The cards of a response."""
    return cards if version == "2.0" else [_card(card) for card in cards]


def _card(card: Json) -> Json:
    told = _only(card, _CARD)
    told["source"] = _only(card["source"], _SOURCE)
    if "suggestions" in card:
        told["suggestions"] = [_suggestion(one) for one in card["suggestions"]]
        told["selectionBehavior"] = _ONLY_SELECTION_BEHAVIOR
    if "links" in card:
        told["links"] = [_only(one, _LINK) for one in card["links"]]
    return told


def _suggestion(suggestion: Json) -> Json:
    told = _only(suggestion, _SUGGESTION)
    if "actions" in suggestion:
        told["actions"] = [_action(one) for one in suggestion["actions"]]
    return told


def _action(action: Json) -> Json:
    """In 1.0, what is to be deleted stands in ``resource``, as its reference."""
    told = _only(action, _ACTION)
    if "resourceId" in action:
        told["resource"] = action["resourceId"]
    return told


def _only(holder: Json, members: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in holder.items() if name in members}
