"""Products and quotients of UCUM unit codes as text: ``'cm' * 'cm'`` is ``'cm2'``, ``'mg/dL' * 'dL'`` is ``'mg'``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cql.values.units import UCUM_OF, canonical

# A product of plain symbols; with brackets, annotations or numbers in it a unit is kept whole.
_SYMBOL: Final = r"(?:[A-Za-z%'_]|\[[^\[\]]*\])+"
_SIMPLE = re.compile(rf"/?{_SYMBOL}(?:[+-]?[0-9]{{1,2}})?(?:[./]{_SYMBOL}(?:[+-]?[0-9]{{1,2}})?)*")
_FACTOR = re.compile(rf"([./]?)({_SYMBOL})([+-]?[0-9]{{1,2}})?")


@lru_cache(maxsize=1024)
def product(left: str, right: str) -> str:
    """The unit of a product."""
    return _combined(left, right, 1)


@lru_cache(maxsize=1024)
def quotient(left: str, right: str) -> str:
    """The unit of a quotient."""
    return _combined(left, right, -1)


def _combined(left: str, right: str, sign: int) -> str:
    exponents = _exponents(left)
    for symbol, exponent in _exponents(right).items():
        exponents[symbol] = exponents.get(symbol, 0) + sign * exponent
    above = [_power(symbol, exponent) for symbol, exponent in exponents.items() if exponent > 0]
    below = ["/" + _power(symbol, -exponent) for symbol, exponent in exponents.items() if exponent < 0]
    if not above:
        return "".join(below) or "1"
    return ".".join(above) + "".join(below)


def _exponents(unit: str) -> dict[str, int]:
    """The symbols of a unit with their exponents, in the order written."""
    unit = canonical(unit)
    unit = UCUM_OF.get(unit, unit)
    if unit == "1":
        return {}
    if not _SIMPLE.fullmatch(unit):
        return {f"({unit})" if "." in unit or "/" in unit else unit: 1}
    exponents: dict[str, int] = {}
    for operator, symbol, exponent in _FACTOR.findall(unit):
        exponents[symbol] = exponents.get(symbol, 0) + int(exponent or 1) * (-1 if operator == "/" else 1)
    return exponents


def _power(symbol: str, exponent: int) -> str:
    """A symbol with its exponent. UCUM has no exponents on what is not a plain symbol: such a unit is repeated."""
    if exponent == 1:
        return symbol
    return f"{symbol}{exponent}" if re.fullmatch(_SYMBOL, symbol) else ".".join([symbol] * exponent)
