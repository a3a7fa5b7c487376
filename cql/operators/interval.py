"""Interval operators (CQL reference, B.9 Interval Operators): the one place to take them from.

Relations, set operators, Collapse and Expand each have a module of their own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cql.errors import EvaluationError
from cql.operators.arithmetic import add, subtract
from cql.operators.bounds import end, start
from cql.operators.collapse import collapse
from cql.operators.expand import expand
from cql.operators.interval_relations import (
    after,
    before,
    contains,
    ends,
    in_,
    included_in,
    includes,
    meets,
    meets_after,
    meets_before,
    overlaps,
    overlaps_after,
    overlaps_before,
    proper_contains,
    proper_in,
    proper_included_in,
    proper_includes,
    same_as,
    same_or_after,
    same_or_before,
    starts,
)
from cql.operators.interval_sets import except_, intersect, union
from cql.operators.ordering import less
from cql.operators.precise import TEMPORALS, same_point
from cql.types import CqlType
from cql.values import Interval, Long, Quantity
from cql.values.number import DECIMAL_STEP

__all__ = [
    "after",
    "before",
    "collapse",
    "contains",
    "end",
    "ends",
    "except_",
    "expand",
    "in_",
    "included_in",
    "includes",
    "intersect",
    "interval",
    "meets",
    "meets_after",
    "meets_before",
    "overlaps",
    "overlaps_after",
    "overlaps_before",
    "point_from",
    "proper_contains",
    "proper_in",
    "proper_included_in",
    "proper_includes",
    "same_as",
    "same_or_after",
    "same_or_before",
    "size",
    "start",
    "starts",
    "union",
    "width",
]


def interval(
    low: Any, high: Any, low_closed: bool = True, high_closed: bool = True, point_type: CqlType | None = None
) -> Interval:
    """The interval selector. Raises ``EvaluationError`` if the interval contains no point: ``[2, 1]``, ``[5, 5)``.

    A low and high that cannot be compared (imprecise dates, units) are let through: it may contain points.
    """
    made = Interval(low, high, low_closed, high_closed, point_type)
    # The common case without looking for neighbours: closed bounds in order.
    if (
        low is not None
        and high is not None
        and (less(high, low) or not (low_closed and high_closed))
        and less(end(made), start(made))
    ):
        raise EvaluationError(f"the interval {made!r} contains nothing: it ends before it starts")
    return made


def width(operand: Interval | None) -> Any:
    """``Width``: end - start; null if either is unknown. Raises ``EvaluationError`` for dates and times."""
    if operand is None:
        return None
    first, last = start(operand), end(operand)
    _refuse_temporal("width", first, last)
    return subtract(last, first)


def size(operand: Interval | None) -> Any:
    """``Size``: end - start + the point size, that is the number of integers in the interval, or its length.

    Null if either bound is unknown. Raises ``EvaluationError`` for dates and times.
    """
    if operand is None:
        return None
    first, last = start(operand), end(operand)
    _refuse_temporal("size", first, last)
    return add(subtract(last, first), _point_size(first))


def _refuse_temporal(operator: str, *points: Any) -> None:
    if any(type(point) in TEMPORALS for point in points):
        raise EvaluationError(
            f"{operator} is not defined for intervals of dates or times; use a duration or difference"
        )


def _point_size(point: Any) -> Any:
    """The distance to the next point."""
    if isinstance(point, Quantity):
        return Quantity(DECIMAL_STEP, point.unit)
    if isinstance(point, Decimal):
        return DECIMAL_STEP
    return Long(1) if isinstance(point, Long) else 1


def point_from(operand: Interval | None) -> Any:
    """``PointFrom``: the only point. Raises ``EvaluationError`` unless the interval has certainly exactly one."""
    if operand is None:
        return None
    first = start(operand)
    if same_point(first, end(operand), None) is not True:
        raise EvaluationError(f"point from: {operand!r} is not an interval of one point")
    return first
