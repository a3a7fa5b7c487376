"""What generated code calls besides the operators: boxing, reading of elements, and structural operators."""

from __future__ import annotations

from typing import Any

from cql.data.context import report_malformed
from cql.data.element import FhirElement
from cql.data.properties import boxed, get_property, read_element
from cql.data.shapes import ElementInfo, Shape, fhir
from cql.values import Code, Concept, Interval, Quantity, Ratio, Tuple


def box(class_name: str, raw: dict[str, Any] | None) -> FhirElement | None:
    """The JSON of a complex element with its type."""
    return None if raw is None else FhirElement(class_name, raw)


def box_list(class_name: str, raws: list[dict[str, Any]] | None) -> list[FhirElement | None] | None:
    """``box`` for each element of a list."""
    return None if raws is None else [None if raw is None else FhirElement(class_name, raw) for raw in raws]


def box_scalar(shape: Shape, parent: dict[str, Any] | None, raw: Any) -> FhirElement | None:
    """A primitive element with its type, and what stands beside it in its parent."""
    extra = None if parent is None or shape.extra_key is None else parent.get(shape.extra_key)
    return None if raw is None and extra is None else boxed(raw, extra, shape)


def read_choice(info: ElementInfo, parent: dict[str, Any] | None) -> Any:
    """An element in whatever shape it has."""
    return None if parent is None else read_element(parent, info)


def raw_of(value: Any) -> Any:
    """The JSON within a FHIR element, or within each of a list; a resource is its own JSON."""
    if type(value) is FhirElement:
        return value.value if type(value.value) is dict else None
    if type(value) is list:
        return [raw_of(one) for one in value]
    return value if type(value) is dict else None


def raw_list(raw: Any) -> list[dict[str, Any]] | None:
    """JSON that should be a list of objects, without what is no object; None when absent or no list."""
    if raw is None:
        return None
    if type(raw) is not list:
        report_malformed(raw, "a list of objects")
        return None
    for one in raw:
        if type(one) is not dict:
            return _objects(raw)
    return raw


def _objects(raw: list[Any]) -> list[dict[str, Any]]:
    for one in raw:
        if one is not None and type(one) is not dict:
            report_malformed(one, "an object")
    return [one for one in raw if type(one) is dict]


def no_object(raw: Any) -> None:
    """Report JSON that should be an object."""
    report_malformed(raw, "an object")


def resource(raw: Any) -> dict[str, Any] | None:
    """JSON that should be a resource, None (and a warning) when it is none."""
    if raw is None or (type(raw) is dict and type(raw.get("resourceType")) is str):
        return raw
    report_malformed(raw, "a resource")
    return None


def children(source: Any) -> list[Any] | None:
    """``Children``: the elements directly within a value, lists taken apart."""
    if source is None:
        return None
    found: list[Any] = []
    for value in _parts(source):
        found.extend(one for one in (value if type(value) is list else [value]) if one is not None)
    return found


def descendants(source: Any) -> list[Any] | None:
    """``Descendents``: the children, their children, and so on."""
    if source is None:
        return None
    found = []
    pending = children(source) or []
    while pending:
        one = pending.pop(0)
        found.append(one)
        pending = (children(one) or []) + pending
    return found


def _parts(source: Any) -> list[Any]:
    match source:
        case list():
            return source
        case Tuple():
            return list(source.values())
        case dict() | FhirElement():
            name = source["resourceType"] if isinstance(source, dict) else source.type
            return [get_property(source, element) for element in fhir().elements(name)]
        case Quantity(value, unit):
            return [value, unit]
        case Ratio(numerator, denominator):
            return [numerator, denominator]
        case Code(code, system, version, display):
            return [code, system, version, display]
        case Concept(codes, display):
            return [*codes, display]
        case Interval():
            return [source.low, source.high, source.low_closed, source.high_closed]
    return []


def cross_context(value: Any) -> list[Any]:
    """What a define of the Patient context is to the Unfiltered context: its values over all patients, in one list."""
    return value if type(value) is list else [] if value is None else [value]
