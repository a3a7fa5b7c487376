"""Property access on anything a CQL expression can hold (ELM ``Property``).

``get_property`` works at run time on any value. ``accessor`` and ``element_info`` (``cql.data.shapes``) are for the
compiler, which knows the class beforehand: same results, less work.

A list on the way is mapped and flattened, as a path does (CQL spec, "List Traversal"). Absent elements, and elements
that are not of the form the model says, are null; the latter with a recorded warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from cql.data.context import report_malformed
from cql.data.element import FhirElement
from cql.data.primitives import Reader
from cql.data.shapes import ElementInfo, Shape, element_info, primitive_reader
from cql.values import Code, CodeSystem, Concept, Date, DateTime, Interval, Quantity, Ratio, Time, Tuple, ValueSet

# The properties of System values: type -> CQL name -> Python attribute.
_SYSTEM_PROPERTIES: dict[type, dict[str, str]] = {
    Quantity: {"value": "value", "unit": "unit"},
    Ratio: {"numerator": "numerator", "denominator": "denominator"},
    Interval: {"low": "low", "high": "high", "lowClosed": "low_closed", "highClosed": "high_closed"},
    Code: {"code": "code", "system": "system", "version": "version", "display": "display"},
    Concept: {"codes": "codes", "display": "display"},
    ValueSet: {"id": "id", "version": "version", "name": "name"},
    CodeSystem: {"id": "id", "version": "version", "name": "name"},
}
# What a primitive can be in JSON; System values occur in instances that a library has built itself.
_SCALARS = frozenset({str, int, float, bool, Decimal, Date, DateTime, Time})
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def get_property(source: Any, path: str) -> Any:
    """The property ``path`` of ``source``; None when there is none. ``path`` may be dotted and indexed (``a.b[0]``).

    FHIR elements come boxed (``FhirElement``), resources as their dict, System values as themselves; a list element
    is a list, None when absent.
    """
    kind = type(source)
    if kind is dict:
        class_name = source.get("resourceType")
        if type(class_name) is not str:
            return None
        info = element_info(class_name, path)
        return read_element(source, info) if info is not None else _by_steps(source, path)
    if kind is FhirElement:
        return _of_element(source, path)
    if source is None:
        return None
    if kind is list:
        return _flattened(get_property(one, path) for one in source)
    if kind is Tuple and path in source:
        return source[path]
    attribute = _SYSTEM_PROPERTIES.get(kind, {}).get(path)
    if attribute is None:
        return _by_steps(source, path)
    value = getattr(source, attribute)
    return list(value) if type(value) is tuple else value


def _of_element(element: FhirElement, path: str) -> Any:
    info = element_info(element.type, path)
    if info is None:
        return _by_steps(element, path)
    raw = element.value
    read = primitive_reader(element.type)
    if read is None:
        return read_element(raw, info)
    if path == "value":
        return read(raw)
    return None if element.extra is None else read_element(element.extra, info)


def _by_steps(source: Any, path: str) -> Any:
    steps = path_steps(path)
    if steps in ((), (path,)):
        return None  # one plain name, which the source does not have
    value = source
    for step in steps:
        if isinstance(step, str):
            value = get_property(value, step)
        elif step:
            value = value[step] if type(value) is list and step < len(value) else None
        elif type(value) is list:
            value = value[0] if value else None
        if value is None:
            return None
    return value


@cache
def path_steps(path: str) -> tuple[str | int, ...]:
    """A path taken apart: names and indexes (``a.b[0]`` -> "a", "b", 0)."""
    return tuple(int(index) if index else name for name, index in _STEP.findall(path))


def _flattened(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if type(value) is list:
            found.extend(value)
        elif value is not None:
            found.append(value)
    return found


def read_element(parent: dict[str, Any], info: ElementInfo) -> Any:
    """The element ``info`` of the JSON object ``parent``, boxed as its type asks; None when absent or malformed."""
    for shape in info.shapes:
        raw = parent.get(shape.key)
        extra = None if shape.extra_key is None else parent.get(shape.extra_key)
        if raw is not None or extra is not None:
            return _boxed_list(raw, extra, shape) if info.is_list else boxed(raw, extra, shape)
    return None


def boxed(raw: Any, extra: Any, shape: Shape) -> Any:
    """One JSON value with its ``_name`` sibling as a CQL value; None, with a warning, when it is not of the shape."""
    if shape.kind == "complex":
        if type(raw) is dict:
            return FhirElement(shape.type, raw)
        report_malformed(raw, f"an object ({shape.type})")
        return None
    if shape.kind == "primitive":
        extra = extra if type(extra) is dict else None
        if type(raw) in _SCALARS or (raw is None and extra is not None):
            return FhirElement(shape.type, raw, extra)
        report_malformed(raw, f"a {shape.type}")
        return None
    if shape.kind == "system":
        return shape.read(raw) if shape.read is not None else None
    if type(raw) is dict and type(raw.get("resourceType")) is str:
        return raw
    report_malformed(raw, "a resource")
    return None


def _boxed_list(raw: Any, extra: Any, shape: Shape) -> list[Any] | None:
    if raw is not None and type(raw) is not list:
        report_malformed(raw, f"a list of {shape.type}")
        return None
    items: list[Any] = raw or []
    if type(extra) is not list:
        return [value for one in items if one is not None and (value := boxed(one, None, shape)) is not None]
    found = []
    for position in range(max(len(items), len(extra))):
        one = items[position] if position < len(items) else None
        beside = extra[position] if position < len(extra) else None
        if one is not None or beside is not None:
            value = boxed(one, beside, shape)
            if value is not None:
                found.append(value)
    return found


def raw_object(parent: dict[str, Any] | None, key: str) -> dict[str, Any] | None:
    """The JSON object under ``key``, for generated code: None when absent, or (with a warning) when it is no object."""
    if parent is None:
        return None
    raw = parent.get(key)
    if raw is None or type(raw) is dict:
        return raw
    report_malformed(raw, "an object")
    return None


def raw_objects(parent: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    """The JSON objects in the list under ``key``, for generated code; empty when absent; others are left out."""
    raw = None if parent is None else parent.get(key)
    if raw is None:
        return []
    if type(raw) is not list:
        report_malformed(raw, "a list of objects")
        return []
    for one in raw:
        if type(one) is not dict:
            break
    else:
        return raw
    for one in raw:
        if one is not None and type(one) is not dict:
            report_malformed(one, "an object")
    return [one for one in raw if type(one) is dict]


def accessor(class_name: str, path: str) -> Callable[[dict[str, Any]], Any]:
    """``get_property`` specialised: a function from the JSON of an instance of ``class_name`` to its property ``path``.

    ``path`` is a name, or a name and ``.value`` of a primitive which is no list (then the System value is read without
    a box in between); any other path works as well, without gain. Raises ``LookupError`` when the class has no such
    element.
    """
    name, dot, rest = path.partition(".")
    info = element_info(class_name, name)
    if info is None:
        raise LookupError(f"FHIR.{class_name} has no element {name}")
    if not dot:
        return lambda parent: read_element(parent, info)
    if rest == "value" and not info.is_list and len(info.shapes) == 1 and info.shapes[0].kind == "primitive":
        return _value_accessor(info.shapes[0].key, info.shapes[0].read)
    return lambda parent: get_property(read_element(parent, info), rest)


def _value_accessor(key: str, read: Reader | None) -> Callable[[dict[str, Any]], Any]:
    assert read is not None, "every primitive has a reader"
    return lambda parent: read(parent.get(key))
