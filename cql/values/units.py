"""Conversion between units, UCUM's and calendar words (CQL spec, author's guide, "Quantities").

Calendar words up to weeks are the same as their UCUM units; calendar years and months convert only between each other,
save under equivalence (``~``), where a year is ``'a'`` or 365 days and a month ``'mo'`` or 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from cql.values.number import WIDE, decimal
from cql.values.quantity import CALENDAR_UNITS

# Milliseconds in the units of time of fixed length, calendar words and UCUM codes alike.
_FIXED: Final[dict[str, int]] = {
    code: length
    for codes, length in (
        (("week", "wk"), 604_800_000),
        (("day", "d"), 86_400_000),
        (("hour", "h"), 3_600_000),
        (("minute", "min"), 60_000),
        (("second", "s"), 1000),
        (("millisecond", "ms"), 1),
    )
    for code in codes
}
UCUM_OF: Final[dict[str, str]] = {
    "year": "a",
    "month": "mo",
    "week": "wk",
    "day": "d",
    "hour": "h",
    "minute": "min",
    "second": "s",
    "millisecond": "ms",
}
_MONTHS: Final[dict[str, int]] = {"year": 12, "month": 1}
# Factors below this leave a product with a Decimal exact in the wide context, which is faster than fractions are.
_LARGE: Final = 10**40
_DAYS: Final[dict[str, int]] = {"year": 365, "month": 30}


@dataclass(frozen=True, slots=True)
class Conversion:
    """``target = source * factor + shift``; the shift is 0 but between temperature scales."""

    factor: Fraction
    shift: Fraction = Fraction(0)

    def apply(self, value: Decimal) -> Fraction:
        """The exact converted value."""
        return Fraction(value) * self.factor + self.shift

    def compare(self, target: Decimal, source: Decimal) -> int:
        """-1, 0 or 1 as ``target`` is less than, equal to or greater than the converted ``source``, exactly."""
        if self.shift or self.factor.denominator >= _LARGE or self.factor.numerator >= _LARGE:
            converted = self.apply(source)
            return int(target > converted) - int(target < converted)
        left = WIDE.multiply(target, Decimal(self.factor.denominator))
        right = WIDE.multiply(source, Decimal(self.factor.numerator))
        return int(left > right) - int(left < right)

    def __call__(self, value: Decimal) -> Decimal | None:
        """The converted value as a CQL Decimal: rounded to 8 places, null when out of range."""
        return to_decimal(self.apply(value))


def to_decimal(value: Fraction) -> Decimal | None:
    """A fraction as a CQL Decimal, rounded half up to 8 places; null when out of range."""
    if abs(value) >= 10**20:
        return None
    return decimal(WIDE.divide(Decimal(value.numerator), Decimal(value.denominator)))


def canonical(unit: str) -> str:
    """The unit with calendar words in the singular and no unit as ``1``; UCUM codes as they are."""
    return CALENDAR_UNITS.get(unit, unit) or "1"


@lru_cache(maxsize=4096)
def conversion(source: str, target: str) -> Conversion | None:
    """How to convert, or None when the units do not measure the same thing or are not units at all."""
    source, target = canonical(source), canonical(target)
    if source == target:
        return Conversion(Fraction(1))
    if source in _FIXED and target in _FIXED:
        return Conversion(Fraction(_FIXED[source], _FIXED[target]))
    if source in _MONTHS or target in _MONTHS:
        if source in _MONTHS and target in _MONTHS:
            return Conversion(Fraction(_MONTHS[source], _MONTHS[target]))
        return None
    return _ucum(UCUM_OF.get(source, source), UCUM_OF.get(target, target))


@lru_cache(maxsize=1024)
def equivalent_conversion(source: str, target: str) -> Conversion | None:
    """``conversion`` under the looser rules of equivalence, where calendar years and months have a length."""
    exact = conversion(source, target)
    if exact is not None:
        return exact
    source, target = canonical(source), canonical(target)
    if "a" in (source, target) or "mo" in (source, target):
        return _ucum(UCUM_OF.get(source, source), UCUM_OF.get(target, target))
    if source in _DAYS:
        days, other = Fraction(_DAYS[source]), conversion("day", target)
        return None if other is None else Conversion(days * other.factor)
    if target in _DAYS:
        days, other = Fraction(1, _DAYS[target]), conversion(source, "day")
        return None if other is None else Conversion(days * other.factor)
    return None


def _ucum(source: str, target: str) -> Conversion | None:
    """The conversion between two UCUM codes."""
    # Imported here because most evaluations compare like units only, and reading UCUM's table takes a while.
    from cql.values.ucum import InvalidUnit, measure

    try:
        left, right = measure(source), measure(target)
    except InvalidUnit:
        return None
    if left.dimension != right.dimension:
        return None
    return Conversion(left.factor / right.factor, (left.zero - right.zero) / right.factor)
