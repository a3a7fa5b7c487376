"""Where the first and the last point of an interval can lie.

A bound that is open and null is unknown (CQL reference, "Interval Values"). It is still not anything: the start lies
between the least value of the point type and the end, the end between the start and the greatest value. Relations
therefore ask ranges, and answer null only if the answer differs within them: ``Interval[5, null) overlaps Interval[1,
5]`` is true.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from cql.operators.bounds import end, start
from cql.operators.precise import before, following, on_or_before, same_point
from cql.values import Interval


class Range(NamedTuple):
    """A point known only to lie in ``low..high``; certain if these are one object. Both None: nothing is known."""

    low: Any
    high: Any


class Extent(NamedTuple):
    """Where an interval starts and where it ends."""

    start: Range
    end: Range


def extent(operand: Any) -> Extent:
    """The extent of an interval that is not null, or of a point taken as the interval of only that point."""
    if type(operand) is not Interval:
        point = Range(operand, operand)
        return Extent(point, point)
    first, last = start(operand), end(operand)
    starts, ends = Range(first, first), Range(last, last)
    if operand.low is None and not operand.low_closed:
        least = start(replace(operand, low_closed=True))
        starts = Range(least, last if last is not None else end(replace(operand, high_closed=True)))
    if operand.high is None and not operand.high_closed:
        greatest = end(replace(operand, high_closed=True))
        ends = Range(first if first is not None else start(replace(operand, low_closed=True)), greatest)
    return Extent(starts, ends)


def is_before(a: Range, b: Range, precision: str | None) -> bool | None:
    """Whether ``a`` is less than ``b``."""
    outcome = before(a.high, b.low, precision)
    if outcome is True or (a.low is a.high and b.low is b.high):
        return outcome
    return False if before(a.low, b.high, precision) is False else None


def is_on_or_before(a: Range, b: Range, precision: str | None) -> bool | None:
    """Whether ``a`` is less than or the same as ``b``."""
    outcome = on_or_before(a.high, b.low, precision)
    if outcome is True or (a.low is a.high and b.low is b.high):
        return outcome
    return False if on_or_before(a.low, b.high, precision) is False else None


def is_same(a: Range, b: Range, precision: str | None) -> bool | None:
    """Whether ``a`` and ``b`` are the same point."""
    if a.low is a.high and b.low is b.high:
        return same_point(a.low, b.low, precision)
    if before(a.high, b.low, precision) is True or before(b.high, a.low, precision) is True:
        return False
    # Both ranges may still have shrunk to one and the same point, at the least or the greatest value.
    return True if same_point(a.low, b.high, precision) is same_point(a.high, b.low, precision) is True else None


def is_next(a: Range, b: Range, precision: str | None) -> bool | None:
    """Whether ``b`` is the point right after ``a``."""
    if a.low is None or b.low is None:
        return None
    if on_or_before(b.high, a.low, precision) is True:
        return False
    if a.low is a.high and b.low is b.high:
        successor = following(a.low, precision)
        return False if successor is None else same_point(successor, b.low, precision)
    successor = following(a.high, precision)
    return False if successor is not None and before(successor, b.low, precision) is True else None
