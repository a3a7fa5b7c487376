"""Same as, before, after and their kin for points, with or without a precision (CQL spec, Appendix B, "Same As" ...).

The names end in ``_point`` because the same ELM operators also take intervals, which ``cql.operators.interval`` adds.
Without a precision, and for points other than dates and times, these are ``=``, ``<`` and so on.
"""

from __future__ import annotations

from typing import Any

from cql.errors import EvaluationError
from cql.operators.equality import equal
from cql.operators.ordering import greater, greater_or_equal, less, less_or_equal, same_temporal
from cql.values import Date, DateTime, Time
from cql.values.precision import DAY, HOUR, MONTH, MS_PER_RANK, YEAR, rank_of

_TEMPORALS = frozenset({Date, DateTime, Time})


def same_as_point(left: Any, right: Any, precision: str | None = None, *, offset: int | None = None) -> bool | None:
    """``left same <precision> as right``; ``offset`` is the evaluation's, for values of different time zones."""
    if precision is None or left is None or right is None:
        return equal(left, right)
    order = compare_to_precision(left, right, precision, offset)
    return None if order is None else order == 0


def before_point(left: Any, right: Any, precision: str | None = None, *, offset: int | None = None) -> bool | None:
    """``left before <precision> of right``."""
    if precision is None or left is None or right is None:
        return less(left, right)
    order = compare_to_precision(left, right, precision, offset)
    return None if order is None else order < 0


def after_point(left: Any, right: Any, precision: str | None = None, *, offset: int | None = None) -> bool | None:
    """``left after <precision> of right``."""
    if precision is None or left is None or right is None:
        return greater(left, right)
    order = compare_to_precision(left, right, precision, offset)
    return None if order is None else order > 0


def same_or_before_point(
    left: Any, right: Any, precision: str | None = None, *, offset: int | None = None
) -> bool | None:
    """``left same <precision> or before right``."""
    if precision is None or left is None or right is None:
        return less_or_equal(left, right)
    order = compare_to_precision(left, right, precision, offset)
    return None if order is None else order <= 0


def same_or_after_point(
    left: Any, right: Any, precision: str | None = None, *, offset: int | None = None
) -> bool | None:
    """``left same <precision> or after right``."""
    if precision is None or left is None or right is None:
        return greater_or_equal(left, right)
    order = compare_to_precision(left, right, precision, offset)
    return None if order is None else order >= 0


def compare_to_precision(left: Any, right: Any, precision: str, offset: int | None = None) -> int | None:
    """-1, 0 or 1 by the components down to ``precision``; None when one is missing before they differ.

    Raises ``EvaluationError`` for values that are not dates or times, or a precision that they do not have.
    """
    kind = type(left)
    if kind is not type(right):
        left, right = same_temporal(left, right)
        kind = type(left)
    rank = rank_of(precision)
    if kind not in _TEMPORALS or (kind is Date and rank > DAY) or (kind is Time and rank < HOUR):
        raise EvaluationError(f"values of type {kind.__name__} do not compare by {precision}")
    reach = min(rank, left.rank, right.rank)
    if kind is Time and reach < HOUR:
        return None
    if kind is DateTime:
        one, other = _moments(left, right, rank, reach, offset)
    else:
        one, other = _cut(left, reach), _cut(right, reach)
    if one != other:
        return -1 if one < other else 1
    return 0 if reach == rank else None


def _moments(left: DateTime, right: DateTime, rank: int, reach: int, offset: int | None) -> tuple[int, int]:
    """What two DateTimes compare by: local components, brought to one time zone only for hours and finer."""
    if left.offset == right.offset or rank <= DAY:
        return _cut_moment(left, reach, left.offset or 0), _cut_moment(right, reach, right.offset or 0)
    return _cut_moment(left, reach, offset or 0), _cut_moment(right, reach, offset or 0)


def _cut_moment(value: DateTime, rank: int, offset: int) -> int:
    """The number of whole units of ``rank`` since the year 0, on clocks ``offset`` minutes from UTC."""
    if rank >= DAY:
        return (value.low + offset * 60_000) // MS_PER_RANK[rank]
    return value.first.year * 12 + (value.first.month if rank == MONTH else 0)


def _cut(value: Date | Time, rank: int) -> int:
    """The number of whole units of ``rank`` since the year 0, or of a Time since midnight."""
    if type(value) is Time:
        return value.low // MS_PER_RANK[rank]
    assert type(value) is Date
    if rank >= DAY:
        return value.low
    return value.first.year * 12 + (value.first.month if rank > YEAR else 0)
