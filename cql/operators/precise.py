"""Comparisons of points to a precision, and the point that follows at a precision.

A precision (``year`` ... ``millisecond``) only matters for Date, DateTime and Time; other points are compared as they
are.
"""

from __future__ import annotations

import datetime as stdlib
from typing import Any

from cql.errors import EvaluationError
from cql.operators.equality import equal
from cql.operators.ordering import less, less_or_equal
from cql.operators.points import successor
from cql.operators.temporal import before_point, same_as_point, same_or_before_point
from cql.values import Date, DateTime, Time
from cql.values.precision import DAY, HOUR, MILLISECOND, MINUTE, MONTH, MS_PER_RANK, SECOND, rank_of

TEMPORALS = frozenset({Date, DateTime, Time})


def before(a: Any, b: Any, precision: str | None) -> bool | None:
    """Whether point ``a`` is less than ``b``; null where a null or imprecision leaves that open."""
    return less(a, b) if precision is None or type(a) not in TEMPORALS else before_point(a, b, precision)


def on_or_before(a: Any, b: Any, precision: str | None) -> bool | None:
    """Whether point ``a`` is less than or the same as ``b``."""
    if precision is None or type(a) not in TEMPORALS:
        return less_or_equal(a, b)
    return same_or_before_point(a, b, precision)


def same_point(a: Any, b: Any, precision: str | None) -> bool | None:
    """Whether the points are the same."""
    return equal(a, b) if precision is None or type(a) not in TEMPORALS else same_as_point(a, b, precision)


def following(point: Any, precision: str | None) -> Any:
    """The next point at ``precision`` or, if that is coarser or not given, at the point's own; null after the last."""
    if precision is not None and type(point) in TEMPORALS:
        point = truncated(point, rank_of(precision))
    try:
        return successor(point)
    except EvaluationError:  # the greatest value of its type
        return None


def truncated(value: Any, rank: int) -> Any:
    """A Date, DateTime or Time at precision ``rank``, or as it is if that is finer than its own."""
    if value.rank <= rank:
        return value
    if type(value) is Time:
        return Time.of(value.low - value.low % MS_PER_RANK[rank], rank)
    first = value.first.replace(
        month=value.first.month if rank >= MONTH else 1, day=value.first.day if rank >= DAY else 1
    )
    if type(value) is Date:
        return Date.of(first, rank)
    return DateTime.of(_clock_truncated(first, rank), rank, value.offset)


def _clock_truncated(first: stdlib.datetime, rank: int) -> stdlib.datetime:
    return first.replace(
        hour=first.hour if rank >= HOUR else 0,
        minute=first.minute if rank >= MINUTE else 0,
        second=first.second if rank >= SECOND else 0,
        microsecond=first.microsecond if rank >= MILLISECOND else 0,
    )
