"""Dates of known precision: a year, a month or a day, as an inclusive range of days.

Time of day and time zone are dropped: no fact is finer than a day. A year alone stays uncertain ("2021" may be any
day of it), and what that uncertainty straddles is unknown.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mappers.recall import remembered

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?$", re.DOTALL)
EARLIEST_YEAR = 1850


@dataclass(frozen=True, slots=True)
class PartialDate:
    """Any day from `low` to `high`, both included; `text` is the ISO form in the precision given."""

    low: date
    high: date
    text: str

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.low == self.high

    def after(self, other: "PartialDate") -> bool | None:
        """Whether this is later: None when the precisions leave it open."""
        if self.low > other.high:
            return True
        return False if self.high <= other.low else None

    @staticmethod
    def of(day: date) -> "PartialDate":
        """A date known to the day."""
        return PartialDate(day, day, day.isoformat())


def parse(value: object) -> PartialDate | None:
    """A FHIR date, dateTime or instant; None for anything else, impossible dates and years before 1850."""
    return _parse(value) if isinstance(value, str) else None


@remembered(maxsize=4096)
def _parse(written: str) -> PartialDate | None:
    match = _DATE.match(written.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or year < EARLIEST_YEAR:
        return None
    if month is None:
        return PartialDate(date(year, 1, 1), date(year, 12, 31), f"{year:04d}")
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return PartialDate(date(year, month, 1), date(year, month, last), f"{year:04d}-{month:02d}")
    return PartialDate.of(date(year, month, day)) if 1 <= day <= last else None


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last day of a shorter month (31 January + 1 month is 28 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return date.min if year < 1 else date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def completed_months(start: date, end: date) -> int:
    """Whole months completed from start to end; negative when the end is earlier."""
    if end < start:
        return -completed_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def months_between(start: date, end: date) -> Decimal:
    """Months from start to end with the days left over as a fraction of 31, to two decimals.

    Twelve months to the day is exactly 12, a day more is 12.03: "more than 12 months" compares dates, not
    truncated months.
    """
    sign = -1 if end < start else 1
    first, second = (start, end) if sign == 1 else (end, start)
    whole = completed_months(first, second)
    days = (second - add_months(first, whole)).days
    return sign * (whole + (Decimal(days) / 31).quantize(Decimal("0.01")))


def completed_years(start: date, end: date) -> int:
    """Whole years completed: an age."""
    return completed_months(start, end) // 12
