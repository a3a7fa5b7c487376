"""Literals: their ranges and their ELM."""

from __future__ import annotations

import pytest

from tests.cql.translator.compact import errors, plain


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        ("-2147483648", "Negate(2147483648)"),
        ("-9223372036854775808L", "Negate(9223372036854775808)"),
        ("5 days", "Quantity(value=5, unit=days)"),
        ("0.1 'mg'", "Quantity(value=0.1, unit=mg)"),
        ("1 : 2 'mL'", "Ratio(numerator=(value=1, unit=1), denominator=(value=2, unit=mL))"),
        ("@2012-02-29", "Date(year=2012, month=2, day=29)"),
        ("@2014T", "DateTime(year=2014)"),
        ("@2014-01-01T10:30Z", "DateTime(year=2014, month=1, day=1, hour=10, minute=30, timezoneOffset=0)"),
        ("@2014-01-01T10-05:30", "DateTime(year=2014, month=1, day=1, hour=10, timezoneOffset=-5.5)"),
        ("@T10:00:00.5", "Time(hour=10, minute=0, second=0, millisecond=500)"),
    ],
)
def test_literals(expression: str, elm: str) -> None:
    assert plain(expression) == elm


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("2147483648", "CQL-120"),
        ("-2147483649", "CQL-120"),
        ("9223372036854775808L", "CQL-120"),
        ("0.000000001", "CQL-121"),
        ("10000000000000000000000000000.0", "CQL-121"),
        ("@2014-13", "CQL-122"),
        ("@2013-02-29", "CQL-122"),
        ("@2014-01-01T25", "CQL-122"),
        ("@2014-01-01T10:00:00+15:00", "CQL-122"),
        ("@T24:00", "CQL-123"),
        ("minimum Boolean", "CQL-107"),
    ],
)
def test_impossible_literals(expression: str, code: str) -> None:
    assert [found for found, _ in errors(f"define X: {expression}")] == [code]


def test_digits_that_a_json_number_would_lose_are_kept_as_text() -> None:
    assert plain("12345678901234567890.12345678 'mg'") == "Quantity(value=12345678901234567890.12345678, unit=mg)"
