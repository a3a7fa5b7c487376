"""The date and time operators on points (CQL spec, Appendix B, "Date and Time Operators").

Constructors, components, durations, differences, ages, and the comparisons with a precision.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from cql.errors import EvaluationError
from cql.operators.duration import difference_between, duration_between
from cql.operators.precision_comparison import (
    after_point,
    before_point,
    same_as_point,
    same_or_after_point,
    same_or_before_point,
)
from cql.values import Date, DateTime, Time, Uncertainty
from cql.values.precision import DAY, HOUR, MS_PER_DAY, PRECISIONS

__all__ = [
    "after_point",
    "before_point",
    "calculate_age",
    "calculate_age_at",
    "date",
    "date_from",
    "date_time",
    "date_time_component_from",
    "difference_between",
    "duration_between",
    "now",
    "same_as_point",
    "same_or_after_point",
    "same_or_before_point",
    "time",
    "time_from",
    "time_of_day",
    "timezone_offset_from",
    "today",
]

_COMPONENTS: Final[dict[type, tuple[str, ...]]] = {
    Date: PRECISIONS[: DAY + 1],
    DateTime: PRECISIONS,
    Time: PRECISIONS[HOUR:],
}


def date(year: int | None, month: int | None = None, day: int | None = None) -> Date | None:
    """``Date(year, month, day)``; null when every part is null. Raises ``EvaluationError`` for a date that is none."""
    if year is None and month is None and day is None:
        return None
    try:
        return Date(_given(year), month, day)
    except (ValueError, OverflowError) as error:
        raise EvaluationError(f"Date({year}, {month}, {day}) is not a date: {error}") from error


def date_time(
    year: int | None,
    month: int | None = None,
    day: int | None = None,
    hour: int | None = None,
    minute: int | None = None,
    second: int | None = None,
    millisecond: int | None = None,
    timezone_offset: Decimal | int | None = None,
    *,
    offset: int | None = None,
) -> DateTime | None:
    """``DateTime(year, ..., timezoneOffset)``: ``timezone_offset`` in hours, ``offset`` the evaluation's, minutes.

    Null when every component is null. Raises ``EvaluationError`` for a moment that is none.
    """
    parts = (year, month, day, hour, minute, second, millisecond)
    if all(part is None for part in parts):
        return None
    minutes = offset if timezone_offset is None else int(Decimal(timezone_offset) * 60)
    try:
        return DateTime(_given(year), *parts[1:], minutes)
    except (ValueError, OverflowError) as error:
        given = ", ".join("null" if part is None else str(part) for part in parts)
        raise EvaluationError(f"DateTime({given}) is not a date and time: {error}") from error


def time(
    hour: int | None, minute: int | None = None, second: int | None = None, millisecond: int | None = None
) -> Time | None:
    """``Time(hour, ...)``; null when all are null. Raises ``EvaluationError`` for a time that is none."""
    if hour is None and minute is None and second is None and millisecond is None:
        return None
    try:
        return Time(_given(hour), minute, second, millisecond)
    except ValueError as error:
        raise EvaluationError(f"Time({hour}, {minute}, {second}, {millisecond}) is not a time: {error}") from error


def now(moment: DateTime) -> DateTime:
    """``Now()``: the evaluation's own moment, the same throughout it."""
    return moment


def today(moment: DateTime) -> Date:
    """``Today()``: the day of the evaluation's moment, in its own time zone."""
    return Date.of(moment.first.date())


def time_of_day(moment: DateTime) -> Time:
    """``TimeOfDay()``: the local time of the evaluation's moment."""
    return Time.of((moment.low + (moment.offset or 0) * 60_000) % MS_PER_DAY)


def date_from(value: DateTime | Date | None) -> Date | None:
    """``date from value``, at the value's precision up to the day; the date in the value's own time zone."""
    if value is None or type(value) is Date:
        return value
    moment = _moment(value, "date from")
    return Date.of(moment.first.date(), min(moment.rank, DAY))


def time_from(value: DateTime | None, *, offset: int | None = None) -> Time | None:
    """``time from value``, in the evaluation's time zone when ``offset`` tells it; null when the value has no hour."""
    if value is None:
        return None
    moment = _moment(value, "time from")
    if moment.rank < HOUR:
        return None
    shift = moment.offset if offset is None or moment.offset is None else offset
    return Time.of((moment.low + (shift or 0) * 60_000) % MS_PER_DAY, moment.rank)


def timezone_offset_from(value: DateTime | None, *, offset: int | None = None) -> Decimal | None:
    """``timezoneoffset from value`` in hours; the evaluation's when the value has none."""
    if value is None:
        return None
    own = _moment(value, "timezoneoffset from").offset
    minutes = offset if own is None else own
    return None if minutes is None else (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def date_time_component_from(value: Any, component: str) -> int | None:
    """``year from value`` and so on; null when the value is not known that precisely.

    Raises ``EvaluationError`` for a component that the type does not have (the hour of a Date).
    """
    if value is None:
        return None
    if component not in _COMPONENTS.get(type(value), ()):
        raise EvaluationError(f"a {type(value).__name__} has no {component}")
    found: int | None = getattr(value, component)
    return found


def calculate_age(birth: Date | DateTime | None, precision: str, moment: DateTime) -> int | Uncertainty | None:
    """``AgeInYears()`` and its kin, ``CalculateAgeInYears(birth)``: the age at the evaluation's moment."""
    if birth is None:
        return None
    return duration_between(birth, today(moment) if type(birth) is Date else moment, precision)


def calculate_age_at(birth: Any, at: Any, precision: str) -> int | Uncertainty | None:
    """``AgeInYearsAt(at)``, ``CalculateAgeInYearsAt(birth, at)``."""
    if type(birth) is DateTime and type(at) is Date:
        birth = date_from(birth)
    elif type(birth) is Date and type(at) is DateTime and precision in ("year", "month", "week", "day"):
        at = date_from(at)
    return duration_between(birth, at, precision)


def _given(first: int | None) -> int:
    if first is None:
        raise ValueError("a component is given below one that is not")
    return first


def _moment(value: Any, operator: str) -> DateTime:
    if type(value) is not DateTime:
        raise EvaluationError(f"{operator} takes a DateTime, not a {type(value).__name__}")
    return value
