"""Union, Intersect and Except of intervals (CQL reference, B.9 Interval Operators).

Null where the result is not one interval, or where unknown bounds or imprecise dates leave it open whether it is. A
bound of the result that depends on an unknown one is itself unknown (null and open).
"""

from __future__ import annotations

from typing import Any

from cql.operators.bounds import end, start
from cql.operators.interval_ranges import Range, extent, is_before, is_on_or_before
from cql.operators.interval_relations import meets, overlaps
from cql.operators.logical import or_
from cql.operators.points import point_type, predecessor, successor
from cql.values import Interval

Bound = tuple[Any, bool]
"""A value and whether it is closed, as an ``Interval`` has them."""

_UNKNOWN: Bound = (None, False)


def union(a: Interval | None, b: Interval | None) -> Interval | None:
    """``Union``: from the earlier start to the later end, if the intervals overlap or meet."""
    if a is None or b is None or or_(overlaps(a, b), meets(a, b)) is not True:
        return None
    one, other = extent(a), extent(b)
    low = _lesser(one.start, _low(a), other.start, _low(b))
    high = _lesser(other.end, _high(a), one.end, _high(b))
    return _interval(low, high, a, b)


def intersect(a: Interval | None, b: Interval | None) -> Interval | None:
    """``Intersect``: from the later start to the earlier end, if the intervals overlap."""
    if a is None or b is None or overlaps(a, b) is not True:
        return None
    one, other = extent(a), extent(b)
    low = _lesser(other.start, _low(a), one.start, _low(b))
    high = _lesser(one.end, _high(a), other.end, _high(b))
    return _interval(low, high, a, b)


def except_(a: Interval | None, b: Interval | None) -> Interval | None:
    """``Except``: the part of ``a`` that is not in ``b``; null if nothing is left, or two parts."""
    if a is None or b is None:
        return None
    overlapping = overlaps(a, b)
    if overlapping is not True:
        return a if overlapping is False else None
    head = is_before(extent(a).start, extent(b).start, None)  # part of a lies before b
    tail = is_before(extent(b).end, extent(a).end, None)
    if head is True and tail is False:
        return Interval(a.low, predecessor(start(b)), a.low_closed, True)
    if tail is True and head is False:
        return Interval(successor(end(b)), a.high, True, a.high_closed)
    return None


def _low(interval: Interval) -> Bound:
    return interval.low, interval.low_closed


def _high(interval: Interval) -> Bound:
    return interval.high, interval.high_closed


def _lesser(a: Range, of_a: Bound, b: Range, of_b: Bound) -> Bound | None:
    """``of_a`` if ``a`` is not after ``b``, else ``of_b``; if that is open, unknown or (for imprecise dates) None."""
    order = is_on_or_before(a, b, None)
    if order is not None:
        return of_a if order else of_b
    return _UNKNOWN if _UNKNOWN in (of_a, of_b) else None


def _interval(low: Bound | None, high: Bound | None, a: Interval, b: Interval) -> Interval | None:
    return None if low is None or high is None else spanning(low, high, a, b)


def spanning(low: Bound, high: Bound, a: Interval, b: Interval) -> Interval:
    """An interval made of bounds of ``a`` and ``b``, whose point type it keeps where no bound is left to tell it."""
    of = None
    if low[0] is None and high[0] is None:
        known = (one.point_type or point_type(one.low) or point_type(one.high) for one in (a, b))
        of = next((one for one in known if one is not None), None)
    return Interval(low[0], high[0], low[1], high[1], of)
