"""Equivalent (``~``) for every type (CQL spec, Appendix B, "Equivalent"): true or false, never null."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cql.data.context import count_steps
from cql.operators.bounds import end, start
from cql.operators.equality import equal
from cql.values import Code, Concept, Interval, Long, Quantity, Ratio, Tuple
from cql.values.number import WIDE, scale
from cql.values.units import conversion, equivalent_conversion

_SPACE = re.compile(r"\s")


def equivalent(left: Any, right: Any) -> bool:
    """``left ~ right``; two nulls are equivalent."""
    if left is None or right is None:
        return left is right
    kind, other = type(left), type(right)
    if kind is other:
        by_kind = _EQUIVALENT.get(kind)
        if by_kind is not None:
            return by_kind(left, right)
    elif kind in _NUMBERS and other in _NUMBERS:
        return _decimals(Decimal(left), Decimal(right))
    elif kind is Code and other is Concept:
        return any(_codes(left, code) for code in right.codes)
    elif kind is Concept and other is Code:
        return any(_codes(code, right) for code in left.codes)
    return equal(left, right) is True


_NUMBERS = frozenset({int, Long, Decimal})


def _strings(left: str, right: str) -> bool:
    """Without regard to case; every whitespace character counts as the same one."""
    if left == right:
        return True
    return _SPACE.sub(" ", left).casefold() == _SPACE.sub(" ", right).casefold()


def _decimals(left: Decimal, right: Decimal) -> bool:
    """Rounded to the precision of the less precise one, whose trailing zeros do not count."""
    if left == right:
        return True
    places = Decimal(1).scaleb(-min(scale(left.normalize(WIDE)), scale(right.normalize(WIDE))))
    return left.quantize(places, context=WIDE) == right.quantize(places, context=WIDE)


def _quantities(left: Quantity, right: Quantity) -> bool:
    """In the same unit as decimals are equivalent; in different ones exactly the same amount.

    Digits that a conversion adds or takes away say nothing about how precisely an amount is known, so that rounding to
    them would make ``1 'm' ~ 140 'cm'`` true and its reverse false.
    """
    if left.unit == right.unit:
        return _decimals(left.value, right.value)
    convert = equivalent_conversion(right.unit, left.unit)
    return convert is not None and convert.compare(left.value, right.value) == 0


def _ratios(left: Ratio, right: Ratio) -> bool:
    """The same proportion: the products crosswise are the same amount."""
    numerators = conversion(right.numerator.unit, left.numerator.unit)
    denominators = conversion(right.denominator.unit, left.denominator.unit)
    if numerators is None or denominators is None:
        return False
    products = (
        Fraction(left.numerator.value) * denominators.apply(right.denominator.value),
        numerators.apply(right.numerator.value) * Fraction(left.denominator.value),
    )
    return products[0] == products[1]


def _codes(left: Code, right: Code) -> bool:
    return left.code == right.code and left.system == right.system


def _concepts(left: Concept, right: Concept) -> bool:
    return any(_codes(one, other) for one in left.codes for other in right.codes)


def _lists(left: list[Any], right: list[Any]) -> bool:
    count_steps(len(left))
    return len(left) == len(right) and all(map(equivalent, left, right))


def _tuples(left: Tuple, right: Tuple) -> bool:
    count_steps(len(left))
    return left.keys() == right.keys() and all(equivalent(value, right[name]) for name, value in left.items())


def _intervals(left: Interval, right: Interval) -> bool:
    return equivalent(start(left), start(right)) and equivalent(end(left), end(right))


_EQUIVALENT: dict[type, Callable[[Any, Any], bool]] = {
    str: _strings,
    Decimal: _decimals,
    Quantity: _quantities,
    Ratio: _ratios,
    Code: _codes,
    Concept: _concepts,
    list: _lists,
    Tuple: _tuples,
    Interval: _intervals,
}
