"""Aggregate functions (CQL reference, B.11 Aggregate Functions). Null elements are left out.

Without any other element the result is null, save for Count, AllTrue and AnyTrue. Sums are exact until the end, so
that the order of elements does not matter; a result that its type cannot hold is null. Quantities are converted to the
unit of the first; if one does not convert, the result is null.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from typing import Any, NamedTuple

from cql.errors import EvaluationError
from cql.operators.comparison import greater_or_equal, less_or_equal
from cql.operators.elements import ElementSet
from cql.operators.sorting import sort
from cql.values import Long, Quantity
from cql.values.number import WIDE, decimal, integer, long
from cql.values.units import conversion

Items = list[Any] | None

# Digits enough that sums are exact, and other results to many more places than are kept. No bounds on magnitude:
# running products leave every type long before the last factor, and may come back.
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
    return amounts and amounts.result(_total(amounts.values))


def product(source: Items) -> Any:
    """``Product`` of numbers or quantities; the unit is that of the elements, as the reference's example has it."""
    amounts = _amounts(source, "Product")
    if amounts is None:
        return None
    value = Decimal(1)
    for factor in amounts.values:
        value = _UNBOUNDED.multiply(value, factor)
    return amounts.result(value)


def avg(source: Items) -> Any:
    """``Avg``: the mean, a Decimal or a Quantity."""
    amounts = _amounts(source, "Avg")
    return amounts and amounts.fractional(_mean(amounts.values))


def median(source: Items) -> Any:
    """``Median``: the middle element, or the mean of the two in the middle; a Decimal or a Quantity."""
    amounts = _amounts(source, "Median")
    if amounts is None:
        return None
    values = sorted(amounts.values)
    return amounts.fractional(_mean(values[(len(values) - 1) // 2 : len(values) // 2 + 1]))


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
        return amounts.fractional(Decimal(0))
    if len([value for value in amounts.values if value < 0]) % 2:
        return None
    # Through logarithms: the product of many values has more digits than are worth computing.
    return amounts.fractional(_UNBOUNDED.exp(_mean([_UNBOUNDED.ln(abs(value)) for value in amounts.values])))


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
    """The numbers of a list, their widest type, and the unit of quantities."""

    values: list[Decimal]
    kind: type
    unit: str | None

    def result(self, value: Decimal) -> Any:
        """A value of the elements' own type; null if it cannot hold it."""
        if self.kind is not int and self.kind is not Long:
            return self.fractional(value)
        if value.adjusted() > 30:  # beyond both; not to be written out digit by digit
            return None
        return integer(int(value)) if self.kind is int else long(int(value))

    def fractional(self, value: Decimal) -> Any:
        """A Decimal, or a Quantity of one; null if out of range."""
        number = decimal(value) if value.adjusted() > -30 else Decimal(0)
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
        values = _in_unit(elements, elements[0].unit)
        return None if values is None else _Amounts(values, Quantity, elements[0].unit)
    if not kinds <= {int, Long, Decimal}:
        raise EvaluationError(f"{operator} of {' and '.join(sorted(kind.__name__ for kind in kinds))}")
    widest = next(kind for kind in (Decimal, Long, int) if kind in kinds)
    return _Amounts([Decimal(element) for element in elements], widest, None)


def _in_unit(quantities: list[Quantity], unit: str) -> list[Decimal] | None:
    """The values in one unit, unrounded; None if one does not convert."""
    values = []
    for quantity in quantities:
        if quantity.unit == unit:
            values.append(quantity.value)
            continue
        convert = conversion(quantity.unit, unit)
        if convert is None:
            return None
        exact = convert.apply(quantity.value)
        values.append(_UNBOUNDED.divide(Decimal(exact.numerator), Decimal(exact.denominator)))
    return values


def _total(values: list[Decimal]) -> Decimal:
    with localcontext(_UNBOUNDED):
        return builtins.sum(values, Decimal(0))


def _mean(values: list[Decimal]) -> Decimal:
    return _UNBOUNDED.divide(_total(values), Decimal(len(values)))


def _spread(source: Items, operator: str, *, sample: bool, root: bool) -> Any:
    """Variance or standard deviation, of a sample or a population."""
    amounts = _amounts(source, operator)
    if amounts is None:
        return None
    divisor = len(amounts.values) - (1 if sample else 0)
    if divisor == 0:
        return None
    mean = _mean(amounts.values)
    with localcontext(_UNBOUNDED):
        squares = builtins.sum(((value - mean) ** 2 for value in amounts.values), Decimal(0)) / divisor
        return amounts.fractional(squares.sqrt() if root else squares)


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
