"""UCUM units as exact factors over base units (the Unified Code for Units of Measure, version 2.2).

The table of units is UCUM's own ``ucum-essence.xml`` as the ``ucumvert`` package ships it, read on first use. The
package's own conversion goes through floats and needs half a second to load, so its code is not imported: the term
grammar of UCUM is small, and factors stay fractions here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

# Hostile unit strings are refused before they cost anything; the longest UCUM code in use has some 40 characters.
_MAX_LENGTH: Final = 200
_MAX_DEPTH: Final = 10

_TOKEN = re.compile(
    r"(?P<sign>[./()])"
    r"|(?P<annotation>\{[!-z|~]*\})"
    r"|(?P<symbol>10[*^]|(?:[A-Za-z%'_]|\[[^\[\]]*\])+)(?P<exponent>[+-]?[0-9]{1,2}(?![0-9]))?"
    r"|(?P<factor>[1-9][0-9]{0,19})(?![0-9*^])"
)

# Special units that are a linear scale with a zero point of their own: kelvin per degree and the zero point in kelvin.
_SCALES: Final = {
    "Cel": (Fraction(1), Fraction("273.15")),
    "[degF]": (Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "[degRe]": (Fraction(5, 4), Fraction("273.15")),
}


class InvalidUnit(ValueError):
    """The text is not a UCUM unit."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit measures: ``factor`` base units of ``dimension``, counted from ``zero`` (for temperature scales).

    ``dimension`` is the product of base units, as sorted (name, exponent) pairs without zeros.
    """

    factor: Fraction
    dimension: tuple[tuple[str, int], ...] = ()
    zero: Fraction = Fraction(0)

    def times(self, other: Measure, sign: int = 1) -> Measure:
        """The product with ``other`` (``sign`` -1: the quotient). Raises ``InvalidUnit`` for temperature scales."""
        if self.zero or other.zero:
            raise InvalidUnit("a temperature scale cannot be part of a product")
        exponents = dict(self.dimension)
        for name, exponent in other.dimension:
            exponents[name] = exponents.get(name, 0) + sign * exponent
        dimension = tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))
        return Measure(self.factor * other.factor**sign, dimension)

    def power(self, exponent: int) -> Measure:
        """This unit to a whole power."""
        if exponent == 1:
            return self
        if self.zero:
            raise InvalidUnit("a temperature scale cannot be raised to a power")
        return Measure(self.factor**exponent, tuple((name, of * exponent) for name, of in self.dimension if exponent))


_ONE: Final = Measure(Fraction(1))


@lru_cache(maxsize=4096)
def measure(unit: str) -> Measure:
    """The measure of a UCUM unit. Raises ``InvalidUnit``."""
    if not unit or len(unit) > _MAX_LENGTH:
        raise InvalidUnit(f"not a UCUM unit: {unit[:40]!r}")
    tokens: list[re.Match[str]] = []
    place = 0
    while place < len(unit):
        token = _TOKEN.match(unit, place)
        if token is None:
            raise InvalidUnit(f"not a UCUM unit: {unit!r}, at {unit[place:]!r}")
        tokens.append(token)
        place = token.end()
    reader = _Reader(unit, tokens)
    result = reader.term(0)
    if reader.place < len(tokens):
        raise InvalidUnit(f"not a UCUM unit: {unit!r}")
    return result


class _Reader:
    """Reads the terms of one unit: components joined by ``.`` and ``/``, which bind alike, from the left."""

    def __init__(self, unit: str, tokens: list[re.Match[str]]) -> None:
        self.unit = unit
        self.tokens = tokens
        self.place = 0

    def sign(self) -> str | None:
        """The operator or bracket that comes next, if one does."""
        return self.tokens[self.place]["sign"] if self.place < len(self.tokens) else None

    def term(self, depth: int) -> Measure:
        """``[/]component{./component}``."""
        if depth > _MAX_DEPTH:
            raise InvalidUnit(f"brackets too deep in unit {self.unit!r}")
        result = _ONE if self.sign() == "/" else self.component(depth)
        while (sign := self.sign()) in (".", "/"):
            self.place += 1
            result = result.times(self.component(depth), 1 if sign == "." else -1)
        return result

    def component(self, depth: int) -> Measure:
        """A unit with its exponent, a number or a bracketed term, each perhaps annotated, or an annotation alone."""
        if self.place >= len(self.tokens):
            raise InvalidUnit(f"unit {self.unit!r} ends too early")
        token = self.tokens[self.place]
        self.place += 1
        if token["annotation"] is not None:
            return _ONE
        if token["sign"] == "(":
            result = self.term(depth + 1)
            if self.sign() != ")":
                raise InvalidUnit(f"bracket not closed in unit {self.unit!r}")
            self.place += 1
        elif token["factor"] is not None:
            result = Measure(Fraction(token["factor"]))
        elif token["symbol"] is not None:
            result = _symbol(token["symbol"]).power(int(token["exponent"] or 1))
        else:
            raise InvalidUnit(f"operator without a unit in {self.unit!r}")
        if self.place < len(self.tokens) and self.tokens[self.place]["annotation"] is not None:
            self.place += 1
        return result


@dataclass(frozen=True, slots=True)
class _Definition:
    """One unit of the table: its value in terms of other units, or a dimension of its own when it has none."""

    metric: bool
    value: Fraction | None = None
    unit: str = "1"


@cache
def _table() -> tuple[dict[str, _Definition], dict[str, Fraction]]:
    """UCUM's units and prefixes by their (case-sensitive) codes."""
    spec = find_spec("ucumvert")  # finds the package without importing it (and pint with it)
    if spec is None or spec.origin is None:
        raise RuntimeError("the ucumvert package, whose table of UCUM units is used, is not installed")
    root = ElementTree.parse(Path(spec.origin).parent / "vendor" / "ucum-essence.xml").getroot()
    space = "{http://unitsofmeasure.org/ucum-essence}"
    prefixes = {
        one.attrib["Code"]: Fraction(value.attrib["value"])
        for one in root.iter(space + "prefix")
        if (value := one.find(space + "value")) is not None
    }
    units = {one.attrib["Code"]: _Definition(metric=True) for one in root.iter(space + "base-unit")}
    for one in root.iter(space + "unit"):
        metric = one.attrib.get("isMetric") == "yes"
        value = one.find(space + "value")
        # Special units (logarithms and the like) and arbitrary ones ([iU]) convert to nothing else.
        alone = one.attrib.get("isSpecial") == "yes" or (
            one.attrib.get("isArbitrary") == "yes" and value is not None and value.attrib["Unit"] == "1"
        )
        if alone or value is None:
            units[one.attrib["Code"]] = _Definition(metric)
        else:
            units[one.attrib["Code"]] = _Definition(metric, Fraction(value.attrib["value"]), value.attrib["Unit"])
    return units, prefixes


@lru_cache(maxsize=1024)
def _symbol(symbol: str) -> Measure:
    """The measure of a unit symbol with or without a prefix."""
    units, prefixes = _table()
    if symbol in units:
        return _defined(symbol, units[symbol])
    for size in (2, 1):
        prefix, atom = prefixes.get(symbol[:size]), symbol[size:]
        if prefix is not None and atom in units and units[atom].metric:
            base = _defined(atom, units[atom])
            return Measure(base.factor * prefix, base.dimension, base.zero)
    raise InvalidUnit(f"{symbol!r} is not a UCUM unit")


def _defined(code: str, definition: _Definition) -> Measure:
    """The measure of a unit of the table."""
    if code in _SCALES:
        factor, zero = _SCALES[code]
        return Measure(factor, (("K", 1),), zero)
    if definition.value is None:
        return Measure(Fraction(1), ((code, 1),))
    return Measure(definition.value).times(measure(definition.unit))
