"""CQL DateTime: a point in time known to the year or finer, with the offset of its local time from UTC."""

from __future__ import annotations

import datetime as stdlib
import re
from calendar import monthrange
from typing import Any

from cql.values.date import Date
from cql.values.precision import (
    DAY,
    HOUR,
    MILLISECOND,
    MINUTE,
    MONTH,
    MS_PER_DAY,
    MS_PER_RANK,
    PRECISIONS,
    SECOND,
    YEAR,
    refuse_assignment,
)

_fromisoformat = stdlib.datetime.fromisoformat
# A trailing T marks a DateTime literal without a time ("2014-01T"); an offset needs a time.
_FORM = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
    r"(?:T(?:([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)
_MAX_OFFSET = 14 * 60


class DateTime:
    """A point in time in the years 1 to 9999.

    ``first`` is the first moment it can mean, as local time; ``offset`` that its minutes east of UTC (None only
    when nothing told it: it then counts as UTC). ``low`` and ``high`` are the first and last moment in UTC milliseconds
    since 0000-12-31, as comparisons see them: seconds and milliseconds count as one decimal precision, so at second
    precision both are the whole second.
    Python's ``==`` asks for the same local time, precision and offset; CQL's comparisons are in ``cql.operators``.
    """

    __slots__ = ("first", "high", "low", "offset", "rank")

    first: stdlib.datetime
    rank: int
    offset: int | None
    low: int
    high: int

    def __new__(
        cls,
        year: int,
        month: int | None = None,
        day: int | None = None,
        hour: int | None = None,
        minute: int | None = None,
        second: int | None = None,
        millisecond: int | None = None,
        offset: int | None = None,
    ) -> DateTime:
        """Raises ``ValueError`` when there is no such moment, or a component is given below one that is not."""
        parts = (year, month, day, hour, minute, second, millisecond)
        given = next((index for index, part in enumerate(parts) if part is None), 7)
        if given == 0 or any(part is not None for part in parts[given:]):
            raise ValueError("a DateTime component is given below one that is not")
        if offset is not None and not -_MAX_OFFSET <= offset <= _MAX_OFFSET:
            raise ValueError(f"the offset from UTC must be within 14 hours, not {offset} minutes")
        if millisecond is not None and not 0 <= millisecond <= 999:
            raise ValueError(f"millisecond must be in 0..999, not {millisecond}")
        first = stdlib.datetime(
            year,
            1 if month is None else month,
            1 if day is None else day,
            hour or 0,
            minute or 0,
            second or 0,
            (millisecond or 0) * 1000,
        )
        return cls.of(first, given - 1, offset)

    @classmethod
    def of(cls, first: stdlib.datetime, rank: int = MILLISECOND, offset: int | None = None) -> DateTime:
        """The DateTime of ``rank`` that begins at the local time ``first`` (its tzinfo is ignored)."""
        draft = _Draft()
        draft.first = first
        draft.rank = rank
        draft.offset = offset
        low = first.toordinal() * MS_PER_DAY + (
            (first.hour * 60 + first.minute - (offset or 0)) * 60_000 + first.second * 1000 + first.microsecond // 1000
        )
        draft.low = low
        draft.high = low if rank >= SECOND else low + _length(first, rank) - 1
        draft.__class__ = DateTime  # type: ignore[assignment]  # the finished value refuses assignment
        return draft  # type: ignore[return-value]

    @classmethod
    def parse(cls, text: str, offset: int | None = None) -> DateTime:
        """A FHIR or CQL date and time, ``2014`` to ``2014-01-25T14:30:00.000+01:00``; raises ``ValueError`` for others.

        ``offset`` is that of a text without one. Digits beyond milliseconds are cut off. A trailing T (``2014T``) and
        hour or minute precision are CQL's only.
        """
        size = len(text)
        # The full forms go through the standard library's C parser; the checks leave it no room for other ISO forms.
        if size > 19 and text[10] == "T" and text[16] == ":" and text[5] != "W":
            mark = text[19]
            if mark == "." and (
                (size == 29 and text[26] == ":" and text[27] < "6") or (size == 24 and text[23] == "Z")
            ):
                first = _fromisoformat(text)
                return cls.of(first, MILLISECOND, _offset(first))
            if (size == 20 and mark == "Z") or (size == 25 and mark in "+-" and text[22] == ":" and text[23] < "6"):
                first = _fromisoformat(text)
                return cls.of(first, SECOND, _offset(first))
        if size == 10 and text[4] == text[7] == "-":
            return cls.of(_fromisoformat(text), DAY, offset)
        return cls._parse_any(text, offset)

    @classmethod
    def _parse_any(cls, text: str, offset: int | None) -> DateTime:
        """``parse`` for the forms that are not common in data."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"not a date and time: {text[:40]!r}")
        *parts, fraction, zone = found.groups()
        if parts[3] is not None and parts[2] is None:
            raise ValueError(f"a time without a day: {text[:40]!r}")
        millisecond = None if fraction is None else int(fraction[:3].ljust(3, "0"))
        if zone == "Z":
            offset = 0
        elif zone is not None:
            hours, minutes = int(zone[1:3]), int(zone[4:6])
            if minutes > 59:
                raise ValueError(f"not an offset from UTC: {zone}")
            offset = (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes)
        year, month, day, hour, minute, second = [None if part is None else int(part) for part in parts]
        return cls(year or 0, month, day, hour, minute, second, millisecond, offset)

    @classmethod
    def from_date(cls, date: Date, offset: int | None) -> DateTime:
        """The DateTime at the date's precision: its time is unknown, not midnight."""
        return cls.of(stdlib.datetime(date.first.year, date.first.month, date.first.day), date.rank, offset)

    @property
    def year(self) -> int:
        """1 to 9999."""
        return self.first.year

    @property
    def month(self) -> int | None:
        """1 to 12, None at year precision."""
        return self.first.month if self.rank >= MONTH else None

    @property
    def day(self) -> int | None:
        """1 to 31, None below day precision."""
        return self.first.day if self.rank >= DAY else None

    @property
    def hour(self) -> int | None:
        """0 to 23, None below hour precision."""
        return self.first.hour if self.rank >= HOUR else None

    @property
    def minute(self) -> int | None:
        """0 to 59, None below minute precision."""
        return self.first.minute if self.rank >= MINUTE else None

    @property
    def second(self) -> int | None:
        """0 to 59, None below second precision."""
        return self.first.second if self.rank >= SECOND else None

    @property
    def millisecond(self) -> int | None:
        """0 to 999, None below millisecond precision."""
        return self.first.microsecond // 1000 if self.rank == MILLISECOND else None

    @property
    def precision(self) -> str:
        """``year`` to ``millisecond``."""
        return PRECISIONS[self.rank]

    def __str__(self) -> str:
        text = self.first.replace(tzinfo=None).isoformat(timespec="milliseconds")
        text = text[: (4, 7, 10, 13, 16, 19, 23)[self.rank]]
        if self.offset is None or self.rank < HOUR:
            return text
        sign = "-" if self.offset < 0 else "+"
        return f"{text}{sign}{abs(self.offset) // 60:02}:{abs(self.offset) % 60:02}"

    def __repr__(self) -> str:
        return f"@{self}" if self.rank >= HOUR else f"@{self}T"

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is DateTime
            and self.low == other.low
            and self.rank == other.rank
            and self.offset == other.offset
        )

    def __hash__(self) -> int:
        return hash((self.low, self.rank, self.offset))

    def __reduce__(self) -> tuple[Any, ...]:
        return (DateTime.of, (self.first, self.rank, self.offset))

    __setattr__ = refuse_assignment
    __delattr__ = refuse_assignment


class _Draft:
    """A DateTime under construction: the same slots, still writable (see ``cql.values.date``)."""

    __slots__ = ("first", "high", "low", "offset", "rank")

    first: stdlib.datetime
    rank: int
    offset: int | None
    low: int
    high: int


def _length(first: stdlib.datetime, rank: int) -> int:
    """Milliseconds that a value of ``rank`` beginning at ``first`` covers."""
    if rank == YEAR:
        return (stdlib.date(first.year, 12, 31).toordinal() - first.toordinal() + 1) * MS_PER_DAY
    if rank == MONTH:
        return monthrange(first.year, first.month)[1] * MS_PER_DAY
    return MS_PER_RANK[rank]


def _offset(moment: stdlib.datetime) -> int:
    """Minutes east of UTC of an aware datetime; raises ``ValueError`` beyond 14 hours."""
    delta = moment.utcoffset()
    if not delta:  # UTC, by far the most common
        return 0
    minutes = delta.days * 1440 + delta.seconds // 60
    if not -_MAX_OFFSET <= minutes <= _MAX_OFFSET:
        raise ValueError(f"the offset from UTC must be within 14 hours, not {minutes} minutes")
    return minutes
