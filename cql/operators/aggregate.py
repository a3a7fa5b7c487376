"""Aggregate functions (CQL reference, B.11 Aggregate Functions). Null elements are left out.

Without any other element the result is null, save for Count, AllTrue and AnyTrue. Sums are exact until the end, so
that the order of elements does not matter; a result that its type cannot hold is null. Quantities are converted to the
unit of the first; if one does not convert, the result is null.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from cql.errors import EvaluationError
from cql.operators.comparison import greater_or_equal, less_or_equal
from cql.operators.elements import ElementSet
from cql.operators.sorting import sort
from cql.values import Long, Quantity
from cql.values.number import WIDE, integer, long
from cql.values.units import conversion, to_decimal

Items = list[Any] | None

# For running products, whose magnitude leaves every type long before the last factor, and may come back.
_UNBOUNDED = Context(prec=WIDE.prec, rounding=WIDE.rounding, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])


def count(source: Items) -> int:
    """``Count`` of the non-null elements; 0 for null."""
    return 0 if source is None else len([element for element in source if element is not None])


def all_true(source: Items) -> bool:
    """``AllTrue``: true also for null and without elements."""
    return all(element is not False for element in source or ())


def any_true(source: Items) -> bool:
    """``AnyTrue``: false also for null and without elements."""
    return any(element is True for element in source or ())


def sum(source: Items) -> Any:
    """``Sum`` of numbers or quantities."""
    amounts = _amounts(source, "Sum")
    return amounts and amounts.result(builtins.sum(amounts.values, Fraction(0)))


def product(source: Items) -> Any:
    """``Product`` of numbers or quantities; the unit is that of the elements, as the reference's example has it."""
    amounts = _amounts(source, "Product")
    if amounts is None:
        return None
    value = Decimal(1)
    for factor in amounts.values:
        value = _UNBOUNDED.multiply(value, _quotient(factor))
    if value.adjusted() > 30:  # beyond every type; not to be written out digit by digit
        return None
    return amounts.result(Fraction(value) if value.adjusted() > -30 else Fraction(0))


def avg(source: Items) -> Any:
    """``Avg``: the mean, a Decimal or a Quantity."""
    amounts = _amounts(source, "Avg")
    return amounts and amounts.fractional(builtins.sum(amounts.values, Fraction(0)) / len(amounts.values))


def median(source: Items) -> Any:
    """``Median``: the middle element, or the mean of the two in the middle; a Decimal or a Quantity."""
    amounts = _amounts(source, "Median")
    if amounts is None:
        return None
    values = sorted(amounts.values)
    middle = len(values) // 2
    return amounts.fractional(values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2)


def variance(source: Items) -> Any:
    """``Variance`` of a sample (n - 1); null for a single element."""
    return _spread(source, "Variance", sample=True, root=False)


def std_dev(source: Items) -> Any:
    """``StdDev``: the root of ``Variance``."""
    return _spread(source, "StdDev", sample=True, root=True)


def population_variance(source: Items) -> Any:
    """``PopulationVariance`` (n); the unit of quantities is kept, as the reference's example has it."""
    return _spread(source, "PopulationVariance", sample=False, root=False)


def population_std_dev(source: Items) -> Any:
    """``PopulationStdDev``: the root of ``PopulationVariance``."""
    return _spread(source, "PopulationStdDev", sample=False, root=True)


def geometric_mean(source: Items) -> Any:
    """``GeometricMean``: the n-th root of the product; null if the product is negative."""
    amounts = _amounts(source, "GeometricMean")
    if amounts is None:
        return None
    if 0 in amounts.values:
        return amounts.fractional(Fraction(0))
    if builtins.sum(value < 0 for value in amounts.values) % 2:
        return None
    # Through logarithms: the product of many values is beyond any fixed number of digits.
    logs = [WIDE.ln(_quotient(abs(value))) for value in amounts.values]
    return amounts.fractional(Fraction(WIDE.exp(WIDE.divide(builtins.sum(logs, Decimal(0)), Decimal(len(logs))))))


def max(source: Items) -> Any:
    """``Max``: the element that is certainly not less than any other; null if imprecision leaves that open."""
    return _extreme(source, greater_or_equal)


def min(source: Items) -> Any:
    """``Min``: the element that is certainly not greater than any other; null if imprecision leaves that open."""
    return _extreme(source, less_or_equal)


def mode(source: Items) -> Any:
    """``Mode``: the most frequent element; of several, the least, or the first if they cannot be ordered."""
    known = ElementSet()
    frequency = Counter(known.place(element) for element in source or () if element is not None)
    if not frequency:
        return None
    most = builtins.max(frequency.values())
    candidates = [known.members[position] for position, times in frequency.items() if times == most]
    try:
        ordered = sort(candidates)
    except EvaluationError:  # codes, tuples and the like have no order
        return candidates[0]
    return ordered and ordered[0]


class _Amounts(NamedTuple):
    """Numbers as exact fractions; ``unit`` of quantities, and the type of the numbers."""

    values: list[Fraction]
    kind: type
    unit: str | None

    def result(self, value: Fraction | int) -> Any:
        """A value of the elements' own type; null if it cannot hold it."""
        if self.kind is int:
            return integer(int(value))
        if self.kind is Long:
            return long(int(value))
        return self.fractional(Fraction(value))

    def fractional(self, value: Fraction) -> Any:
        """A Decimal, or a Quantity of one; null if out of range."""
        number = to_decimal(value)
        return number if self.unit is None or number is None else Quantity(number, self.unit)


def _amounts(source: Items, operator: str) -> _Amounts | None:
    """The numbers of the non-null elements; None without any, or if units do not convert.

    Raises ``EvaluationError`` for elements that are not numbers or quantities, or a mixture of both.
    """
    elements = [element for element in source or () if element is not None]
    if not elements:
        return None
    kinds = {type(element) for element in elements}
    if kinds == {Quantity}:
        unit = elements[0].unit
        conversions = {other: conversion(other, unit) for other in {element.unit for element in elements}}
        values = [convert.apply(e.value) for e in elements if (convert := conversions[e.unit]) is not None]
        return _Amounts(values, Quantity, unit) if len(values) == len(elements) else None
    if not kinds <= {int, Long, Decimal}:
        raise EvaluationError(f"{operator} of {' and '.join(sorted(kind.__name__ for kind in kinds))}")
    widest = next(kind for kind in (Decimal, Long, int) if kind in kinds)
    return _Amounts([Fraction(element) for element in elements], widest, None)


def _spread(source: Items, operator: str, *, sample: bool, root: bool) -> Any:
    """Variance or standard deviation, of a sample or a population."""
    amounts = _amounts(source, operator)
    if amounts is None:
        return None
    size = len(amounts.values)
    if sample and size == 1:
        return None
    mean = builtins.sum(amounts.values, Fraction(0)) / size
    squares = builtins.sum(((value - mean) ** 2 for value in amounts.values), Fraction(0)) / (
        size - 1 if sample else size
    )
    if not root:
        return amounts.fractional(squares)
    return amounts.fractional(Fraction(WIDE.sqrt(_quotient(squares))))


def _quotient(value: Fraction) -> Decimal:
    """The fraction to the digits of the wide context."""
    return WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))


def _extreme(source: Items, at_least: Callable[[Any, Any], bool | None]) -> Any:
    """The element that is ``at_least`` as extreme as every other."""
    elements = [element for element in source or () if element is not None]
    if not elements:
        return None
    best = elements[0]
    certain = True
    for element in elements:
        outcome = at_least(best, element)
        if outcome is False:
            best = element
        certain = certain and outcome is not None
    # After an uncertain step the winner must be held against everything that came before it.
    return best if certain or all(at_least(best, element) for element in elements) else None
