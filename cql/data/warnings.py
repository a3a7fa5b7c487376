"""What was wrong with the data, collected while reading it: nothing in patient data ends an evaluation.

Two kinds of finding: those whose place is known at once (an entry without a resource), and values that turn out to be
malformed when they are used. The latter are kept by identity and found again in the data when the warnings are asked
for: so reading good data pays nothing for the ability to name the place of bad data.

A message never contains a value of the patient's, only the kind of fault and the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

ENTRY_WITHOUT_RESOURCE = "CQL-320"
DUPLICATE_RESOURCE = "CQL-321"
MALFORMED_VALUE = "CQL-330"
QUANTITY_WITH_COMPARATOR = "CQL-340"
QUANTITY_UNIT_NOT_UCUM = "CQL-341"

MOST_WARNINGS = 1000
"""Findings kept per evaluation; a bundle that is rubbish throughout must not fill the memory."""


@dataclass(frozen=True, slots=True)
class DataWarning:
    """One fault in the data.

    ``code`` is stable; ``reference`` names the resource (``Condition/c1``, or ``entry[3]``), None when it could not be
    found again; ``path`` the element (``Condition.onsetDateTime``); ``message`` is a sentence without patient values.
    """

    code: str
    reference: str | None
    path: str | None
    message: str

    def render(self) -> str:
        """The finding as a terminal shows it."""
        place = " ".join(part for part in (self.reference, self.path) if part)
        return f"{place}: warning {self.code}: {self.message}" if place else f"warning {self.code}: {self.message}"


class WarningLog:
    """The findings of one evaluation. Not shared between threads."""

    def __init__(self) -> None:
        self._placed: dict[DataWarning, None] = {}
        # id of the faulty value -> (the value, which keeps the id taken, code, message)
        self._unplaced: dict[int, tuple[object, str, str]] = {}

    def add(self, warning: DataWarning) -> None:
        """Record a finding whose place is known; the same one counts once."""
        if len(self._placed) < MOST_WARNINGS:
            self._placed[warning] = None

    def add_unplaced(self, value: object, code: str, message: str) -> None:
        """Record that ``value``, an object of the data, is faulty; the same object counts once."""
        if len(self._unplaced) < MOST_WARNINGS:
            self._unplaced.setdefault(id(value), (value, code, message))

    def placed(self, resources: Iterable[dict[str, Any]]) -> tuple[DataWarning, ...]:
        """All findings, those by identity with their place in ``resources``."""
        wanted = dict(self._unplaced)
        found: dict[DataWarning, None] = dict(self._placed)
        for resource in resources if wanted else ():
            for identity, path in _places(resource, wanted):
                _, code, message = wanted.pop(identity)
                found[DataWarning(code, reference_of(resource), path, message)] = None
            if not wanted:
                break
        for _, code, message in wanted.values():
            found[DataWarning(code, None, None, message)] = None
        return tuple(found)


def reference_of(resource: dict[str, Any]) -> str | None:
    """``Type/id`` of a resource, None when it has no id."""
    kind, identity = resource.get("resourceType"), resource.get("id")
    return f"{kind}/{identity}" if isinstance(kind, str) and isinstance(identity, str) else None


def _places(resource: dict[str, Any], wanted: dict[int, tuple[object, str, str]]) -> Iterator[tuple[int, str]]:
    """(identity, path) of those objects within ``resource`` whose identity is wanted, each once."""
    kind = resource.get("resourceType")
    pending: list[tuple[Any, str]] = [(resource, kind if isinstance(kind, str) else "?")]
    while pending:
        node, path = pending.pop()
        children = (
            ((child, f"{path}.{key}") for key, child in node.items())
            if isinstance(node, dict)
            else ((child, f"{path}[{position}]") for position, child in enumerate(node))
        )
        if id(node) in wanted:
            yield id(node), path
        for child, place in children:
            if isinstance(child, dict | list):
                pending.append((child, place))
            elif id(child) in wanted:
                yield id(child), place
