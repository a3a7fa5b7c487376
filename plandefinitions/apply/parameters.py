"""Library parameters bound by name to what a call gives, as the type that the library declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cql import Library
from cql.data.index import DataIndex
from cql.parameters import convert
from cql.types import FHIR_URI, CqlType, ListType, NamedType
from plandefinitions.r4 import is_resource


def bind_parameters(
    library: Library, given: Mapping[str, Any], variables: Mapping[str, Any], mapping: Mapping[str, str],
    index: DataIndex,
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """(values by the program's names, what does not fit).

    ``mapping`` says under which name a parameter's value is given; else its own. One value makes a list of one, a
    list of one a single value; of a Bundle, a list of a resource type takes the resources of that type.
    """
    bound: dict[str, Any] = {}
    problems: list[str] = []
    for one in library.program.parameters:
        if one.library is None:
            name = one.name.removeprefix("%").partition(":")[0]
            value = variables.get(name)
        else:
            source = mapping.get(one.name, one.name)
            value = variables.get(source[1:]) if source.startswith("%") else given.get(source)
        if value is None:
            continue
        try:
            fitted = fit(value, one.type, index)
            convert(fitted, one.type, 0)
        except ValueError as problem:
            where = f" of {one.library}" if one.library else ""
            problems.append(f"the parameter {one.name!r}{where} cannot take the value given: {problem}")
            continue
        bound[one.name if one.library is None else f"{one.library}.{one.name}"] = fitted
    return bound, problems


def fit(value: Any, of: CqlType | None, index: DataIndex) -> Any:
    """``value`` as a list or a single value, as the type wants. Raises ``ValueError`` when there are too many."""
    if isinstance(of, ListType):
        if _is_bundle(value) and of.element != NamedType(FHIR_URI, "Bundle"):
            return list(_resources(value, of.element))
        values = value if isinstance(value, list) else [value]
        return [_resolved(one, of.element, index) for one in values]
    if _is_bundle(value) and of != NamedType(FHIR_URI, "Bundle") and _resource_type(of) is not None:
        value = list(_resources(value, of))
    if isinstance(value, list) and not _wants_list(of):
        if len(value) != 1:
            raise ValueError(f"one value is wanted, {len(value)} are given")
        value = value[0]
    return _resolved(value, of, index)


def _wants_list(of: CqlType | None) -> bool:
    return of is None or str(of).startswith(("Interval", "Choice", "System.Any"))


def _is_bundle(value: Any) -> bool:
    return isinstance(value, dict) and value.get("resourceType") == "Bundle"


def _resource_type(of: CqlType | None) -> str | None:
    if isinstance(of, NamedType) and of.uri == FHIR_URI:
        return of.name if is_resource(of.name) or of.name in ("Resource", "DomainResource") else None
    return None


def _resources(bundle: Mapping[str, Any], of: CqlType | None) -> Iterator[Any]:
    """The bundle's resources that the type can hold: all for a type that is no single resource (a choice)."""
    wanted = _resource_type(of)
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and wanted in (None, "Resource", "DomainResource", resource.get("resourceType")):
            yield resource


def _resolved(value: Any, of: CqlType | None, index: DataIndex) -> Any:
    """A reference (``Encounter/1``) where a resource is wanted becomes the resource."""
    if isinstance(value, str) and _resource_type(of) is not None:
        found = index.resolve({"reference": value})
        if found is None:
            raise ValueError(f"{value} is not in the data")
        return found
    return value
