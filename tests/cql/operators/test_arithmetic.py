"""Arithmetic against the examples of the reference and against exact fractions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators import arithmetic
from cql.operators.arithmetic import (
    abs,
    add,
    ceiling,
    divide,
    exp,
    floor,
    high_boundary,
    ln,
    log,
    low_boundary,
    max_value,
    min_value,
    modulo,
    multiply,
    negate,
    power,
    precision,
    predecessor,
    round,
    subtract,
    successor,
    truncate,
    truncated_divide,
)
from cql.types import BOOLEAN, DATE, DATETIME, DECIMAL, INTEGER, LONG, QUANTITY, TIME
from cql.values import Date, DateTime, Long, Quantity, Time, Uncertainty
from cql.values.number import DECIMAL_MAX


def d(text: str) -> Decimal:
    return Decimal(text)


def q(value: str, unit: str = "1") -> Quantity:
    return Quantity(Decimal(value), unit)


def same(result: object, expected: object) -> bool:
    """Equal and of the same type."""
    return type(result) is type(expected) and result == expected


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        (add, 1, 1, 2),
        (add, Long(1), Long(2), Long(3)),
        (add, Long(25), 5, Long(30)),
        (add, 1, d("2.0"), d("3.0")),
        (add, 2**31 - 1, 1, None),
        (add, Long(2**63 - 1), 1, None),
        (add, DECIMAL_MAX, d("0.00000001"), None),
        (add, 2, None, None),
        (subtract, 2, d("1.1"), d("0.9")),
        (subtract, -(2**31), 1, None),
        (subtract, d("3.14"), d("3.12"), d("0.02")),
        (multiply, Long(2), Long(3), Long(6)),
        (multiply, 65536, 65536, None),
        (multiply, d("0.00001"), d("0.0005"), d("0.00000001")),
        (multiply, DECIMAL_MAX, 2, None),
        (divide, 1, 1, d("1")),
        (divide, 10, 3, d("3.33333333")),
        (divide, 2, 3, d("0.66666667")),
        (divide, d("2.2"), 0, None),
        (truncated_divide, 10, 3, 3),
        (truncated_divide, -10, 3, -3),
        (truncated_divide, 10, -3, -3),
        (truncated_divide, -10, -3, 3),
        (truncated_divide, Long(10), 3, Long(3)),
        (truncated_divide, d("10.1"), d("-3.1"), d("-3")),
        (truncated_divide, 2, 0, None),
        (truncated_divide, d("2"), d("0.0"), None),
        (truncated_divide, -(2**31), -1, None),
        (truncated_divide, DECIMAL_MAX, d("0.00000001"), None),
        (modulo, 10, 3, 1),
        (modulo, -10, 3, -1),
        (modulo, 10, -3, 1),
        (modulo, 0, 0, None),
        (modulo, d("3.5"), 3, d("0.5")),
        (modulo, d("-3.5"), 3, d("-0.5")),
        (power, 2, 4, 16),
        (power, -2, 2, 4),
        (power, Long(2), Long(3), Long(8)),
        (power, 2, 31, None),
        (power, 2, -2, d("0.25")),
        (power, 10, -8, d("0.00000001")),
        (power, d("2.5"), d("2.0"), d("6.25")),
        (power, d("2.0"), d("-2.0"), d("0.25")),
        (power, d("4"), d("0.5"), d("2")),
        (power, -1, 2**31 - 1, -1),
        (power, 3, 2**31 - 1, None),
        (power, d("9.9"), d("99999999"), None),
        (power, d("-2"), d("0.5"), None),
        (power, 0, -1, None),
        (power, 2, None, None),
        (log, 16, 2, d("4")),
        (log, d("0.125"), 2, d("-3")),
        (log, 1, 100, d("0")),
        (log, 2, 1, None),
        (log, 0, 2, None),
        (log, 1, None, None),
    ],
)
def test_binary_operators(operator: Callable[[Any, Any], Any], left: Any, right: Any, expected: Any) -> None:
    assert same(operator(left, right), expected)


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        (abs, -1, 1),
        (abs, d("-1.50"), d("1.50")),
        (abs, -(2**31), None),
        (abs, Long(-5), Long(5)),
        (negate, d("-0.0"), d("0.0")),
        (negate, 2147483647, -2147483647),
        (negate, -(2**31), None),
        (ceiling, d("-0.1"), 0),
        (ceiling, 1, 1),
        (ceiling, d("2147483647.1"), None),
        (ceiling, d("-2147483648.2"), -2147483648),
        (floor, d("-1.1"), -2),
        (floor, d("-2147483648.2"), None),
        (truncate, d("-1.9"), -1),
        (truncate, d("1.9"), 1),
        (round, d("0.5"), d("1")),
        (round, d("-0.5"), d("-1")),
        (round, d("-0.4"), d("0")),
        (round, d("-1.5"), d("-2")),
        (exp, 0, d("1")),
        (exp, -1, d("0.36787944")),
        (exp, -1000, d("0")),
        (ln, 1000, d("6.90775528")),
        (ln, -1, None),
        (precision, d("1.58700"), 5),
        (precision, Date(2014), 4),
        (precision, DateTime.parse("2014-01-05T10:30:00.000"), 17),
        (precision, Time.parse("10:30"), 4),
        (precision, Time.parse("10:30:00.000"), 9),
    ],
)
def test_unary_operators(operator: Callable[[Any], Any], value: Any, expected: Any) -> None:
    assert same(operator(value), expected)


def test_every_operator_is_null_for_null() -> None:
    unary = (
        "abs",
        "ceiling",
        "exp",
        "floor",
        "ln",
        "negate",
        "predecessor",
        "round",
        "successor",
        "truncate",
        "precision",
    )
    assert [getattr(arithmetic, name)(None) for name in unary] == [None] * len(unary)
    for name in ("add", "subtract", "multiply", "divide", "truncated_divide", "modulo", "power", "log"):
        assert getattr(arithmetic, name)(1, None) is None
        assert getattr(arithmetic, name)(None, q("1", "mg")) is None


@pytest.mark.parametrize(
    ("operator", "arguments"),
    [(exp, (1000,)), (ln, (0,)), (round, (d("1.5"), -1)), (add, ("a", 1)), (abs, (True,)), (ceiling, ("a",))],
)
def test_what_has_no_result_is_an_error(operator: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    with pytest.raises(EvaluationError):
        operator(*arguments)


def test_round_to_a_precision() -> None:
    assert round(d("3.14159"), 3) == d("3.142")
    assert round(d("3.14159"), 2) == d("3.14")
    assert round(d("3.14159"), None) == d("3")
    assert round(d("3.14159"), 20) == d("3.14159")
    assert round(q("2.54", "cm")) == q("3", "cm")
    assert round(None, 2) is None


DECIMALS = st.decimals(min_value=-(10**9), max_value=10**9, places=8)


@given(DECIMALS, DECIMALS)
def test_decimals_agree_with_fractions(left: Decimal, right: Decimal) -> None:
    one, other = Fraction(left), Fraction(right)
    assert Fraction(add(left, right)) == one + other
    assert Fraction(subtract(left, right)) == one - other
    assert multiply(left, right) == _half_up(one * other)
    if other:
        assert divide(left, right) == _half_up(one / other)
        whole, rest = truncated_divide(left, right), modulo(left, right)
        assert Fraction(whole) * other + Fraction(rest) == one
        assert rest == 0 or (rest < 0) == (left < 0)
        assert Fraction(rest) ** 2 < other**2


def _half_up(value: Fraction) -> Decimal:
    """Rounded to 8 places, halves away from zero, in whole numbers only."""
    scaled = value * 10**8
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    if value < 0:
        whole = -((-2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))
    return Decimal(whole).scaleb(-8)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_integer_division_adds_up(left: int, right: int) -> None:
    if right == 0 or (left, right) == (-(2**31), -1):
        assert truncated_divide(left, right) is None
    else:
        assert truncated_divide(left, right) * right + modulo(left, right) == left


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        (add, q("1", "g/cm3"), q("1", "g/cm3"), q("2", "g/cm3")),
        (add, q("1", "m"), q("1", "cm"), q("101", "cm")),
        (add, q("1", "cm"), q("1", "m"), q("101", "cm")),
        (add, q("1", "year"), q("1", "month"), q("13", "month")),
        (add, q("1", "d"), q("1", "hour"), q("25", "hour")),
        (add, q("-5.5", "cm"), q("2", "cm2"), None),
        (add, q("1", "year"), q("1", "a"), None),
        (add, q("1", "bogus"), q("1", "g"), None),
        (add, q("1", "bogus"), q("1", "bogus"), q("2", "bogus")),
        (subtract, q("1.0", "cm"), q("2.0", "cm"), q("-1.0", "cm")),
        (multiply, q("12", "cm"), q("3", "cm"), q("36", "cm2")),
        (multiply, q("3", "cm"), q("12", "cm2"), q("36", "cm3")),
        (multiply, q("2", "m"), q("5", "cm"), q("0.1", "m2")),
        (multiply, q("2", "mg"), d("1.5"), q("3.0", "mg")),
        (multiply, 2, q("2", "mg"), q("4", "mg")),
        (divide, q("12", "cm2"), q("3", "cm"), q("4", "cm")),
        (divide, q("1", "g/cm3"), q("1", "g/cm3"), q("1", "1")),
        (divide, q("1", "m"), q("1", "cm"), q("100", "1")),
        (divide, q("10.0", "g"), 5, q("2.0", "g")),
        (divide, q("1", "g"), q("0", "mL"), None),
        (truncated_divide, q("10.1", "cm"), q("-3.1", "cm"), q("-3", "cm")),
        (truncated_divide, q("1", "m"), q("30", "cm"), q("3", "m")),
        (truncated_divide, q("10.0", "g"), q("0.0", "g"), None),
        (truncated_divide, q("10", "g"), 3, q("3", "g")),
        (modulo, q("3.5", "cm"), q("3", "cm"), q("0.5", "cm")),
        (modulo, q("3.5", "cm"), q("3", "mL"), None),
    ],
)
def test_quantities(operator: Callable[[Any, Any], Any], left: Any, right: Any, expected: Any) -> None:
    assert operator(left, right) == expected


def test_signs_of_quantities_and_uncertainties() -> None:
    assert negate(q("1", "cm")) == q("-1", "cm")
    assert abs(q("-1", "cm")) == q("1", "cm")
    assert negate(Uncertainty(1, 5)) == Uncertainty(-5, -1)


def test_uncertainties_combine() -> None:
    days, months = Uncertainty(16, 44), Uncertainty(4, 16)
    assert add(days, days) == Uncertainty(32, 88)
    assert subtract(days, months) == Uncertainty(0, 40)
    assert multiply(days, days) == Uncertainty(256, 1936)
    assert add(days, 1) == Uncertainty(17, 45)
    assert multiply(Uncertainty(-2, 3), -4) == Uncertainty(-12, 8)
    assert multiply(days, 0) == 0
    with pytest.raises(EvaluationError):
        add(days, d("0.5"))


def test_extremes() -> None:
    assert min_value(INTEGER) == -(2**31)
    assert same(max_value(LONG), Long(2**63 - 1))
    assert str(max_value(DECIMAL)) == "99999999999999999999.99999999"
    assert str(min_value(DATETIME)) == "0001-01-01T00:00:00.000+00:00"
    assert str(max_value(DATE)) == "9999-12-31"
    assert str(max_value(TIME)) == "23:59:59.999"
    assert max_value(QUANTITY) == Quantity(DECIMAL_MAX)
    with pytest.raises(EvaluationError, match="no minimum"):
        min_value(BOOLEAN)


@pytest.mark.parametrize(
    ("value", "following"),
    [
        (0, 1),
        (Long(1), Long(2)),
        (d("1.01"), d("1.01000001")),
        (q("1", "g"), q("1.00000001", "g")),
        (Date(2014), Date(2015)),
        (Date(2016, 2), Date(2016, 3)),
        (Date(2016, 2, 29), Date(2016, 3, 1)),
        (DateTime(2000, 1, 1), DateTime(2000, 1, 2)),
        (DateTime.parse("1999-12-31T23:59:59.999Z"), DateTime.parse("2000-01-01T00:00:00.000Z")),
        (DateTime.parse("2014-01-01T08:59"), DateTime.parse("2014-01-01T09:00")),
        (Time.parse("12:00:00.000"), Time.parse("12:00:00.001")),
        (Time.parse("12:59"), Time.parse("13:00")),
    ],
)
def test_successor_and_predecessor(value: Any, following: Any) -> None:
    assert same(successor(value), following)
    assert same(predecessor(following), value)


@pytest.mark.parametrize("of", [INTEGER, LONG, DECIMAL, QUANTITY, DATE, DATETIME, TIME])
def test_there_is_nothing_beyond_the_extremes(of: Any) -> None:
    with pytest.raises(EvaluationError):
        successor(max_value(of))
    with pytest.raises(EvaluationError):
        predecessor(min_value(of))


def test_partial_times_end_with_the_day() -> None:
    with pytest.raises(EvaluationError):
        successor(Time(23))
    with pytest.raises(EvaluationError):
        predecessor(Time(0, 0))
    with pytest.raises(EvaluationError):
        successor("a")


@pytest.mark.parametrize(
    ("value", "digits", "low", "high"),
    [
        (d("1.587"), 8, "1.58700000", "1.58799999"),
        (d("1.58888"), None, "1.58888000", "1.58888999"),
        (d("-1.587"), 8, "-1.58799999", "-1.58700000"),
        (d("1.587"), 2, "1.58", "1.58"),
        (Date(2014), 6, "2014-01", "2014-12"),
        (Date(2014, 2), None, "2014-02-01", "2014-02-28"),
        (Date(2014, 2, 3), 4, "2014", "2014"),
        (DateTime.parse("2014-01-01T08"), 17, "2014-01-01T08:00:00.000", "2014-01-01T08:59:59.999"),
        (DateTime.parse("2014-01-01T08:30:15"), 17, "2014-01-01T08:30:15.000", "2014-01-01T08:30:15.999"),
        (DateTime.parse("2014"), 8, "2014-01-01", "2014-12-31"),
        (Time.parse("10:30"), 9, "10:30:00.000", "10:30:59.999"),
        (Time.parse("10:30:01"), 9, "10:30:01.000", "10:30:01.999"),
        (Time.parse("10:30:01"), 2, "10", "10"),
    ],
)
def test_boundaries(value: Any, digits: int | None, low: str, high: str) -> None:
    assert str(low_boundary(value, digits)) == low
    assert str(high_boundary(value, digits)) == high


def test_boundaries_beyond_a_types_precision_are_null() -> None:
    assert low_boundary(d("1.5"), 9) is None
    assert high_boundary(Date(2014), 17) is None
    assert low_boundary(Time(10), 8) is None
    assert high_boundary(None, 8) is None
    with pytest.raises(EvaluationError):
        low_boundary("a", 8)
