"""Conversions, and whether they exist."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators import conversion, convertible
from cql.operators.conversion import (
    convert_quantity,
    to_boolean,
    to_chars,
    to_concept,
    to_date,
    to_date_time,
    to_decimal,
    to_integer,
    to_list,
    to_long,
    to_quantity,
    to_ratio,
    to_string,
    to_time,
)
from cql.operators.convertible import can_convert_quantity
from cql.values import Code, Concept, Date, DateTime, Long, Quantity, Ratio, Time


def q(value: str, unit: str = "1") -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (to_boolean, "Yes", True),
        (to_boolean, "0", False),
        (to_boolean, "falsetto", None),
        (to_boolean, 1, True),
        (to_boolean, Decimal("0.0"), False),
        (to_boolean, 2, None),
        (to_integer, "-25", -25),
        (to_integer, "+25", 25),
        (to_integer, "foo", None),
        (to_integer, "2147483648", None),
        (to_integer, " 1", None),
        (to_integer, "1\n", None),
        (to_integer, "١", None),
        (to_integer, Long(2**31), None),
        (to_integer, Long(7), 7),
        (to_integer, True, 1),
        (to_long, "2147483648", Long(2147483648)),
        (to_long, 5, Long(5)),
        (to_long, "9223372036854775808", None),
        (to_decimal, "+25.5", Decimal("25.5")),
        (to_decimal, "-0.1", Decimal("-0.1")),
        (to_decimal, "+-0.1", None),
        (to_decimal, ".1", None),
        (to_decimal, "1e5", None),
        (to_decimal, "0.123456789", Decimal("0.12345679")),
        (to_decimal, "1" * 40, None),
        (to_decimal, True, Decimal("1.0")),
        (to_decimal, Long(5), Decimal(5)),
        (to_date, "2014-01-01T12:30:00", Date(2014, 1, 1)),
        (to_date, "2014-01", Date(2014, 1)),
        (to_date, "2014-1-1", None),
        (to_date, DateTime.parse("2014-01-01T23:00:00.000-07:00"), Date(2014, 1, 1)),
        (to_date_time, "2014-01-01", DateTime(2014, 1, 1)),
        (to_date_time, "2014-01-01T12:05:05.955+01:30", DateTime(2014, 1, 1, 12, 5, 5, 955, 90)),
        (to_date_time, "2014/01/01T12:05:05.955Z", None),
        (to_time, "T14:30:00.0", Time(14, 30, 0, 0)),
        (to_time, "T14:30:00.0-05:45", Time(14, 30, 0, 0)),
        (to_time, "14:30:00.0Z", Time(14, 30, 0, 0)),
        (to_time, "25:00", None),
        (to_time, DateTime.parse("2014-01-01T23:00:00Z"), Time(23, 0, 0)),
        (to_time, DateTime(2014), None),
        (to_quantity, "5.5 'cm'", q("5.5", "cm")),
        (to_quantity, "5.5'cm'", q("5.5", "cm")),
        (to_quantity, "-0.1 'mg'", q("-0.1", "mg")),
        (to_quantity, "4 days", q("4", "days")),
        (to_quantity, "4", q("4")),
        (to_quantity, "4 apples", None),
        (to_quantity, "444 'cm", None),
        (to_quantity, 13, q("13")),
        (to_quantity, Ratio(q("6", "g"), q("2", "mL")), q("3", "g/mL")),
        (to_ratio, "1.0 'mg':2.0 'mg'", Ratio(q("1.0", "mg"), q("2.0", "mg"))),
        (to_ratio, "1:128", Ratio(q("1"), q("128"))),
        (to_ratio, "1 '{a:b}':2 '{a:b}'", Ratio(q("1", "{a:b}"), q("2", "{a:b}"))),
        (to_ratio, "1;2", None),
        (to_ratio, ":" * 10000, None),
        (to_string, -5, "-5"),
        (to_string, Long(5), "5"),
        (to_string, Decimal("18.55"), "18.55"),
        (to_string, Decimal("5"), "5.0"),
        (to_string, True, "true"),
        (to_string, q("125", "cm"), "125 'cm'"),
        (to_string, q("4", "days"), "4 days"),
        (to_string, Ratio(q("1", "mg"), q("2", "mL")), "1 'mg':2 'mL'"),
        (to_string, Date(2014, 1), "2014-01"),
        (to_string, DateTime.parse("2000-01-01T08:25:25.300-07:00"), "2000-01-01T08:25:25.300-07:00"),
        (to_string, Time.parse("09:30:01.003"), "09:30:01.003"),
        (to_concept, Code("a", "s", None, "A"), Concept((Code("a", "s", None, "A"),), "A")),
        (to_concept, [Code("a"), None, Code("b")], Concept((Code("a"), Code("b")))),
        (to_list, 1, [1]),
        (to_list, None, []),
        (to_chars, "abc", ["a", "b", "c"]),
    ],
)
def test_conversions(convert: Callable[[Any], Any], value: Any, expected: Any) -> None:
    result = convert(value)
    assert type(result) is type(expected)
    assert result == expected


NAMES = ("boolean", "integer", "long", "decimal", "string", "date", "date_time", "time", "quantity", "ratio")


@pytest.mark.parametrize("name", NAMES)
def test_null_converts_to_null_and_nonsense_to_nothing(name: str) -> None:
    convert, converts = getattr(conversion, f"to_{name}"), getattr(convertible, f"converts_to_{name}")
    assert convert(None) is None
    assert converts(None) is None
    assert converts("nonsense") is (name == "string")
    assert converts([]) is False
    with pytest.raises(EvaluationError, match="not defined"):
        convert([])
    already = {
        "boolean": True,
        "integer": 1,
        "long": Long(1),
        "decimal": Decimal(1),
        "string": "a",
        "date": Date(2014),
        "date_time": DateTime(2014),
        "time": Time(1),
        "quantity": q("1"),
        "ratio": Ratio(q("1"), q("2")),
    }[name]
    assert convert(already) is already


def test_the_evaluations_offset_is_taken_and_left_out() -> None:
    assert to_date_time(Date(2014, 1), offset=60) == DateTime(2014, 1, offset=60)
    assert to_date_time("2014-01-01T10:00", offset=60) == DateTime(2014, 1, 1, 10, 0, offset=60)
    moment = DateTime.parse("2000-01-01T15:25:25.300+01:00")
    assert to_string(moment, offset=60) == "2000-01-01T15:25:25.300"
    assert to_string(moment, offset=0) == "2000-01-01T15:25:25.300+01:00"
    assert str(to_time(moment, offset=0)) == "14:25:25.300"


def test_convert_quantity() -> None:
    assert convert_quantity(q("5", "mg"), "g") == q("0.005", "g")
    assert convert_quantity(q("5", "mg"), "mL") is None
    assert convert_quantity(q("5", "bogus"), "bogus") == q("5", "bogus")
    assert convert_quantity(None, "g") is convert_quantity(q("5", "mg"), None) is None
    assert can_convert_quantity(q("5", "mg"), "g") is True
    assert can_convert_quantity(q("5", "mg"), "mL") is False
    assert can_convert_quantity(None, "g") is None


QUANTITIES = st.builds(
    Quantity,
    st.decimals(min_value=-(10**9), max_value=10**9, places=4),
    st.sampled_from(["mg/dL", "days", "1", "{a'b}", "%"]),
)


@given(
    st.one_of(
        QUANTITIES,
        st.integers(-(2**31), 2**31 - 1),
        st.decimals(min_value=-(10**9), max_value=10**9, places=8),
        st.booleans(),
        st.dates().map(Date.of),
        st.times().map(lambda t: Time(t.hour, t.minute, t.second, t.microsecond // 1000)),
        st.builds(Ratio, QUANTITIES, QUANTITIES),
    )
)
def test_what_is_written_is_read_back(value: Any) -> None:
    name = {bool: "boolean", int: "integer", Decimal: "decimal"}.get(type(value), type(value).__name__.lower())
    assert getattr(conversion, f"to_{name}")(to_string(value)) == value


@given(st.text(max_size=30))
def test_no_text_breaks_a_conversion(text: str) -> None:
    for name in NAMES:
        getattr(conversion, f"to_{name}")(text)
