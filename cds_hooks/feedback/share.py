"""A share of a whole, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`; both may be 0."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % score interval (Wilson 1927), which holds for small numbers too; None of nothing."""
        if not self.of:
            return None
        share, n, z2 = self.count / self.of, self.of, _Z * _Z
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        # At 0 of n and n of n one end is 0 or 1 exactly, but for rounding.
        low = 0.0 if self.count == 0 else middle - half
        high = 1.0 if self.count == n else middle + half
        return low, high

    def to_json(self) -> dict[str, float | int | None]:
        """Count, denominator, rate and interval."""
        low, high = self.interval or (None, None)
        return {"count": self.count, "of": self.of, "rate": self.rate, "low": low, "high": high}
