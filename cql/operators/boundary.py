"""Precision, LowBoundary and HighBoundary (CQL spec, Appendix B, "Arithmetic Operators").

A precision is counted in digits: decimal places, or the digits of a date (4 year, 6 month, 8 day, 10, 12, 14,
17 millisecond) or time (2 hour, 4, 6, 9 millisecond).
"""

from __future__ import annotations

import datetime as stdlib
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from cql.errors import EvaluationError
from cql.values import Date, DateTime, Long, Time
from cql.values.number import DECIMAL_PLACES, DECIMAL_STEP, WIDE, decimal, scale
from cql.values.precision import DAY, HOUR, MILLISECOND, MONTH, MS_PER_RANK, SECOND

_DIGITS: Final = (4, 6, 8, 10, 12, 14, 17)  # of dates and DateTimes, by rank
_FIELDS: Final = ("month", "day", "hour", "minute", "second", "microsecond")  # what follows a year, a month, ...
_TIME_DIGITS: Final = {2: HOUR, 4: HOUR + 1, 6: SECOND, 9: MILLISECOND}


def precision(value: Any) -> int | None:
    """``Precision(value)``: digits after the point of a Decimal, all digits of a Date, DateTime or Time."""
    if value is None:
        return None
    kind = type(value)
    if kind is Decimal:
        return scale(value)
    if kind is Date or kind is DateTime:
        return _DIGITS[value.rank]
    if kind is Time:
        return _DIGITS[value.rank] - 8
    raise EvaluationError(f"Precision is not defined for values of type {kind.__name__}")


def low_boundary(value: Any, digits: int | None = None) -> Any:
    """``LowBoundary(value, digits)``: the least value the input can mean, to that precision (none: the finest)."""
    return _boundary(value, digits, low=True)


def high_boundary(value: Any, digits: int | None = None) -> Any:
    """``HighBoundary(value, digits)``: the greatest value the input can mean, to that precision (none: the finest)."""
    return _boundary(value, digits, low=False)


def _boundary(value: Any, digits: int | None, *, low: bool) -> Any:
    if value is None:
        return None
    kind = type(value)
    if kind is Decimal or kind is int or kind is Long:
        return _decimal_boundary(Decimal(value), DECIMAL_PLACES if digits is None else digits, low=low)
    if kind is Time:
        rank = MILLISECOND if digits is None else _TIME_DIGITS.get(digits)
        return None if rank is None else _time_boundary(value, rank, low=low)
    if kind is Date or kind is DateTime:
        finest = DAY if kind is Date else MILLISECOND
        rank = finest if digits is None else _DIGITS.index(digits) if digits in _DIGITS else None
        if rank is None or rank > finest:
            return None
        return _date_boundary(value, rank, low=low) if kind is Date else _moment_boundary(value, rank, low=low)
    raise EvaluationError(
        f"{'LowBoundary' if low else 'HighBoundary'} is not defined for values of type {kind.__name__}"
    )


def _decimal_boundary(value: Decimal, places: int, *, low: bool) -> Decimal | None:
    """A Decimal stands for all those that begin with its digits: 1.587 for 1.58700000 to 1.58799999."""
    if not 0 <= places <= DECIMAL_PLACES:
        return None
    rest = WIDE.subtract(Decimal(1).scaleb(-scale(value)), DECIMAL_STEP)  # what may follow, away from zero
    if value < 0 and low:
        value = WIDE.subtract(value, rest)
    elif value >= 0 and not low:
        value = WIDE.add(value, rest)
    unit = Decimal(1).scaleb(-places)
    # To fewer places: the least is rounded down and the greatest too, in the direction of its digits.
    rounding = ROUND_FLOOR if value >= 0 else ROUND_CEILING
    return decimal(value.quantize(unit, rounding=rounding, context=WIDE))


def _date_boundary(value: Date, rank: int, *, low: bool) -> Date:
    day = stdlib.date.fromordinal(value.low if low else value.high)
    return Date.of(day.replace(month=1 if rank < MONTH else day.month, day=1 if rank < DAY else day.day), rank)


def _moment_boundary(value: DateTime, rank: int, *, low: bool) -> DateTime:
    moment = value.first
    if not low:
        # ``high`` takes a whole second for its first millisecond, which is not the last one of it.
        last = value.high - value.low + (999 if value.rank == SECOND else 0)
        moment += stdlib.timedelta(milliseconds=last)
    # A coarser precision keeps the leading components and starts the others anew.
    starts: dict[str, Any] = {name: int(name in ("month", "day")) for name in _FIELDS[rank:]}
    return DateTime.of(moment.replace(**starts), rank, value.offset)


def _time_boundary(value: Time, rank: int, *, low: bool) -> Time:
    last = value.low if low else value.high + (999 if value.rank == SECOND else 0)
    return Time.of(last - last % MS_PER_RANK[rank], rank)
