"""Resources of one type by the codes under one path: what makes ``[Observation: "LVEF"]`` a lookup.

Built when a retrieve first asks for the path, in one pass. A coding is known by (system, code); an element that is a
bare code or string has no system, so it is found by any filter code with that text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from cql.data.element import FhirElement
from cql.data.properties import get_property, raw_objects
from cql.data.shapes import ElementInfo, element_info, primitive_reader
from cql.terminology.value_set import CodeKey

Resource = dict[str, Any]


class CodeIndex:
    """For each code, the positions in ``resources`` of those that carry it under ``path``."""

    def __init__(self, resources: list[Resource], resource_type: str, path: str) -> None:
        self._resources = resources
        self._by_key: defaultdict[Any, list[int]] = defaultdict(list)
        self._by_text: defaultdict[str, list[int]] = defaultdict(list)
        info = element_info(resource_type, path)
        key = None if info is None else _concept_key(info)
        if info is None or key is None:
            for position, resource in enumerate(resources):
                self._add_value(position, get_property(resource, path))
        elif info.is_list:
            self._add_concept_lists(key, path)
        else:
            self._add_concepts(key, path)
        self._by_key.default_factory = None
        self._by_text.default_factory = None

    def matching(self, keys: Collection[CodeKey]) -> list[Resource]:
        """The resources with a code of ``keys``, in the order of the data, each once."""
        positions: set[int] = set()
        for found in _common(self._by_key, keys):
            positions.update(found)
        if self._by_text:
            for found in _common(self._by_text, {code for _, code in keys}):
                positions.update(found)
        resources = self._resources
        return [resources[position] for position in sorted(positions)]

    def _add_concepts(self, key: str, path: str) -> None:
        """The fast way for one CodeableConcept per resource: no boxes and no calls for what is well formed."""
        by_key = self._by_key
        for position, resource in enumerate(self._resources):
            try:
                for coding in resource[key]["coding"]:
                    by_key[coding["system"], coding["code"]].append(position)
            except (KeyError, TypeError):  # absent, text only, no system, malformed
                self._add_value(position, get_property(resource, path))

    def _add_concept_lists(self, key: str, path: str) -> None:
        """The same for a list of CodeableConcepts per resource."""
        by_key = self._by_key
        for position, resource in enumerate(self._resources):
            try:
                for concept in resource[key]:
                    for coding in concept["coding"]:
                        by_key[coding["system"], coding["code"]].append(position)
            except (KeyError, TypeError):
                self._add_value(position, get_property(resource, path))

    def _add_value(self, position: int, value: Any) -> None:
        """Any value under the path: CodeableConcept, Coding, code, string, or a list of such."""
        if type(value) is list:
            for one in value:
                self._add_value(position, one)
        elif type(value) is FhirElement:
            if value.type == "CodeableConcept":
                for coding in raw_objects(value.value, "coding"):
                    self._add_coding(position, coding)
            elif value.type == "Coding":
                self._add_coding(position, value.value)
            elif primitive_reader(value.type) is not None and type(value.value) is str:
                self._by_text[value.value].append(position)
        elif type(value) is str:
            self._by_text[value].append(position)

    def _add_coding(self, position: int, coding: dict[str, Any]) -> None:
        code, system = coding.get("code"), coding.get("system")
        if type(code) is str and (system is None or type(system) is str):
            self._by_key[system, code].append(position)


def _concept_key(info: ElementInfo) -> str | None:
    """The JSON key of an element that is a CodeableConcept, or a choice of that and a Reference; else None."""
    keys = {shape.type: shape.key for shape in info.shapes}
    return keys.get("CodeableConcept") if keys.keys() <= {"CodeableConcept", "Reference"} else None


def _common(index: dict[Any, list[int]], keys: Collection[Any]) -> Iterable[list[int]]:
    """The entries of ``index`` under ``keys``, walking the smaller of the two."""
    if len(keys) <= len(index):
        return (index[key] for key in keys if key in index)
    wanted = keys if isinstance(keys, set | frozenset) else set(keys)
    return (positions for key, positions in index.items() if key in wanted)
