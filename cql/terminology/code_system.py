"""Code systems whose content is given: what value sets that include "all of" a system, or filter it, are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cql.values import Code


class CodeSystemContent:
    """The concepts of a FHIR CodeSystem resource, with their hierarchy and properties.

    ``is_complete`` tells whether the resource has every concept (``content`` = complete).
    """

    def __init__(self, resource: dict[str, Any]) -> None:
        self.url: str = resource["url"]
        self.version: str | None = resource.get("version")
        self.is_complete = resource.get("content", "complete") == "complete"
        self._concepts: dict[str, dict[str, Any]] = {}
        self._parents: dict[str, set[str]] = {}
        self._read(resource.get("concept"))

    def _read(self, concepts: Any) -> None:
        """Concepts nest to show the hierarchy; ``parent`` and ``child`` properties show it as well."""
        pending: list[tuple[Any, str | None]] = [(one, None) for one in reversed(_dicts(concepts))]
        while pending:
            concept, parent = pending.pop()
            code = concept.get("code")
            if not isinstance(code, str):
                continue
            self._concepts.setdefault(code, concept)
            parents = self._parents.setdefault(code, set())
            if parent is not None:
                parents.add(parent)
            for name, value in properties(concept):
                if name == "parent":
                    parents.add(value)
                elif name == "child":
                    self._parents.setdefault(value, set()).add(code)
            pending += [(one, code) for one in reversed(_dicts(concept.get("concept")))]

    def __contains__(self, code: str) -> bool:
        return code in self._concepts

    def codes(self) -> Iterator[Code]:
        """Every concept's code that may be used in data: abstract grouping concepts are left out."""
        for code, concept in self._concepts.items():
            if ("notSelectable", "true") not in properties(concept):
                yield self.code(code)

    def code(self, code: str) -> Code:
        """The System Code of a concept of this system."""
        display = self._concepts.get(code, {}).get("display")
        return Code(code, self.url, self.version, display if isinstance(display, str) else None)

    def descends_from(self, code: str, ancestor: str) -> bool:
        """Is ``ancestor`` above ``code`` in the hierarchy (not the same)?"""
        seen: set[str] = set()
        pending = list(self._parents.get(code, ()))
        while pending:
            one = pending.pop()
            if one == ancestor:
                return True
            if one not in seen:
                seen.add(one)
                pending += self._parents.get(one, ())
        return False

    def is_child_of(self, code: str, parent: str) -> bool:
        """Is ``parent`` directly above ``code``?"""
        return parent in self._parents.get(code, ())

    def property_values(self, code: str, name: str) -> list[str]:
        """The values of a concept's property ``name`` as text; ``code`` and ``display`` count as properties."""
        concept = self._concepts.get(code, {})
        if name in ("code", "concept"):
            return [code]
        if name == "display":
            display = concept.get("display")
            return [display] if isinstance(display, str) else []
        return [value for key, value in properties(concept) if key == name]


def properties(concept: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, value as text) of a concept's properties; codings give their code."""
    found = []
    for one in _dicts(concept.get("property")):
        for key, value in one.items():
            if key.startswith("value") and isinstance(one.get("code"), str):
                found.append((one["code"], _text(value)))
    return found


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("code"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
