"""CQL Date: a calendar date known to the year, the month or the day."""

from __future__ import annotations

import datetime as stdlib
import re
from calendar import monthrange
from typing import Any

from cql.values.precision import DAY, MONTH, PRECISIONS, YEAR, refuse_assignment

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


class Date:
    """A date in the years 1 to 9999, in the proleptic Gregorian calendar.

    ``low`` and ``high`` are the ordinals (1 = 0001-01-01) of the first and the last day it can mean, ``first`` is the
    first of these days. Python's ``==`` asks for the same date at the same precision; CQL's comparisons are in
    ``cql.operators``.
    """

    __slots__ = ("first", "high", "low", "rank")

    first: stdlib.date
    rank: int
    low: int
    high: int

    def __new__(cls, year: int, month: int | None = None, day: int | None = None) -> Date:
        """Raises ``ValueError`` when there is no such date, or a day without a month."""
        if day is not None:
            if month is None:
                raise ValueError("a Date with a day needs a month")
            return cls.of(stdlib.date(year, month, day))
        return cls.of(stdlib.date(year, month or 1, 1), YEAR if month is None else MONTH)

    @classmethod
    def of(cls, first: stdlib.date, rank: int = DAY) -> Date:
        """The Date of ``rank`` that begins with ``first`` (the first day of its month or year if partial)."""
        draft = _Draft()
        draft.first = first
        draft.rank = rank
        draft.low = draft.high = first.toordinal()
        if rank == MONTH:
            draft.high += monthrange(first.year, first.month)[1] - 1
        elif rank == YEAR:
            draft.high = stdlib.date(first.year, 12, 31).toordinal()
        draft.__class__ = Date  # type: ignore[assignment]  # the finished value refuses assignment
        return draft  # type: ignore[return-value]

    @classmethod
    def parse(cls, text: str) -> Date:
        """``2014``, ``2014-01`` or ``2014-01-25``; raises ``ValueError`` for anything else."""
        if len(text) == 10 and text[4] == text[7] == "-":
            return cls.of(stdlib.date.fromisoformat(text))
        found = _PARTIAL.fullmatch(text)
        if found is None:
            raise ValueError(f"not a date: {text[:40]!r}")
        year, month = found.groups()
        return cls(int(year), None if month is None else int(month))

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
    def precision(self) -> str:
        """``year``, ``month`` or ``day``."""
        return PRECISIONS[self.rank]

    def __str__(self) -> str:
        return self.first.isoformat()[: (4, 7, 10)[self.rank]]

    def __repr__(self) -> str:
        return f"@{self}"

    def __eq__(self, other: object) -> bool:
        return type(other) is Date and self.low == other.low and self.rank == other.rank

    def __hash__(self) -> int:
        return hash((self.low, self.rank))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Date.of, (self.first, self.rank))

    __setattr__ = refuse_assignment
    __delattr__ = refuse_assignment


class _Draft:
    """A Date under construction: the same slots, still writable. Cheaper than going round ``__setattr__`` per slot."""

    __slots__ = ("first", "high", "low", "rank")

    first: stdlib.date
    rank: int
    low: int
    high: int
