"""A date or time plus or minus a quantity of time (CQL spec, author's guide, "Date and Time Arithmetic")."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from cql.errors import EvaluationError
from cql.operators.calendar import step
from cql.values import Date, DateTime, Quantity, Time
from cql.values.precision import DAY, HOUR, MILLISECOND, MINUTE, MONTH, MS_PER_RANK, RANKS, SECOND, YEAR
from cql.values.units import canonical

# Calendar words and the UCUM units that mean the same; UCUM's year and month (365.25 and 30.4375 days) do not.
_UNITS: Final[dict[str, int]] = {
    **RANKS,
    "d": DAY,
    "h": HOUR,
    "min": MINUTE,
    "s": SECOND,
    "ms": MILLISECOND,
}
_WEEKS: Final = ("week", "wk")
_DAYS_PER: Final = {YEAR: 365, MONTH: 30}


def add_duration(value: Date | DateTime | Time, quantity: Any, direction: int) -> Any:
    """``value + quantity`` (``direction`` 1) or ``value - quantity`` (-1).

    Fractions of units above seconds are cut off. A unit finer than the value's precision is first converted to that
    precision, cutting off again. Raises ``EvaluationError`` for units that are not of time, for UCUM years and months,
    and when a date leaves the years 1 to 9999.
    """
    if type(quantity) is not Quantity:
        raise EvaluationError(f"a {type(quantity).__name__} cannot be added to or taken from a date or time")
    unit = canonical(quantity.unit)
    amount = quantity.value
    if unit in _WEEKS:
        rank, amount = DAY, Decimal(int(amount) * 7)
    elif unit in _UNITS:
        rank = _UNITS[unit]
    elif unit in ("a", "mo"):
        word = "years" if unit == "a" else "months"
        raise EvaluationError(f"UCUM's '{unit}' is a length of time, not a calendar one, and dates move by {word}")
    else:
        raise EvaluationError(f"'{quantity.unit}' is not a unit of time, and a date or time moves by nothing else")
    if type(value) is Time and rank < HOUR:
        raise EvaluationError(f"a Time has no {unit}s to move by")
    if rank == SECOND:
        rank, amount = MILLISECOND, amount * 1000
    whole, rank = _to_precision(int(amount), rank, value.rank)
    return step(value, direction * whole, rank)


def _to_precision(amount: int, rank: int, finest: int) -> tuple[int, int]:
    """``amount`` of ``rank`` in units not finer than ``finest``, cut off towards zero."""
    if rank <= finest:
        return amount, rank
    sign, amount = (-1, -amount) if amount < 0 else (1, amount)
    if finest >= DAY:
        return sign * (amount * MS_PER_RANK[rank] // MS_PER_RANK[finest]), finest
    if rank == MONTH:
        return sign * (amount // 12), YEAR
    return sign * (amount * MS_PER_RANK[rank] // MS_PER_RANK[DAY] // _DAYS_PER[finest]), finest
