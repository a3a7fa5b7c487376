"""The ``per`` of Collapse and Expand: the size of the units into which they divide the points (CQL reference, B.9).

A numeric per is an amount in a unit (``1`` for plain numbers), a temporal per a number of a calendar precision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from cql.operators.bounds import end, start
from cql.operators.precise import TEMPORALS
from cql.values import Date, DateTime, Interval, Long, Quantity, Time
from cql.values.number import scale
from cql.values.precision import DAY, HOUR, MILLISECOND, MINUTE, MONTH, MS_PER_DAY, MS_PER_RANK, RANKS, SECOND
from cql.values.units import canonical, conversion

# Calendar words and the UCUM units that mean the same; UCUM's year and month are lengths of time, not of the calendar.
_RANKS: Final[dict[str, int]] = {**RANKS, "d": DAY, "h": HOUR, "min": MINUTE, "s": SECOND, "ms": MILLISECOND}
T = TypeVar("T", Date, DateTime, Time)

_WEEKS: Final = frozenset({"week", "wk"})


@dataclass(frozen=True, slots=True)
class TemporalPer:
    """``count`` units of the precision ``rank``."""

    rank: int
    count: int


@dataclass(frozen=True, slots=True)
class NumericPer:
    """``amount`` in ``unit``."""

    amount: Decimal
    unit: str

    def position(self, point: Any) -> Fraction | None:
        """A number or quantity as a number of ``unit``; None if it does not convert."""
        if isinstance(point, Quantity):
            convert = conversion(point.unit, self.unit)
            return None if convert is None else convert.apply(point.value)
        return Fraction(point) if self.unit == "1" else None


def points_of(intervals: Iterable[Interval]) -> list[Any]:
    """The starts and ends that are known."""
    return [point for one in intervals for point in (start(one), end(one)) if point is not None]


def temporal_per(per: Quantity | None, points: list[Any]) -> TemporalPer | None:
    """The per for dates or times; the coarsest precision of ``points`` if none is given.

    None if it is not a unit of the calendar, less than one, or (for times) longer than an hour's precision.
    """
    if per is None:
        return TemporalPer(min(point.rank for point in points), 1)
    unit = canonical(per.unit)
    rank = DAY if unit in _WEEKS else _RANKS.get(unit)
    if rank is None or (rank < HOUR and any(type(point) is Time for point in points)):
        return None
    amount = per.value * 7 if unit in _WEEKS else per.value
    if rank == SECOND and amount != int(amount):  # seconds alone have fractions
        rank, amount = MILLISECOND, amount * 1000
    return TemporalPer(rank, int(amount)) if amount >= 1 else None


def numeric_per(per: Quantity | None, points: list[Any]) -> NumericPer | None:
    """The per for numbers or quantities; None if it is not positive.

    If none is given it is 1 for integers, and the last decimal place of the bound with the fewest for decimals and
    quantities, in the unit of the first.
    """
    if per is not None:
        return NumericPer(per.value, canonical(per.unit)) if per.value > 0 else None
    values = [point.value if isinstance(point, Quantity) else point for point in points]
    places = min(scale(value) if isinstance(value, Decimal) else 0 for value in values)
    unit = canonical(points[0].unit) if isinstance(points[0], Quantity) else "1"
    return NumericPer(Decimal(1).scaleb(-places), unit)


def as_quantity(per: Quantity | int | Decimal | None) -> Quantity | None:
    """A plain number as a quantity without unit."""
    return Quantity(Decimal(per)) if isinstance(per, int | Long | Decimal) else per


def is_temporal(points: list[Any]) -> bool:
    """Whether the points are dates or times."""
    return type(points[0]) in TEMPORALS


def units_between(first: T, last: T, rank: int) -> int:
    """How many boundaries of the precision ``rank`` lie between two dates or times, which must both be that precise."""
    if isinstance(first, Time) or isinstance(last, Time):
        return last.low // MS_PER_RANK[rank] - first.low // MS_PER_RANK[rank]
    if rank <= MONTH:
        months = (last.first.year - first.first.year) * 12 + last.first.month - first.first.month
        return months if rank == MONTH else last.first.year - first.first.year
    if rank == DAY:
        return last.first.toordinal() - first.first.toordinal()
    return _local(last) // MS_PER_RANK[rank] - _local(first) // MS_PER_RANK[rank]


def _local(moment: Date | DateTime) -> int:
    """Milliseconds of the local time."""
    return moment.low + (moment.offset or 0) * 60_000 if isinstance(moment, DateTime) else moment.low * MS_PER_DAY


def at_offset_of(moment: Any, model: Any) -> Any:
    """A DateTime in the offset of another, so that both are counted along one clock; other points as they are."""
    if type(moment) is not DateTime or moment.rank < HOUR or (moment.offset or 0) == (model.offset or 0):
        return moment
    shift = (model.offset or 0) - (moment.offset or 0)
    return DateTime.of(moment.first + timedelta(minutes=shift), moment.rank, model.offset)
