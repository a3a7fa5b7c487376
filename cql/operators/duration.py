"""Duration and difference between two dates or times (CQL spec, Appendix B, "Duration", "Difference").

A duration is a number of whole periods, a difference the number of period boundaries crossed. For values less precise
than the period the result is an uncertainty: from the shortest to the longest that the values allow.
"""

from __future__ import annotations

import datetime as stdlib
from typing import Any, Final

from cql.errors import EvaluationError
from cql.operators.ordering import same_temporal
from cql.values import Date, DateTime, Time, Uncertainty
from cql.values.precision import DAY, HOUR, MS_PER_DAY, MS_PER_RANK, RANKS, SECOND
from cql.values.structured import uncertain

_WEEK: Final = "week"
_MS_PER_WEEK: Final = 7 * MS_PER_DAY
_LAST_DAY: Final = stdlib.date.max.toordinal()


def duration_between(left: Any, right: Any, precision: str, *, offset: int | None = None) -> int | Uncertainty | None:
    """``<precision>s between left and right``: whole periods, negative when ``left`` is the later one.

    DateTimes of different time zones are taken as clocks at ``offset`` (the evaluation's, in minutes; UTC if None) show
    them. Raises ``EvaluationError`` for a precision that the values cannot have.
    """
    if left is None or right is None:
        return None
    (first, last), (other_first, other_last) = _ranges(left, right, precision, offset, elapsed=True)
    low = _whole_periods(last, other_first, precision)
    if first == last and other_first == other_last:
        return low
    return uncertain(low, _whole_periods(first, other_last, precision))


def difference_between(left: Any, right: Any, precision: str, *, offset: int | None = None) -> int | Uncertainty | None:
    """``difference in <precision>s between left and right``: boundaries crossed; a week begins on Sunday.

    Time zones are brought together as in ``duration_between``, but only for hours and finer: days, months and years are
    those that each value's own place had.
    """
    if left is None or right is None:
        return None
    (first, last), (other_first, other_last) = _ranges(left, right, precision, offset, elapsed=False)
    low = _boundaries(last, other_first, precision)
    if first == last and other_first == other_last:
        return low
    return uncertain(low, _boundaries(first, other_last, precision))


def _whole_periods(left: int, right: int, precision: str) -> int:
    """Whole periods from one moment to another (both in local milliseconds since 0000-12-31), towards zero."""
    if precision not in ("year", "month"):
        return _towards_zero(right - left, _length(precision))
    (left_month, left_within), (right_month, right_within) = _month_and_rest(left), _month_and_rest(right)
    months = right_month - left_month
    # A month not yet full does not count. The last day of a shorter month does not stand in for a later day.
    if months > 0 and right_within < left_within:
        months -= 1
    elif months < 0 and right_within > left_within:
        months += 1
    return months if precision == "month" else _towards_zero(months, 12)


def _boundaries(left: int, right: int, precision: str) -> int:
    """Boundaries of the period between one moment and another (both in local milliseconds since 0000-12-31)."""
    if precision in ("year", "month"):
        length = 12 if precision == "year" else 1
        return _month_and_rest(right)[0] // length - _month_and_rest(left)[0] // length
    length = _length(precision)
    # Day 0 of the count, 0000-12-31, is a Sunday, so that weeks begin at multiples of seven.
    return right // length - left // length


def _length(precision: str) -> int:
    return _MS_PER_WEEK if precision == _WEEK else MS_PER_RANK[RANKS[precision]]


def _towards_zero(amount: int, length: int) -> int:
    return amount // length if amount >= 0 else -(-amount // length)


def _month_and_rest(milliseconds: int) -> tuple[int, int]:
    """The number of the month (January of year 0 is 0) and the milliseconds since its beginning."""
    ordinal, rest = divmod(milliseconds, MS_PER_DAY)
    # Time zones can carry the first and the last day of the calendar over its edge.
    day = stdlib.date.fromordinal(min(max(ordinal, 1), _LAST_DAY))
    return day.year * 12 + day.month - 1, day.day * MS_PER_DAY + rest


_Range = tuple[int, int]


def _ranges(left: Any, right: Any, precision: str, offset: int | None, *, elapsed: bool) -> tuple[_Range, _Range]:
    """The first and the last moment that each of the two values can mean.

    Two values known to the precision asked for are certain: what they lack below it counts as its beginning.
    """
    kind, other = type(left), type(right)
    if precision != _WEEK and precision not in RANKS:
        raise EvaluationError(f"{precision!r} is not a precision of dates and times")
    rank = DAY if precision == _WEEK else RANKS[precision]
    if kind is not other and {kind, other} == {Date, DateTime}:
        left, right = same_temporal(left, right)
        kind = other = DateTime
    if kind is not other or kind not in (Date, DateTime, Time):
        raise EvaluationError(f"there is no duration between values of type {kind.__name__} and {other.__name__}")
    if (kind is Time and rank < HOUR) or (kind is Date and rank > DAY):
        raise EvaluationError(f"values of type {kind.__name__} have no {precision}s between them")
    shifts = (0, 0)
    if kind is DateTime:
        if left.offset == right.offset or (not elapsed and rank <= DAY):
            shifts = (left.offset or 0, right.offset or 0)
        else:
            shifts = (offset or 0, offset or 0)
    certain = left.rank >= rank and right.rank >= rank
    return _range(left, shifts[0], certain), _range(right, shifts[1], certain)


def _range(value: Date | DateTime | Time, shift: int, certain: bool) -> _Range:
    """The first and last moment of one value, in local milliseconds on clocks ``shift`` minutes from UTC."""
    unit = MS_PER_DAY if type(value) is Date else 1
    first = value.low * unit + shift * 60_000
    if certain:
        return first, first
    # ``high`` takes a whole second for its first millisecond.
    return first, value.high * unit + (999 if value.rank == SECOND else 0) + shift * 60_000
