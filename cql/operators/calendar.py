"""Steps along the calendar and the clock: a whole number of one precision added to a Date, DateTime or Time.

ISO 8601 semantics (CQL spec, author's guide, "Date and Time Arithmetic"): a day that the resulting month does not have
becomes its last day; hours and below are added to the local time.
"""

from __future__ import annotations

import datetime as stdlib
from calendar import monthrange
from typing import TypeVar, overload

from cql.errors import EvaluationError
from cql.values import Date, DateTime, Time
from cql.values.precision import DAY, MONTH, MS_PER_DAY, MS_PER_RANK, YEAR

_Day = TypeVar("_Day", stdlib.date, stdlib.datetime)


@overload
def step(value: Date, amount: int, rank: int) -> Date: ...
@overload
def step(value: DateTime, amount: int, rank: int) -> DateTime: ...
@overload
def step(value: Time, amount: int, rank: int) -> Time: ...


def step(value: Date | DateTime | Time, amount: int, rank: int) -> Date | DateTime | Time:
    """``value`` moved by ``amount`` units of ``rank``, which must not be finer than the value's own precision.

    A Time goes round the clock. Raises ``EvaluationError`` when the result leaves the years 1 to 9999.
    """
    try:
        if type(value) is Time:
            return Time.of((value.low + amount * MS_PER_RANK[rank]) % MS_PER_DAY, value.rank)
        if type(value) is Date:
            if rank <= MONTH:
                return Date.of(_add_months(value.first, amount * 12 if rank == YEAR else amount), value.rank)
            return Date.of(stdlib.date.fromordinal(value.low + amount), value.rank)
        assert type(value) is DateTime
        if rank <= MONTH:
            first = _add_months(value.first, amount * 12 if rank == YEAR else amount)
        elif rank == DAY:
            first = value.first + stdlib.timedelta(days=amount)
        else:
            first = value.first + stdlib.timedelta(milliseconds=amount * MS_PER_RANK[rank])
        return DateTime.of(first, value.rank, value.offset)
    except (ValueError, OverflowError) as error:
        raise EvaluationError(f"a date outside the years 1 to 9999: {value} moved by {amount}") from error


def _add_months(first: _Day, months: int) -> _Day:
    """The same day of the month that many months on, or that month's last day. Raises ``ValueError`` out of range."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if not stdlib.MINYEAR <= year <= stdlib.MAXYEAR:
        raise ValueError("year out of range")
    return first.replace(year=year, month=month + 1, day=min(first.day, monthrange(year, month + 1)[1]))
