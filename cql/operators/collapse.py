"""Collapse: overlapping and adjacent intervals merged (CQL reference, B.9 Interval Operators)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any

from cql.operators.bounds import end, start
from cql.operators.interval_ranges import extent, is_on_or_before
from cql.operators.interval_relations import meets, overlaps
from cql.operators.interval_sets import spanning
from cql.operators.partition import (
    TemporalPer,
    as_quantity,
    at_offset_of,
    is_temporal,
    numeric_per,
    points_of,
    temporal_per,
    units_between,
)
from cql.operators.precise import truncated
from cql.operators.sorting import sort_by
from cql.values import Interval, Quantity
from cql.values.precision import PRECISIONS

Number = Callable[[Any], int | None]
"""The number of the unit of size per that a point lies in, counted from the first start; None if that is not known."""


def collapse(
    source: list[Interval | None] | None, per: Quantity | int | Decimal | None = None
) -> list[Interval] | None:
    """``Collapse``: the fewest intervals that cover the same points, in order of start. Nulls are left out.

    Without ``per``, intervals merge that overlap or meet; dates and times are compared to the coarsest precision of
    all bounds. With ``per``, the points are divided into units of that size from the first start on, and intervals
    merge as well that lie in the same unit or in neighbouring ones; bounds stay as they are. Intervals whose unknown
    bounds or imprecise dates leave open whether they merge stay apart. Null if ``per`` is not positive or does not fit
    the point type.
    """
    if source is None:
        return None
    intervals = [one for one in source if one is not None]
    ordered = sort_by(intervals, [(start, "ascending"), (end, "ascending")])
    points = points_of(ordered)
    if not points:
        return ordered
    precision: str | None = None
    number: Number | None = None
    quantity = as_quantity(per)
    if is_temporal(points):
        temporal = temporal_per(quantity, points)
        if temporal is None:
            return None
        precision = PRECISIONS[temporal.rank]
        number = _temporal_number(temporal, points[0])
    elif quantity is not None:
        number = _numeric_number(quantity, points)
        if number is None:
            return None
    return _merged(ordered, precision, number)


def _merged(ordered: list[Interval], precision: str | None, number: Number | None) -> list[Interval]:
    merged: list[Interval] = []
    for one in ordered:
        if merged and _join(merged[-1], one, precision, number):
            merged[-1] = _merge(merged[-1], one)
        else:
            merged.append(one)
    return merged


def _join(a: Interval, b: Interval, precision: str | None, number: Number | None) -> bool:
    """Whether ``a`` and ``b``, which starts no earlier, belong together."""
    if overlaps(a, b, precision) is True or meets(a, b, precision) is True:
        return True
    if number is None:
        return False
    last, first = number(end(a)), number(start(b))
    return last is not None and first is not None and first - last <= 1


def _merge(a: Interval, b: Interval) -> Interval:
    """From the start of ``a``, which comes first, to the later end; unknown if an unknown end may be later."""
    highs = [(one.high, one.high_closed) for one in (a, b)]
    later = is_on_or_before(extent(a).end, extent(b).end, None)
    if later is not None:
        high = highs[later]
    elif (None, False) in highs:
        high = (None, False)
    else:  # imprecise dates: the order that Sort gives them
        high = sort_by([(end(a), highs[0]), (end(b), highs[1])], [(itemgetter(0), "ascending")])[1][1]
    return spanning((a.low, a.low_closed), high, a, b)


def _temporal_number(per: TemporalPer, anchor: Any) -> Number:
    origin = truncated(anchor, per.rank)

    def number(point: Any) -> int | None:
        if point is None or point.rank < per.rank or origin.rank < per.rank:
            return None
        return units_between(origin, at_offset_of(point, origin), per.rank) // per.count

    return number


def _numeric_number(quantity: Quantity, points: list[Any]) -> Number | None:
    """None if the per is not positive or a point does not convert to its unit."""
    per = numeric_per(quantity, points)
    positions = [] if per is None else [per.position(point) for point in points]
    if per is None or positions[0] is None or None in positions:
        return None
    origin, size = positions[0], Fraction(per.amount)

    def number(point: Any) -> int | None:
        position = None if point is None else per.position(point)
        return None if position is None else (position - origin) // size

    return number
