"""Constructors, components, ages, and comparisons to a precision."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators import temporal
from cql.operators.temporal import (
    after_point,
    before_point,
    calculate_age,
    calculate_age_at,
    date_from,
    date_time,
    date_time_component_from,
    same_as_point,
    same_or_after_point,
    same_or_before_point,
    time_from,
    timezone_offset_from,
)
from cql.values import Date, DateTime, Time, Uncertainty
from cql.values.precision import PRECISIONS

NOW = DateTime.parse("2026-11-21T23:30:00.000+01:00")


def dt(text: str) -> DateTime:
    return DateTime.parse(text, 0)


def test_constructors() -> None:
    assert date_time(2003, 10, offset=60) == DateTime(2003, 10, offset=60)
    assert date_time(2017, 3, 12, 1, 0, 0, 0, Decimal("-7.5"), offset=60) == dt("2017-03-12T01:00:00.000-07:30")
    assert date_time(2001, 1, 1, None, None, offset=0) == dt("2001-01-01")
    assert date_time(None) is None
    assert temporal.date(2014, 2) == Date(2014, 2)
    assert temporal.date(None) is None
    assert temporal.time(12, 30) == Time(12, 30)
    assert temporal.time(None) is None


@pytest.mark.parametrize(
    ("constructor", "parts"),
    [
        (date_time, (10000, 12, 31)),
        (date_time, (0, 1, 1)),
        (date_time, (2014, None, 1)),
        (date_time, (None, 1)),
        (date_time, (2014, 2, 30)),
        (date_time, (2014, 1, 1, 1, 1, 1, 1000)),
        (date_time, (2014, 1, 1, 1, 1, 1, 1, Decimal(15))),
        (temporal.date, (2014, 13)),
        (temporal.time, (24,)),
        (temporal.time, (None, 30)),
    ],
)
def test_what_is_no_date_or_time_is_an_error(constructor: Callable[..., Any], parts: tuple[Any, ...]) -> None:
    with pytest.raises(EvaluationError, match="is not a"):
        constructor(*parts)


def test_now_today_and_time_of_day_are_local() -> None:
    assert temporal.now(NOW) is NOW
    assert str(temporal.today(NOW)) == "2026-11-21"
    assert str(temporal.time_of_day(NOW)) == "23:30:00.000"


def test_components() -> None:
    value = dt("2003-10-29T20:50:33.955+01:00")
    found = [date_time_component_from(value, name) for name in PRECISIONS]
    assert found == [2003, 10, 29, 20, 50, 33, 955]
    assert date_time_component_from(dt("2003-10"), "day") is None
    assert date_time_component_from(Time(23, 20), "minute") == 20
    assert date_time_component_from(None, "hour") is None
    for wrong, name in ((Date(2003), "hour"), (Time(1), "year"), (value, "week"), (value, "low")):
        with pytest.raises(EvaluationError, match="has no"):
            date_time_component_from(wrong, name)


def test_parts_of_a_date_time() -> None:
    value = dt("2003-10-29T20:50:33.955+01:00")
    assert date_from(value) == Date(2003, 10, 29)
    assert date_from(dt("2003-10")) == Date(2003, 10)
    assert str(time_from(value)) == "20:50:33.955"
    assert str(time_from(value, offset=0)) == "19:50:33.955"
    assert time_from(dt("2003-10-29")) is None
    assert str(timezone_offset_from(value)) == "1.00"
    assert timezone_offset_from(DateTime(2003), offset=-90) == Decimal("-1.50")
    assert [date_from(None), time_from(None), timezone_offset_from(None)] == [None, None, None]
    with pytest.raises(EvaluationError, match="takes a DateTime"):
        time_from(Time(1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "right", "precision", "order"),
    [
        ("2014", "2014-07-11", "year", 0),
        ("2013", "2014-07-11", "month", -1),
        ("2014", "2014-07-11", "month", None),
        ("2014", "2014", "month", None),
        ("2004-12-09", "2003-10-10", "day", 1),
        ("2005-10-10", "2005-09", "day", 1),
        ("2014-07-11", "2014-07-11T14", "day", 0),
        ("2014-07-15", "2014-07-11T14", "hour", 1),
        ("2014-07-11", "2014-07-11T14", "hour", None),
        ("2004-10-10T20:30:15", "2004-10-10T20:30:15.999", "second", 0),
        ("2004-10-10T20:30:15", "2004-10-10T20:30:15.000", "millisecond", None),
        ("2004-10-10T20:30:15.512", "2004-10-10T20:30:15.513", "millisecond", -1),
        ("2012-03-10T10:20:00.999+07:00", "2012-03-10T09:20:00.999+06:00", "hour", 0),
        ("2012-03-10T10:20:00.999+07:00", "2012-03-10T10:20:00.999+06:00", "hour", -1),
        ("2012-03-10T10:10:00.000+05:30", "2012-03-10T10:40:00.000+05:30", "hour", 0),
        # Days are those of each value's own place: only hours and finer bring time zones together.
        ("2022-02-22T00:00:00.000-05:00", "2022-02-22T04:59:00.000Z", "day", 0),
        ("2022-02-22T23:00:00.000-05:00", "2022-02-23T04:00:00.000Z", "day", -1),
        ("2022-02-22T23:00:00.000-05:00", "2022-02-23T04:00:00.000Z", "minute", 0),
    ],
)
def test_comparisons_to_a_precision(left: str, right: str, precision: str, order: int | None) -> None:
    _check(dt(left), dt(right), precision, order)
    _check(dt(right), dt(left), precision, None if order is None else -order)


def _check(left: Any, right: Any, precision: str | None, order: int | None) -> None:
    def when(holds: Callable[[int], bool]) -> bool | None:
        return None if order is None else holds(order)

    assert same_as_point(left, right, precision) is when(lambda order: order == 0)
    assert before_point(left, right, precision) is when(lambda order: order < 0)
    assert after_point(left, right, precision) is when(lambda order: order > 0)
    assert same_or_before_point(left, right, precision) is when(lambda order: order <= 0)
    assert same_or_after_point(left, right, precision) is when(lambda order: order >= 0)


def test_comparisons_of_dates_times_and_mixtures() -> None:
    _check(Date(2012, 1, 1), Date(2012, 1), "day", None)
    _check(Date(2012, 1, 1), Date(2012, 2), "month", -1)
    _check(Date(2012, 1, 1), dt("2012-01-01T10:00:00.000Z"), "day", 0)
    _check(Time.parse("15:59:59.999"), Time.parse("14:59:59.999"), "hour", 1)
    _check(Time.parse("15:59"), Time.parse("15:59:30"), "minute", 0)
    _check(Time.parse("15"), Time.parse("15:59:30"), "minute", None)
    _check(3, 4, None, -1)
    _check(dt("2014-01"), dt("2014-01-05"), None, None)
    assert before_point(None, dt("2014"), "year") is None


@pytest.mark.parametrize(
    ("left", "right", "precision"),
    [
        (Date(2014), Date(2015), "hour"),
        (Time(1), Time(2), "year"),
        (dt("2014"), dt("2015"), "week"),
        (1, 2, "year"),
    ],
)
def test_precisions_that_values_do_not_have_are_errors(left: Any, right: Any, precision: str) -> None:
    with pytest.raises(EvaluationError):
        same_as_point(left, right, precision)


MOMENTS = st.datetimes().map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


@st.composite
def partial_moments(draw: st.DrawFn) -> DateTime:
    moment = draw(MOMENTS.map(lambda m: m.replace(year=2014 + m.year % 2, month=1 + m.month % 2, day=1 + m.day % 2)))
    parts = (moment.year, moment.month, moment.day, moment.hour % 2, moment.minute % 2, moment.second % 2)
    text = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}".format(*parts, draw(st.integers(0, 2)))
    return dt(text[: draw(st.sampled_from((4, 7, 10, 13, 16, 19, 23)))])


@given(partial_moments(), partial_moments(), st.sampled_from(PRECISIONS))
def test_comparison_by_component_is_what_the_reference_describes(one: DateTime, two: DateTime, precision: str) -> None:
    """The reference's own wording, component by component, as the oracle."""
    expected: int | None = 0
    for name in PRECISIONS[: PRECISIONS.index(precision) + 1]:
        left, right = getattr(one, name), getattr(two, name)
        if left is None or right is None:
            expected = None
            break
        if left != right:
            expected = -1 if left < right else 1
            break
    _check(one, two, precision, expected)


def test_ages() -> None:
    assert calculate_age(Date(1980, 11, 22), "year", NOW) == 45
    assert calculate_age(Date(1980, 11, 21), "year", NOW) == 46
    assert calculate_age(Date(1980, 11), "month", NOW) == 552
    assert calculate_age(Date(1980), "month", NOW) == Uncertainty(550, 562)  # born 31 December or 1 January
    assert calculate_age(None, "year", NOW) is None
    assert calculate_age_at(Date(2000, 2, 29), Date(2001, 2, 28), "year") == 0
    assert calculate_age_at(Date(2000, 2, 29), dt("2001-03-01T00:00:00.000Z"), "year") == 1
    assert calculate_age_at(dt("2000-02-29T22:00:00.000Z"), Date(2001, 3, 1), "year") == 1
    assert calculate_age_at(None, Date(2001), "year") is None
