"""Building instances of System's classes at run time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cql.data.element import FhirElement
from cql.data.properties import get_property
from cql.data.shapes import primitive_reader
from cql.errors import EvaluationError
from cql.operators.list import exists as list_exists
from cql.operators.sorting import sort_by
from cql.values import Code, CodeSystem, Concept, DateTime, Interval, Quantity, Ratio, Tuple, ValueSet

__all__ = ["DateTime", "Tuple", "exists", "sorted_by", "system_instance", "times", "window"]

_CLASSES: dict[str, Any] = {
    "Quantity": Quantity,
    "Ratio": Ratio,
    "Code": Code,
    "Concept": Concept,
    "ValueSet": ValueSet,
    "CodeSystem": CodeSystem,
}


def system_instance(name: str, elements: Mapping[str, Any]) -> Any:
    """``Quantity { value: 5.0, unit: 'mg' }`` and so on; null when an element that makes the value is null.

    Raises ``EvaluationError`` for an element that the class does not have.
    """
    given = {key: value for key, value in elements.items() if value is not None}
    if name == "Concept":
        given["codes"] = tuple(one for one in given.get("codes") or () if one is not None)
    try:
        return _CLASSES[name](**given)
    except TypeError as problem:
        if elements.keys() <= set(_CLASSES[name].__dataclass_fields__):
            return None
        raise EvaluationError(f"a {name} has not the elements {', '.join(elements)}") from problem


def exists(source: Any) -> bool:
    """``Exists`` of a list; a value that is none (a query over single values) exists if it is not null."""
    return list_exists(source) if type(source) is list else source is not None


def sorted_by(rows: list[Any] | None, *keys: tuple[list[Any] | None, str]) -> list[Any] | None:
    """The rows in the order of their keys: for each sort item the list of the rows' keys, and its direction.

    A primitive FHIR element is sorted by its value: there is no implicit conversion in a sort.
    """
    if rows is None:
        return None
    columns = ((_values(column), direction) for column, direction in keys if column is not None)
    by = [(column.__getitem__, direction) for column, direction in columns]
    order = sort_by(list(range(len(rows))), by)
    return None if order is None else [rows[position] for position in order]


def _values(keys: list[Any]) -> list[Any]:
    if FhirElement not in set(map(type, keys)):
        return keys
    return [
        get_property(key, "value") if type(key) is FhirElement and primitive_reader(key.type) is not None else key
        for key in keys
    ]


def times(left: list[Any] | None, right: list[Any] | None) -> list[Tuple] | None:
    """``Times``: the tuples of two lists combined, each with each; null when either is null."""
    if left is None or right is None:
        return None
    return [Tuple({**one, **other}) for one in left for other in right if one is not None and other is not None]


_FOREVER = float("inf")
_NOWHERE = (_FOREVER, -_FOREVER, -_FOREVER, _FOREVER)


def window(interval: Interval | None) -> tuple[float, float, float, float]:
    """The instants that decide on membership in an interval of DateTimes: certainly inside is between the first two,
    certainly outside before the third or after the fourth. A null bound decides nothing.
    """
    if interval is None or type(interval.low) is not DateTime or type(interval.high) is not DateTime:
        return _NOWHERE
    return interval.low.high, interval.high.low, interval.low.low, interval.high.high
