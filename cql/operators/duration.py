"""Duration and difference between two dates or times (CQL spec, Appendix B, "Duration", "Difference").

A duration is a number of whole periods, a difference the number of period boundaries crossed. For values less precise
than the period the result is an uncertainty: from the shortest to the longest that the values allow.
"""

from __future__ import annotations

import datetime as stdlib
from typing import Any, Final, NamedTuple

from cql.errors import EvaluationError
from cql.operators.ordering import same_temporal
from cql.values import Date, DateTime, Time, Uncertainty
from cql.values.precision import DAY, HOUR, MILLISECOND, MS_PER_DAY, MS_PER_RANK, RANKS, SECOND
from cql.values.structured import uncertain

_WEEK: Final = "week"
_MS_PER_WEEK: Final = 7 * MS_PER_DAY


class _Moment(NamedTuple):
    """One of the moments that a value can mean: months since year 0, and milliseconds since 0000-12-31, both local.

    ``within`` is the time since the month's beginning, and so orders moments of different months by their place in it.
    """

    months: int
    within: int
    milliseconds: int


def duration_between(left: Any, right: Any, precision: str, *, offset: int | None = None) -> int | Uncertainty | None:
    """``<precision>s between left and right``: whole periods, negative when ``left`` is the later one.

    DateTimes of different time zones are taken as clocks at ``offset`` (the evaluation's, in minutes; UTC if None) show
    them. Raises ``EvaluationError`` for a precision that the values cannot have.
    """
    if left is None or right is None:
        return None
    (first, last), (other_first, other_last) = _ranges(left, right, precision, offset, elapsed=True)
    low = _whole_periods(last, other_first, precision)
    return (
        low
        if first is last and other_first is other_last
        else uncertain(low, _whole_periods(first, other_last, precision))
    )


def difference_between(left: Any, right: Any, precision: str, *, offset: int | None = None) -> int | Uncertainty | None:
    """``difference in <precision>s between left and right``: boundaries crossed; a week begins on Sunday.

    Time zones are brought together as in ``duration_between``, but only for hours and finer: days, months and years are
    those that each value's own place had.
    """
    if left is None or right is None:
        return None
    (first, last), (other_first, other_last) = _ranges(left, right, precision, offset, elapsed=False)
    low = _boundaries(last, other_first, precision)
    return (
        low
        if first is last and other_first is other_last
        else uncertain(low, _boundaries(first, other_last, precision))
    )


def _whole_periods(left: _Moment, right: _Moment, precision: str) -> int:
    """Whole periods from ``left`` to ``right``, towards zero."""
    if precision in ("year", "month"):
        months = right.months - left.months
        # A month not yet full does not count. The last day of a shorter month does not stand in for a later day.
        if months > 0 and right.within < left.within:
            months -= 1
        elif months < 0 and right.within > left.within:
            months += 1
        return months if precision == "month" else _towards_zero(months, 12)
    return _towards_zero(right.milliseconds - left.milliseconds, _length(precision))


def _boundaries(left: _Moment, right: _Moment, precision: str) -> int:
    """Boundaries of the period between ``left`` and ``right``."""
    if precision == "year":
        return (right.months - 1) // 12 - (left.months - 1) // 12
    if precision == "month":
        return right.months - left.months
    length = _length(precision)
    # Day 0 of the count, 0000-12-31, is a Sunday in the calendar carried back, so that weeks begin at its multiples.
    return right.milliseconds // length - left.milliseconds // length


def _length(precision: str) -> int:
    return _MS_PER_WEEK if precision == _WEEK else MS_PER_RANK[RANKS[precision]]


def _towards_zero(amount: int, length: int) -> int:
    return amount // length if amount >= 0 else -(-amount // length)


_Range = tuple[_Moment, _Moment]


def _ranges(left: Any, right: Any, precision: str, offset: int | None, *, elapsed: bool) -> tuple[_Range, _Range]:
    """The first and the last moment that each of the two values can mean.

    Values known to the precision asked for are certain: what they lack below it counts as its beginning, and the two
    moments of each are one object.
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
    """The moments of one value, on clocks ``shift`` minutes from UTC."""
    unit = MS_PER_DAY if type(value) is Date else 1
    first = _at(value.low * unit + shift * 60_000)
    if certain or value.rank == MILLISECOND:
        return first, first
    # The last moment of a partial date ends its last day; ``high`` takes a whole second for its first millisecond.
    rest = MS_PER_DAY - 1 if type(value) is Date else 999 if value.rank == SECOND else 0
    return first, _at(value.high * unit + rest + shift * 60_000)


def _at(milliseconds: int) -> _Moment:
    """The moment that many local milliseconds after 0000-12-31 (or, for a Time, after midnight)."""
    ordinal, rest = divmod(milliseconds, MS_PER_DAY)
    # Time zones can carry the first and last day of the calendar over its edge; a Time has no date at all.
    day = stdlib.date.fromordinal(min(max(ordinal, 1), stdlib.date.max.toordinal()))
    return _Moment(day.year * 12 + day.month, day.day * MS_PER_DAY + rest, milliseconds)
