"""Dates and times plus and minus quantities of time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators.arithmetic import add, subtract
from cql.values import Date, DateTime, Quantity, Time


def plus(value: Any, amount: str, unit: str) -> str:
    return str(add(value, Quantity(Decimal(amount), unit)))


@pytest.mark.parametrize(
    ("value", "amount", "unit", "expected"),
    [
        ("2005-10-10", "5", "years", "2010-10-10"),
        ("2012-02-29", "1", "year", "2013-02-28"),
        ("2014-01-31", "1", "month", "2014-02-28"),
        ("2014-01-31", "-11", "months", "2013-02-28"),
        ("2005-05-10", "-6", "months", "2004-11-10"),
        ("2018-05-23", "52", "weeks", "2019-05-22"),
        ("2018-05-23", "-3", "wk", "2018-05-02"),
        ("2005-05-10", "25", "hours", "2005-05-11"),
        ("2005-05-10", "-25", "hours", "2005-05-09"),
        ("2005-05-10", "23", "h", "2005-05-10"),
        ("2016-01-01", "-1.1", "years", "2015-01-01"),
        ("2016-01-01", "1.9", "d", "2016-01-02"),
        ("2014", "24", "months", "2016"),
        ("2014", "18", "months", "2015"),
        ("2014", "-25", "months", "2012"),
        ("2014", "730", "days", "2016"),
        ("2014", "735", "days", "2016"),
        ("2014", "364", "days", "2014"),
        ("2016-05", "-31535999", "seconds", "2015-05"),
        ("2014-06", "33", "days", "2014-07"),
        ("2016-06-10T05", "-6", "hours", "2016-06-09T23"),
        ("2016-06-10T05:05", "55", "minutes", "2016-06-10T06:00"),
        ("2016-06-10T05:05:05", "1.5", "seconds", "2016-06-10T05:05:06"),
        ("2016-06-10T05:05:05.005", "1.5", "s", "2016-06-10T05:05:06.505"),
        ("2016-06-10T05:05:05.005", "-6", "ms", "2016-06-10T05:05:04.999"),
        ("2016-10-01T10:20:30", "-15", "hours", "2016-09-30T19:20:30"),
        ("2016-06-10T05:05:05.005-07:00", "1", "day", "2016-06-11T05:05:05.005-07:00"),
    ],
)
def test_date_times(value: str, amount: str, unit: str, expected: str) -> None:
    assert plus(DateTime.parse(value), amount, unit) == expected


@pytest.mark.parametrize(
    ("value", "amount", "unit", "expected"),
    [
        ("15:59:59.999", "5", "hours", "20:59:59.999"),
        ("15:59:59.999", "1", "milliseconds", "16:00:00.000"),
        ("23:30:00", "1", "hour", "00:30:00"),
        ("00:30", "-1", "h", "23:30"),
        ("10", "90", "minutes", "11"),
    ],
)
def test_times_go_round_the_clock(value: str, amount: str, unit: str, expected: str) -> None:
    assert plus(Time.parse(value), amount, unit) == expected


def test_dates() -> None:
    assert plus(Date(2014), "24", "months") == "2016"
    assert plus(Date(2014, 6), "33", "days") == "2014-07"
    assert plus(Date(2020, 2, 29), "1", "year") == "2021-02-28"
    assert str(subtract(Date(2014, 6), Quantity(Decimal(1), "year"))) == "2013-06"
    assert add(Date(2014), None) is None


@pytest.mark.parametrize(
    ("value", "quantity", "message"),
    [
        (DateTime(2005, 10, 10), Quantity(Decimal(8000), "years"), "outside the years"),
        (Date(1, 1, 1), Quantity(Decimal(-1), "day"), "outside the years"),
        (DateTime(2005, 10, 10), Quantity(Decimal(10**19), "days"), "outside the years"),
        (DateTime(2005, 10, 10), Quantity(Decimal(1), "a"), "dates move by years"),
        (Date(2005, 10, 10), Quantity(Decimal(1), "mo"), "dates move by months"),
        (Date(2005, 10, 10), Quantity(Decimal(1), "mg"), "not a unit of time"),
        (Time(10), Quantity(Decimal(1), "day"), "has no days"),
    ],
)
def test_errors_say_what_is_wrong(value: Any, quantity: Quantity, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        add(value, quantity)


@given(st.dates(), st.integers(-1000, 1000))
def test_whole_months_keep_the_day_or_end_the_month(day: Any, months: int) -> None:
    value = Date.of(day)
    if not 1 <= (day.year * 12 + day.month - 1 + months) // 12 <= 9999:
        return
    moved = add(value, Quantity(Decimal(months), "months"))
    assert moved.first.year * 12 + moved.first.month - (day.year * 12 + day.month) == months
    assert moved.first.day == day.day or (
        moved.first.day < day.day and Date.of(moved.first).high + 1 == _next_month(moved)
    )


def _next_month(value: Date) -> int:
    return Date(value.year, value.month).high + 1


@given(
    st.datetimes(),
    st.integers(-(10**6), 10**6),
    st.sampled_from(["days", "hours", "minutes", "seconds", "milliseconds"]),
)
def test_adding_and_taking_away_fixed_units_is_the_identity(moment: Any, amount: int, unit: str) -> None:
    value = DateTime.of(moment.replace(microsecond=0), offset=0)
    quantity = Quantity(Decimal(amount), unit)
    try:
        moved = add(value, quantity)
    except EvaluationError:
        return  # out of the calendar
    assert subtract(moved, quantity) == value
