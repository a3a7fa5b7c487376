"""Arithmetic of quantities: what happens to the units."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from cql.values import Quantity
from cql.values.number import WIDE, decimal
from cql.values.unit_terms import product, quotient
from cql.values.units import canonical, conversion, to_decimal

Operation = Callable[[Decimal, Decimal], Decimal | None]


def combine(left: Quantity, right: Quantity, operation: Operation) -> Quantity | None:
    """A sum or difference, in the more granular of the two units; null when they measure different things."""
    if left.unit == right.unit:
        return _quantity(operation(left.value, right.value), left.unit)
    convert = conversion(right.unit, left.unit)
    if convert is None:
        return None
    if abs(convert.factor) < 1:  # the right unit is the smaller one
        back = conversion(left.unit, right.unit)
        converted = back(left.value) if back is not None else None
        return None if converted is None else _quantity(operation(converted, right.value), right.unit)
    converted = convert(right.value)
    return None if converted is None else _quantity(operation(left.value, converted), left.unit)


def remainder(left: Quantity, right: Quantity, operation: Operation) -> Quantity | None:
    """``div`` or ``mod``, in the unit of the left operand, to which the right is converted."""
    if left.unit == right.unit:
        return _quantity(operation(left.value, right.value), left.unit)
    if canonical(right.unit) == "1":  # 10 'g' div 3: a plain number divides any unit
        return _quantity(operation(left.value, right.value), left.unit)
    convert = conversion(right.unit, left.unit)
    converted = convert(right.value) if convert is not None else None
    return None if converted is None else _quantity(operation(left.value, converted), left.unit)


def multiplied(left: Quantity, right: Quantity) -> Quantity | None:
    """The product; two units of one dimension are first made the left one: ``2 'm' * 5 'cm'`` is ``0.1 'm2'``."""
    left, right = _alike(left, right)
    return _quantity(decimal(WIDE.multiply(left.value, right.value)), product(left.unit, right.unit))


def divided(left: Quantity, right: Quantity) -> Quantity | None:
    """The quotient; units of one dimension cancel. Null when ``right`` is zero."""
    if not right.value:
        return None
    convert = conversion(right.unit, left.unit)
    if convert is not None and not convert.shift:
        value = to_decimal(Fraction(left.value) / convert.apply(right.value))
        return _quantity(value, "1")
    return _quantity(decimal(WIDE.divide(left.value, right.value)), quotient(left.unit, right.unit))


def _alike(left: Quantity, right: Quantity) -> tuple[Quantity, Quantity]:
    """Both in the left unit when they measure the same thing, as they are when not."""
    if left.unit != right.unit and "1" not in (canonical(left.unit), canonical(right.unit)):
        convert = conversion(right.unit, left.unit)
        converted = convert(right.value) if convert is not None else None
        if converted is not None:
            return left, Quantity(converted, left.unit)
    return left, right


def _quantity(value: Decimal | None, unit: str) -> Quantity | None:
    return None if value is None else Quantity(value, unit)
