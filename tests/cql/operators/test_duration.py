"""Durations, differences and their uncertainty."""

from __future__ import annotations

import datetime as stdlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators.temporal import difference_between, duration_between
from cql.values import Date, DateTime, Time, Uncertainty


def dt(text: str) -> DateTime:
    return DateTime.parse(text, 0)


@pytest.mark.parametrize(
    ("left", "right", "precision", "expected"),
    [
        ("2005", "2010", "year", 5),
        ("2005-05", "2010-04", "year", 4),
        ("2014-01-31", "2014-02-01", "month", 0),
        ("2014-01-01", "2014-03-15", "month", 2),
        ("2012-02-29", "2013-02-28", "year", 0),
        ("2014-03-15", "2014-01-16", "month", -1),
        ("2010-10-12T12:05", "2008-08-15T08:08", "day", -788),
        ("2000-10-15T10:30", "2000-10-25T10:00", "day", 9),
        ("2012-03-10T22:05:09", "2012-03-20T07:19:33", "week", 1),
        ("2000-04-01T12", "2000-04-01T20", "hour", 8),
        ("2005-12-10T05:16", "2005-12-10T05:25", "minute", 9),
        ("2017-03-12T01:00:00-07:00", "2017-03-12T03:00:00-06:00", "hour", 1),
        ("2017-11-05T01:30:00-06:00", "2017-11-05T01:15:00-07:00", "minute", 45),
        ("2017-03-12T00:00:00.000-07:00", "2017-03-13T00:00:00.000-06:00", "day", 0),
        ("2005", "2006-05", "month", Uncertainty(4, 16)),
        ("2005", "2006-07", "month", Uncertainty(6, 18)),
        ("2014-01-15", "2014-02", "day", Uncertainty(16, 44)),
        ("2015-02-10", "2015-03", "day", Uncertainty(18, 49)),
        ("2014-01-01T10:00:00", "2014-01-01T10:00:01.000", "millisecond", Uncertainty(1, 1000)),
    ],
)
def test_duration(left: str, right: str, precision: str, expected: int | Uncertainty) -> None:
    assert duration_between(dt(left), dt(right), precision) == expected


@pytest.mark.parametrize(
    ("left", "right", "precision", "expected"),
    [
        ("2016", "1998", "year", -18),
        ("2014-12-31", "2015-01-01", "year", 1),
        ("2000-02", "2000-10", "month", 8),
        ("2014-01-31", "2014-02-01", "month", 1),
        ("2000-10-15T10:30", "2000-10-25T10:00", "day", 10),
        ("2000-10-15", "2000-10-28", "week", 1),
        ("2000-10-15", "2000-10-29", "week", 2),
        ("2012-03-10T22:05:09", "2012-03-24T07:19:33", "week", 2),
        ("2000-04-01T12:59", "2000-04-01T13:00", "hour", 1),
        ("2017-03-12T01:00:00-07:00", "2017-03-12T03:00:00-06:00", "hour", 1),
        ("2017-03-12T00:00:00-07:00", "2017-03-13T00:00:00-06:00", "day", 1),
        ("2005", "2006-07", "month", Uncertainty(7, 18)),
    ],
)
def test_difference(left: str, right: str, precision: str, expected: int | Uncertainty) -> None:
    assert difference_between(dt(left), dt(right), precision) == expected


def test_times_and_dates() -> None:
    assert duration_between(Time.parse("20:26:15.555"), Time.parse("23:25:15.555"), "hour") == 2
    assert duration_between(Time.parse("23:25:10.556"), Time.parse("23:25:15.555"), "second") == 4
    assert duration_between(Time(6), Time(7, 0, 0), "hour") == 1
    assert duration_between(Time(6), Time(7, 0, 0), "minute") == Uncertainty(0, 60)
    assert difference_between(Time(20), Time.parse("23:25:15.555"), "hour") == 3
    assert difference_between(Time.parse("20:20:15.555"), Time.parse("20:20:15.550"), "millisecond") == -5
    assert duration_between(Date(2014, 1, 15), Date(2014, 2), "day") == Uncertainty(17, 44)
    assert duration_between(Date(2012, 3, 10), dt("2013-03-10T09:20:00.000Z"), "year") == 1
    assert duration_between(None, Date(2014), "day") is None
    assert difference_between(Date(2014), None, "day") is None


@pytest.mark.parametrize(
    ("left", "right", "precision"),
    [
        (Date(2014), Date(2015), "hour"),
        (Time(1), Time(2), "day"),
        (Time(1), Date(2014), "day"),
        (Date(2014), Date(2015), "century"),
        (1, 2, "day"),
    ],
)
def test_what_has_no_duration_is_an_error(left: Any, right: Any, precision: str) -> None:
    with pytest.raises(EvaluationError):
        duration_between(left, right, precision)


DAYS = st.dates(min_value=stdlib.date(2015, 11, 20), max_value=stdlib.date(2016, 4, 10))


@st.composite
def partial_dates(draw: st.DrawFn) -> Date:
    day = draw(DAYS)
    return Date(*(day.year, day.month, day.day)[: draw(st.integers(2, 3))])


@given(partial_dates(), partial_dates(), st.sampled_from(["year", "month", "week", "day"]))
def test_uncertainty_is_the_range_over_all_days(left: Date, right: Date, precision: str) -> None:
    """Brute force: the duration and the difference for every pair of days that the two can mean."""
    if precision in ("year", "month"):
        return  # known precisely enough: certain by definition, tested by example
    for operator in (duration_between, difference_between):
        found = [
            operator(Date.of(stdlib.date.fromordinal(one)), Date.of(stdlib.date.fromordinal(other)), precision)
            for one in range(left.low, left.high + 1)
            for other in range(right.low, right.high + 1)
        ]
        low, high = min(found), max(found)  # type: ignore[type-var]  # days are certain: whole numbers all
        result = operator(left, right, precision)
        assert result == (low if low == high else Uncertainty(low, high))  # type: ignore[arg-type]


@given(DAYS, DAYS)
def test_durations_agree_with_the_calendar(left: stdlib.date, right: stdlib.date) -> None:
    one, other = Date.of(left), Date.of(right)
    days = (right - left).days
    assert duration_between(one, other, "day") == difference_between(one, other, "day") == days
    assert duration_between(one, other, "week") == int(days / 7)
    months = (right.year - left.year) * 12 + right.month - left.month
    assert difference_between(one, other, "month") == months
    assert difference_between(one, other, "year") == right.year - left.year
    if days >= 0:
        assert duration_between(one, other, "month") == months - (right.day < left.day)


@given(st.datetimes(), st.datetimes(), st.integers(-840, 840), st.integers(-840, 840))
def test_hours_and_finer_do_not_depend_on_the_time_zone(
    left: stdlib.datetime, right: stdlib.datetime, offset: int, other: int
) -> None:
    one, two = DateTime.of(left, offset=offset), DateTime.of(right, offset=other)
    for name, length in (("hour", 3_600_000), ("second", 1000), ("millisecond", 1)):
        assert duration_between(one, two, name) == int(abs(two.low - one.low) // length) * (
            1 if two.low >= one.low else -1
        )
