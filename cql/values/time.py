"""CQL Time: a time of day known to the hour or finer, without a time zone."""

from __future__ import annotations

import re
from typing import Any

from cql.values.precision import (
    HOUR,
    MILLISECOND,
    MINUTE,
    MS_PER_RANK,
    PRECISIONS,
    SECOND,
    refuse_assignment,
)

_TIME = re.compile(r"T?([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?)?")


class Time:
    """A time of day. ``low`` and ``high`` are the first and last millisecond of the day it can mean in comparisons.

    Seconds and milliseconds count as one decimal precision there, so at second precision both are the whole second.
    """

    __slots__ = ("high", "low", "rank")

    rank: int
    low: int
    high: int

    def __new__(
        cls, hour: int, minute: int | None = None, second: int | None = None, millisecond: int | None = None
    ) -> Time:
        """Raises ``ValueError`` when there is no such time, or a component is given below one that is not."""
        parts = (hour, minute, second, millisecond)
        given = next((index for index, part in enumerate(parts) if part is None), 4)
        if given == 0 or any(part is not None for part in parts[given:]):
            raise ValueError("a Time component is given below one that is not")
        numbers = [part or 0 for part in parts]
        for number, limit, name in zip(numbers, (23, 59, 59, 999), PRECISIONS[HOUR:], strict=True):
            if not 0 <= number <= limit:
                raise ValueError(f"{name} must be in 0..{limit}, not {number}")
        return cls.of(((numbers[0] * 60 + numbers[1]) * 60 + numbers[2]) * 1000 + numbers[3], HOUR + given - 1)

    @classmethod
    def of(cls, low: int, rank: int = MILLISECOND) -> Time:
        """The Time of ``rank`` beginning at millisecond ``low`` of the day (a multiple of the precision's length)."""
        draft = _Draft()
        draft.rank = rank
        draft.low = low
        draft.high = low if rank >= SECOND else low + MS_PER_RANK[rank] - 1
        draft.__class__ = Time  # type: ignore[assignment]  # the finished value refuses assignment
        return draft  # type: ignore[return-value]

    @classmethod
    def parse(cls, text: str) -> Time:
        """``hh``, ``hh:mm``, ``hh:mm:ss`` or ``hh:mm:ss.fff``, with or without a leading ``T``; else ``ValueError``.

        Digits beyond milliseconds are cut off.
        """
        found = _TIME.fullmatch(text)
        if found is None:
            raise ValueError(f"not a time: {text[:40]!r}")
        hour, minute, second, fraction = found.groups()
        return cls(
            int(hour),
            None if minute is None else int(minute),
            None if second is None else int(second),
            None if fraction is None else int(fraction[:3].ljust(3, "0")),
        )

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.low // 3_600_000

    @property
    def minute(self) -> int | None:
        """0 to 59, None at hour precision."""
        return self.low // 60_000 % 60 if self.rank >= MINUTE else None

    @property
    def second(self) -> int | None:
        """0 to 59, None below second precision."""
        return self.low // 1000 % 60 if self.rank >= SECOND else None

    @property
    def millisecond(self) -> int | None:
        """0 to 999, None below millisecond precision."""
        return self.low % 1000 if self.rank == MILLISECOND else None

    @property
    def precision(self) -> str:
        """``hour`` to ``millisecond``."""
        return PRECISIONS[self.rank]

    def __str__(self) -> str:
        low = self.low
        text = f"{low // 3_600_000:02}:{low // 60_000 % 60:02}:{low // 1000 % 60:02}.{low % 1000:03}"
        return text[: (2, 5, 8, 12)[self.rank - HOUR]]

    def __repr__(self) -> str:
        return f"@T{self}"

    def __eq__(self, other: object) -> bool:
        return type(other) is Time and self.low == other.low and self.rank == other.rank

    def __hash__(self) -> int:
        return hash((self.low, self.rank))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Time.of, (self.low, self.rank))

    __setattr__ = refuse_assignment
    __delattr__ = refuse_assignment


class _Draft:
    """A Time under construction: the same slots, still writable."""

    __slots__ = ("high", "low", "rank")

    rank: int
    low: int
    high: int
