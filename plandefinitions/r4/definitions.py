"""The elements of every FHIR R4 type: names, types, cardinalities, codes of required bindings.

The data file is generated from the official definitions by ``scripts/generate_r4_definitions.py``.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

_FILE = Path(__file__).with_name("definitions-4.0.1.json.gz")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type. ``name`` is without ``[x]``; ``codes`` are those of a required binding."""

    name: str
    types: tuple[str, ...]
    required: bool
    many: bool
    is_choice: bool
    codes: tuple[str, ...] | None

    def json_name(self, type_name: str) -> str:
        """The member's name in JSON when the value is of that type: ``valueQuantity`` for a choice."""
        return self.name + type_name[0].upper() + type_name[1:] if self.is_choice else self.name


@cache
def _definitions() -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(gzip.decompress(_FILE.read_bytes()))
    document["resources"] = frozenset(document["resources"])
    document["primitives"] = frozenset(document["primitives"])
    return document


def is_resource(name: str) -> bool:
    """Is it the name of an R4 resource?"""
    return name in _definitions()["resources"]


def is_primitive(name: str) -> bool:
    """Is it the name of a primitive type (``dateTime``)?"""
    return name in _definitions()["primitives"]


@cache
def elements(type_name: str) -> Mapping[str, Element]:
    """The elements of a type (``Timing``, ``PlanDefinition.action``) by name; none for a type that R4 does not have."""
    definitions = _definitions()
    found = {}
    for written, (types, low, high, binding) in definitions["types"].get(type_name, {}).items():
        name = written.removesuffix("[x]")
        codes = tuple(definitions["codes"][binding]) if binding else None
        found[name] = Element(name, tuple(types), low > 0, high == 0, name != written, codes)
    return found


@cache
def _members(type_name: str) -> Mapping[str, tuple[Element, str]]:
    members = {}
    for element in elements(type_name).values():
        for one in element.types:
            members[element.json_name(one)] = (element, one)
    return members


def locate(type_name: str, member: str) -> tuple[Element, str] | None:
    """The element and type that a JSON member of a type stands for: ``timingPeriod`` -> (timing, Period)."""
    return _members(type_name).get(member)
