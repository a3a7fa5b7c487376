"""Expand: intervals cut into units (CQL reference, B.9 Interval Operators)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cql.operators.bounds import end, start
from cql.operators.calendar import step
from cql.operators.elements import unique
from cql.operators.guards import DEFAULT_MAX_ITEMS, check_items
from cql.operators.partition import (
    NumericPer,
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
from cql.values import Interval, Long, Quantity
from cql.values.number import scale
from cql.values.units import to_decimal


@dataclass(frozen=True, slots=True)
class _Units:
    """The units that an interval is cut into: how many, and the first and last point of each."""

    count: int
    first: Callable[[int], Any]
    last: Callable[[int], Any]


_NO_UNITS = _Units(0, lambda index: None, lambda index: None)


def expand(
    operand: Interval | list[Interval | None] | None,
    per: Quantity | int | Decimal | None = None,
    *,
    max_items: int = DEFAULT_MAX_ITEMS,
) -> list[Any] | None:
    """``Expand``: the units of size ``per`` from each interval's start that end within it, without repetition.

    A list of intervals gives intervals, in order of start; a single interval gives the first point of each unit.
    Bounds more precise than ``per`` are cut to its precision. An integer bound with a fractional ``per`` covers the
    whole integer. Without ``per``, a unit is 1, the last decimal place of the least precise bound, or the coarsest
    precision of the dates. Nothing comes from an interval with a null bound, even a closed one (as the reference
    allows), or with dates less precise than ``per``. Null if ``per`` is not positive or does not fit the point type.
    Raises ``LimitExceeded`` before doing the work if there would be more than ``max_items``.
    """
    if operand is None:
        return None
    if isinstance(operand, Interval):
        units = _all_units([operand], as_quantity(per))
        if units is None:
            return None
        check_items(sum(one.count for one in units), max_items, "Expand")
        return [one.first(index) for one in units for index in range(one.count)]
    known = [one for one in operand if one is not None]
    units = _all_units(sort_by(known, [(start, "ascending"), (end, "ascending")]), as_quantity(per))
    if units is None:
        return None
    check_items(sum(one.count for one in units), max_items, "Expand")
    cut = [Interval(one.first(index), one.last(index)) for one in units for index in range(one.count)]
    return unique(cut) if len(units) > 1 else cut


def _all_units(intervals: list[Interval], per: Quantity | None) -> list[_Units] | None:
    """The units of each interval; None if ``per`` does not fit."""
    bounded = [one for one in intervals if one.low is not None and one.high is not None]
    points = points_of(bounded)
    if not points:
        return []
    if is_temporal(points):
        temporal = temporal_per(per, points)
        return None if temporal is None else [_temporal_units(one, temporal) for one in bounded]
    numeric = numeric_per(per, points)
    if numeric is None or any(numeric.position(point) is None for point in points):
        return None
    return [_numeric_units(one, numeric) for one in bounded]


def _temporal_units(interval: Interval, per: TemporalPer) -> _Units:
    low, high = start(interval), end(interval)
    if low.rank < per.rank or high.rank < per.rank:
        return _NO_UNITS
    origin = truncated(low, per.rank)
    covered = units_between(origin, at_offset_of(high, origin), per.rank) + 1
    return _Units(
        max(covered // per.count, 0),
        lambda index: step(origin, index * per.count, per.rank),
        lambda index: step(origin, (index + 1) * per.count - 1, per.rank),
    )


def _numeric_units(interval: Interval, per: NumericPer) -> _Units:
    first_point, last_point = start(interval), end(interval)
    low, high = per.position(first_point), per.position(last_point)
    if low is None or high is None:
        return _NO_UNITS
    grain = Fraction(1, 10 ** scale(per.amount))  # the distance of neighbouring points at the precision of per
    low, high = low // grain * grain, high // grain * grain
    if isinstance(last_point, int):
        high += 1 - grain
    size = Fraction(per.amount)
    point = _point(first_point, per)
    return _Units(
        max(int((high - low + grain) // size), 0),
        lambda index: point(low + index * size),
        lambda index: point(low + (index + 1) * size - grain),
    )


def _point(model: Any, per: NumericPer) -> Callable[[Fraction], Any]:
    """A function that gives a value as a point of the interval's type; a Decimal if integers are cut into fractions."""
    if isinstance(model, Quantity):
        return lambda value: Quantity(to_decimal(value) or Decimal(0), per.unit)
    if isinstance(model, int) and per.amount == int(per.amount):
        return Long if isinstance(model, Long) else int
    return lambda value: to_decimal(value) or Decimal(0)
