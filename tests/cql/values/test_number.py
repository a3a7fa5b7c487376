"""Integer, Long and Decimal ranges and rounding."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cql.values import Long
from cql.values.number import DECIMAL_MAX, decimal, integer, long, plain, scale


def test_integer_and_long_are_null_out_of_range() -> None:
    assert integer(2**31 - 1) == 2147483647
    assert integer(2**31) is None
    assert integer(-(2**31)) == -2147483648
    assert integer(-(2**31) - 1) is None
    assert long(2**63) is None
    assert type(long(5)) is Long


def test_long_shows_its_type() -> None:
    assert str(Long(5)) == "5L"
    assert f"{Long(5)!r}" == "5L"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.123456785", "0.12345679"),  # half up
        ("-0.123456785", "-0.12345679"),
        ("1.50", "1.50"),  # the scale stays
        ("1E+2", "100"),
        ("0E+44", "0"),
        ("-0.0", "0.0"),
        ("-0.000000001", "0E-8"),
        ("1E-999", "0E-8"),
    ],
)
def test_decimal_rounds_to_eight_places_in_plain_form(value: str, expected: str) -> None:
    result = decimal(Decimal(value))
    assert str(result) == expected
    assert result is not None
    assert not result.is_signed() or result < 0


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+20", "1E+999999", "99999999999999999999.999999995"])
def test_decimal_is_null_when_not_representable(value: str) -> None:
    assert decimal(Decimal(value)) is None


def test_the_greatest_decimal_is_representable() -> None:
    assert decimal(DECIMAL_MAX) == Decimal("99999999999999999999.99999999")


def test_plain_text_has_a_point_and_no_exponent() -> None:
    assert plain(Decimal(5)) == "5.0"
    assert plain(Decimal("1E-8")) == "0.00000001"
    assert plain(Decimal("18.55")) == "18.55"


def test_scale_counts_written_digits() -> None:
    assert scale(Decimal("1.58700")) == 5
    assert scale(Decimal(100)) == 0
    assert scale(Decimal("1E+2")) == 0
