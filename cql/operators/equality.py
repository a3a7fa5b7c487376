"""Equal and NotEqual for every type (CQL spec, Appendix B, "Equal"): three-valued."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cql.data.context import count_steps
from cql.operators.bounds import end, start
from cql.operators.ordering import NUMBERS, compare, possible_range, same_temporal
from cql.values import (
    Code,
    CodeSystem,
    Concept,
    Date,
    DateTime,
    Interval,
    Long,
    Quantity,
    Ratio,
    Time,
    Tuple,
    Uncertainty,
    ValueSet,
)

# Types whose Python == is CQL's, when both operands have the same one.
_PLAIN = frozenset({int, str, Decimal, Long, bool})


def equal(left: Any, right: Any) -> bool | None:
    """``left = right``."""
    if left is None or right is None:
        return None
    kind, other = type(left), type(right)
    if kind is other:
        if kind in _PLAIN:
            return bool(left == right)
        by_kind = _EQUAL.get(kind)
        return by_kind(left, right) if by_kind is not None else _equal_structure(left, right)
    return _equal_mixed(left, right)


def not_equal(left: Any, right: Any) -> bool | None:
    """``left != right``."""
    same = equal(left, right)
    return None if same is None else not same


def _equal_mixed(left: Any, right: Any) -> bool | None:
    """Equality of two different Python types: numbers, Date with DateTime, a number with an uncertainty; else false."""
    kind, other = type(left), type(right)
    if kind in NUMBERS and other in NUMBERS:
        return bool(left == right)
    if (kind is Uncertainty and other in NUMBERS) or (other is Uncertainty and kind in NUMBERS):
        (low, high), (other_low, other_high) = possible_range(left), possible_range(right)
        return False if high < other_low or low > other_high else None
    if {kind, other} == {Date, DateTime}:
        return _equal_points(*same_temporal(left, right))
    return False


def _equal_points(left: Any, right: Any) -> bool | None:
    order = compare(left, right)
    return None if order is None else order == 0


def _equal_uncertainties(left: Uncertainty, right: Uncertainty) -> bool | None:
    return False if left.high < right.low or left.low > right.high else None


def _equal_in_turn(left: list[Any] | tuple[Any, ...], right: list[Any] | tuple[Any, ...]) -> bool | None:
    """Element by element, nulls equal to each other, up to the first that is not known to be equal."""
    if len(left) != len(right):
        return False
    for one, other in zip(left, right, strict=True):
        if one is not None or other is not None:
            same = equal(one, other)
            if not same:
                return same
    return True


def _equal_lists(left: list[Any], right: list[Any]) -> bool | None:
    count_steps(len(left))
    return _equal_in_turn(left, right)


def _equal_tuples(left: Tuple, right: Tuple) -> bool | None:
    count_steps(len(left))
    if left.keys() != right.keys():
        return False
    return _equal_in_turn(list(left.values()), [right[name] for name in left])


def _equal_intervals(left: Interval, right: Interval) -> bool | None:
    starts = equal(start(left), start(right))
    ends = equal(end(left), end(right))
    if starts is False or ends is False:
        return False
    return True if starts and ends else None


def _equal_ratios(left: Ratio, right: Ratio) -> bool | None:
    return _equal_in_turn((left.numerator, left.denominator), (right.numerator, right.denominator))


def _equal_codes(left: Code, right: Code) -> bool | None:
    return _equal_in_turn(
        (left.code, left.system, left.version, left.display), (right.code, right.system, right.version, right.display)
    )


def _equal_concepts(left: Concept, right: Concept) -> bool | None:
    return _equal_in_turn((list(left.codes), left.display), (list(right.codes), right.display))


def _equal_structure(left: Any, right: Any) -> bool:
    """Resources and FHIR elements: the same content; ValueSet and CodeSystem references: the same identity."""
    return bool(left == right)


_EQUAL: dict[type, Callable[[Any, Any], bool | None]] = {
    Date: _equal_points,
    DateTime: _equal_points,
    Time: _equal_points,
    Quantity: _equal_points,
    Uncertainty: _equal_uncertainties,
    list: _equal_lists,
    Tuple: _equal_tuples,
    Interval: _equal_intervals,
    Ratio: _equal_ratios,
    Code: _equal_codes,
    Concept: _equal_concepts,
    ValueSet: _equal_structure,
    CodeSystem: _equal_structure,
}
