"""Quantity and Ratio (CQL spec, Appendix B, "Types")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cql.values.number import plain

# Calendar words, singular and plural, with their singular.
CALENDAR_UNITS: dict[str, str] = {
    word + ending: word
    for word in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for ending in ("", "s")
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with a unit: a UCUM code (``'mg/dL'``, ``'1'`` for none) or a calendar word (``years``), as written.

    Python's ``==`` compares value and unit text; CQL's ``=`` converts units.
    """

    value: Decimal
    unit: str = "1"

    def __str__(self) -> str:
        if self.unit in CALENDAR_UNITS:
            return f"{_amount(self.value)} {self.unit}"
        # Some UCUM codes have an apostrophe in them ([in_i'H2O]).
        unit = self.unit.replace("\\", "\\\\").replace("'", "\\'")
        return f"{_amount(self.value)} '{unit}'"


def _amount(value: Decimal) -> str:
    """Whole values as they were written: ``125 'cm'``, not ``125.0 'cm'``."""
    return f"{value:f}" if value == value.to_integral_value() and value.as_tuple().exponent == 0 else plain(value)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A relation of two quantities, such as a titre ``1:128``; never reduced."""

    numerator: Quantity
    denominator: Quantity

    def __str__(self) -> str:
        return f"{self.numerator}:{self.denominator}"
