"""The filters of a value set's ``compose`` (FHIR R4, ValueSet.compose.include.filter) over given code systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cql.terminology.code_system import CodeSystemContent

Test = Callable[[CodeSystemContent, str, str, str], bool]
"""Does the concept with a code pass? Arguments: the system, the code, the filter's property, the filter's value."""


def _is_a(system: CodeSystemContent, code: str, _: str, value: str) -> bool:
    return code == value or system.descends_from(code, value)


def _descendent_of(system: CodeSystemContent, code: str, _: str, value: str) -> bool:
    return system.descends_from(code, value)


def _is_not_a(system: CodeSystemContent, code: str, name: str, value: str) -> bool:
    return not _is_a(system, code, name, value)


def _generalizes(system: CodeSystemContent, code: str, _: str, value: str) -> bool:
    return code == value or system.descends_from(value, code)


def _equal(system: CodeSystemContent, code: str, name: str, value: str) -> bool:
    if name == "parent":
        return system.is_child_of(code, value)
    if name == "child":
        return system.is_child_of(value, code)
    return value in system.property_values(code, name)


def _in(system: CodeSystemContent, code: str, name: str, value: str) -> bool:
    return any(_equal(system, code, name, one.strip()) for one in value.split(","))


def _not_in(system: CodeSystemContent, code: str, name: str, value: str) -> bool:
    return not _in(system, code, name, value)


def _exists(system: CodeSystemContent, code: str, name: str, value: str) -> bool:
    return bool(system.property_values(code, name)) is (value == "true")


FILTERS: Mapping[str, Test] = MappingProxyType(
    {
        "=": _equal,
        "is-a": _is_a,
        "descendent-of": _descendent_of,
        "is-not-a": _is_not_a,
        "generalizes": _generalizes,
        "in": _in,
        "not-in": _not_in,
        "exists": _exists,
    }
)
"""The filter operators of FHIR R4 but ``regex``: patterns from outside could take any time to match."""
