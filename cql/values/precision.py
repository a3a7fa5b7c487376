"""Precisions of Date, DateTime and Time, coarse to fine, and the lengths of the fixed ones."""

from __future__ import annotations

from typing import Final, NoReturn

from cql.errors import EvaluationError

PRECISIONS: Final = ("year", "month", "day", "hour", "minute", "second", "millisecond")
YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MILLISECOND = range(7)
RANKS: Final[dict[str, int]] = {name: rank for rank, name in enumerate(PRECISIONS)}

MS_PER_DAY: Final = 86_400_000
# Milliseconds in one unit of the ranks that always last the same; years and months do not.
MS_PER_RANK: Final[dict[int, int]] = {DAY: MS_PER_DAY, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1000, MILLISECOND: 1}


def rank_of(precision: str) -> int:
    """The rank of a precision name; raises ``EvaluationError`` for one that dates and times do not have (week)."""
    rank = RANKS.get(precision)
    if rank is None:
        raise EvaluationError(f"{precision!r} is not a precision of a date or time")
    return rank


def refuse_assignment(self: object, name: str, value: object = None) -> NoReturn:
    """``__setattr__`` and ``__delattr__`` of the temporal values: they are immutable."""
    raise AttributeError(f"{type(self).__name__} is immutable")
