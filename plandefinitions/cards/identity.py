"""Identifiers of cards and suggestions: the same for the same answer, unique within it."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from plandefinitions.apply.outcome import Applied, AppliedAction


class Identities:
    """Gives out the identifiers of one answer."""

    def __init__(self, namespace: UUID | None) -> None:
        self._namespace = namespace or NAMESPACE_URL
        self._given: set[str] = set()

    def card(self, applied: Applied, address: str) -> str:
        """A card's uuid."""
        text = "|".join((applied.plan.canonical, address, applied.subject, applied.request_group.get("authoredOn", "")))
        return self._unique(str(uuid5(self._namespace, text)), text)

    def suggestion(self, action: AppliedAction) -> str:
        """A suggestion's uuid: the action's id, where no other suggestion of the answer has it."""
        identity = action.json.get("id") or str(
            uuid5(self._namespace, f"{action.action.at.file}{action.action.at.pointer}")
        )
        return self._unique(identity, identity)

    def _unique(self, identity: str, text: str) -> str:
        number = 2
        while identity in self._given:
            identity, number = str(uuid5(self._namespace, f"{text}#{number}")), number + 1
        self._given.add(identity)
        return identity
