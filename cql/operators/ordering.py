"""The orderings of points: Less, Greater and their kin (CQL spec, Appendix B, "Comparison Operators").

Three-valued: None where a null, an imprecise date, an uncertainty or units that do not compare keep the answer open.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cql.errors import EvaluationError
from cql.values import Date, DateTime, Long, Quantity, Time, Uncertainty
from cql.values.units import conversion

NUMBERS = frozenset({int, Long, Decimal})
_PLAIN = NUMBERS | {str}
_TEMPORALS = frozenset({Date, DateTime, Time})


def less(left: Any, right: Any) -> bool | None:
    """``left < right``; raises ``EvaluationError`` for types without an order."""
    if left is None or right is None:
        return None
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left < right)
    if kind is Uncertainty or type(right) is Uncertainty:
        (low, high), (other_low, other_high) = possible_range(left), possible_range(right)
        return True if high < other_low else False if low >= other_high else None
    order = compare(left, right)
    return None if order is None else order < 0


def less_or_equal(left: Any, right: Any) -> bool | None:
    """``left <= right``; raises ``EvaluationError`` for types without an order."""
    if left is None or right is None:
        return None
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left <= right)
    if kind is Uncertainty or type(right) is Uncertainty:
        (low, high), (other_low, other_high) = possible_range(left), possible_range(right)
        return True if high <= other_low else False if low > other_high else None
    order = compare(left, right)
    return None if order is None else order <= 0


def greater(left: Any, right: Any) -> bool | None:
    """``left > right``; raises ``EvaluationError`` for types without an order."""
    return less(right, left)


def greater_or_equal(left: Any, right: Any) -> bool | None:
    """``left >= right``; raises ``EvaluationError`` for types without an order."""
    return less_or_equal(right, left)


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 for two points that are not null, None when partial dates or units leave the order open.

    Raises ``EvaluationError`` for types without an order (Boolean, Ratio, Code, ...) or of different kinds.
    """
    kind, other = type(left), type(right)
    if (kind in NUMBERS and other in NUMBERS) or kind is other is str:
        return int(left > right) - int(left < right)
    if kind in _TEMPORALS and other in _TEMPORALS:
        if kind is not other:
            left, right = same_temporal(left, right)
        return compare_temporal(left, right)
    if kind is other is Quantity:
        return compare_quantities(left, right)
    raise _no_order(left, right)


def compare_temporal(left: Date | DateTime | Time, right: Date | DateTime | Time) -> int | None:
    """The order of two values of one temporal type: by component, None where one stops being known before they differ.

    Component by component is the same as comparing the ranges of days or milliseconds they can mean: these either
    coincide, are apart, or one lies in the other.
    """
    if left.high < right.low:
        return -1
    if left.low > right.high:
        return 1
    return 0 if left.low == right.low and left.high == right.high else None


def compare_quantities(left: Quantity, right: Quantity) -> int | None:
    """The order of two quantities, None when their units do not measure the same thing."""
    if left.unit == right.unit:
        return (left.value > right.value) - (left.value < right.value)
    convert = conversion(right.unit, left.unit)
    if convert is None:
        return None
    return convert.compare(left.value, right.value)


def same_temporal(left: Any, right: Any) -> tuple[Any, Any]:
    """A Date and a DateTime both as DateTime, the Date taken where the other is; a Time compares with neither."""
    if type(left) is Date and type(right) is DateTime:
        return DateTime.from_date(left, right.offset), right
    if type(left) is DateTime and type(right) is Date:
        return left, DateTime.from_date(right, left.offset)
    raise _no_order(left, right)


def possible_range(value: Any) -> tuple[Any, Any]:
    """The least and greatest number that an operand beside an Uncertainty can be."""
    if type(value) is Uncertainty:
        return value.low, value.high
    if type(value) in NUMBERS:
        return value, value
    raise _no_order(value, value)


def _no_order(left: Any, right: Any) -> EvaluationError:
    kinds = sorted({type(left).__name__, type(right).__name__})
    return EvaluationError(f"there is no order among values of type {' and '.join(kinds)}")
