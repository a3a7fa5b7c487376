"""The honest comparator: same kind of value, same value.

Null is not false, ``[x]`` is not ``x``, an Integer is not a Decimal, a partial date is not a full one. Decimals agree
to 1e-8. Intervals agree when their bounds do, or when they hold the same points (``[1, 4]`` and ``[1, 5)``).
"""

from __future__ import annotations

from decimal import Decimal

from cql.operators.comparison import equal
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity, Ratio, Time, Tuple

_TOLERANCE = Decimal("1e-8")


def same(actual: object, expected: object) -> bool:
    """Whether ``actual`` is the value the suite expects."""
    if type(actual) is not type(expected):
        return False
    match expected:
        case None:
            return True
        case Decimal():
            assert isinstance(actual, Decimal)
            return abs(actual - expected) <= _TOLERANCE
        case Quantity():
            assert isinstance(actual, Quantity)
            return actual.unit == expected.unit and same(actual.value, expected.value)
        case Ratio():
            assert isinstance(actual, Ratio)
            return same(actual.numerator, expected.numerator) and same(actual.denominator, expected.denominator)
        case Date() | DateTime() | Time():
            assert isinstance(actual, Date | DateTime | Time)
            return actual.precision == expected.precision and equal(actual, expected) is True
        case Interval():
            assert isinstance(actual, Interval)
            return _same_interval(actual, expected)
        case Tuple():
            assert isinstance(actual, Tuple)
            return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in expected)
        case list():
            assert isinstance(actual, list)
            return len(actual) == len(expected) and all(map(same, actual, expected))
        case Code() | Concept() | bool() | int() | str():
            return actual == expected
    raise TypeError(f"the comparator does not know {type(expected).__name__}")


def _same_interval(actual: Interval, expected: Interval) -> bool:
    if (actual.low_closed, actual.high_closed) == (expected.low_closed, expected.high_closed):
        return same(actual.low, expected.low) and same(actual.high, expected.high)
    bounds = (actual.low, actual.high, expected.low, expected.high)
    return None not in bounds and equal(actual, expected) is True
