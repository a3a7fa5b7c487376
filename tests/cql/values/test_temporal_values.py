"""Date, DateTime and Time: forms read and written, ranges, immutability."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.values import Date, DateTime, Time

MS_PER_DAY = 86_400_000


@pytest.mark.parametrize("text", ["2014", "2014-02", "2014-02-28", "0001-01-01", "9999-12-31"])
def test_date_round_trips(text: str) -> None:
    assert str(Date.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "14", "2014-1", "2014-13", "2014-02-30", "0000-01-01", "2014-W05-1", "20140105", "2014-01-01T", "２０１４"],
)
def test_date_refuses(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the standard library's in half of the cases
        Date.parse(text)


def test_date_range_and_components() -> None:
    date = Date.parse("2016-02")
    assert (date.year, date.month, date.day, date.precision) == (2016, 2, None, "month")
    assert date.high - date.low == 28
    assert Date(2014).high - Date(2014).low == 364
    with pytest.raises(ValueError, match="needs a month"):
        Date(2014, None, 5)


@pytest.mark.parametrize(
    ("text", "precision", "offset", "shown"),
    [
        ("2014", "year", None, "2014"),
        ("2014T", "year", None, "2014"),
        ("2014-01T", "month", None, "2014-01"),
        ("2014-01-25", "day", None, "2014-01-25"),
        ("2014-01-25T", "day", None, "2014-01-25"),
        ("2014-01-25T14", "hour", None, "2014-01-25T14"),
        ("2014-01-25T14:30", "minute", None, "2014-01-25T14:30"),
        ("2014-01-25T14:30Z", "minute", 0, "2014-01-25T14:30+00:00"),
        ("2014-01-25T14:30:14", "second", None, "2014-01-25T14:30:14"),
        ("2014-01-25T14:30:14Z", "second", 0, "2014-01-25T14:30:14+00:00"),
        ("2014-01-25T14:30:14+01:30", "second", 90, "2014-01-25T14:30:14+01:30"),
        ("2014-01-25T14:30:14.5", "millisecond", None, "2014-01-25T14:30:14.500"),
        ("2014-01-25T14:30:14.559Z", "millisecond", 0, "2014-01-25T14:30:14.559+00:00"),
        ("2014-01-25T14:30:14.559-07:00", "millisecond", -420, "2014-01-25T14:30:14.559-07:00"),
        ("2014-01-25T14:30:14.5591234Z", "millisecond", 0, "2014-01-25T14:30:14.559+00:00"),
    ],
)
def test_date_time_forms(text: str, precision: str, offset: int | None, shown: str) -> None:
    value = DateTime.parse(text)
    assert (value.precision, value.offset, str(value)) == (precision, offset, shown)


def test_date_time_takes_the_default_offset_only_without_one() -> None:
    assert DateTime.parse("2014-01-25", 60).offset == 60
    assert DateTime.parse("2014-01-25T14:30:00", 60).offset == 60
    assert DateTime.parse("2014-01-25T14:30:00Z", 60).offset == 0


@pytest.mark.parametrize(
    "text",
    [
        "2014/01/01T12:05:05.955Z",
        "2014-01-01T25:00:00Z",
        "2014-01-01T12:60:00Z",
        "2014-01-01T12:05:60Z",
        "2014-01-01T12:05:05,955Z",
        "2014-01-01 12:05:05.955Z",
        "2014-01-01T12:05:05.955z",
        "2014-01-01T12:05:05.955+15:00",
        "2014-01-01T12:05:05+0100",
        "2014-W05-1T12:05:05.955Z",
        "2014-02-30",
        "2014Z",
        "2014-01T12:00",
        "2014-01-01T12:05:05.955+00:61",
        "10000-01-01",
        "2014-01-01T12:05:05.955+01:0",
    ],
)
def test_date_time_refuses(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - see above
        DateTime.parse(text)


def test_date_time_components_are_absent_below_the_precision() -> None:
    value = DateTime(2014, 1, 25, 14)
    assert (value.year, value.month, value.day, value.hour, value.minute, value.second, value.millisecond) == (
        *(2014, 1, 25, 14),
        *(None, None, None),
    )
    with pytest.raises(ValueError, match="below one that is not"):
        DateTime(2014, None, 5)
    with pytest.raises(ValueError, match="within 14 hours"):
        DateTime(2014, offset=900)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-840, 840))
def test_full_date_time_round_trips_and_counts_utc_milliseconds(moment: datetime, offset: int) -> None:
    value = DateTime.of(moment.replace(microsecond=moment.microsecond // 1000 * 1000), offset=offset)
    assert DateTime.parse(str(value)) == value
    local = moment.toordinal() * MS_PER_DAY + ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1000
    assert value.low == value.high == local + moment.microsecond // 1000 - offset * 60_000


@pytest.mark.parametrize("text", ["10", "10:25", "10:25:12", "10:25:12.863"])
def test_time_round_trips(text: str) -> None:
    assert str(Time.parse(text)) == text
    assert Time.parse("T" + text) == Time.parse(text)


@pytest.mark.parametrize("text", ["24", "23:60", "23:59:60", "1:00", "10:25:12.", "10:25Z", ""])
def test_time_refuses(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - see above
        Time.parse(text)


def test_time_range_counts_a_second_as_exact() -> None:
    assert Time.parse("10:30").high - Time.parse("10:30").low == 59_999
    assert Time.parse("10:30:00").high == Time.parse("10:30:00").low
    assert Time.parse("23:59:59.10000").millisecond == 100


@pytest.mark.parametrize("value", [Date(2014, 2), DateTime(2014, 2, 3, 4, offset=60), Time(10, 30)])
def test_values_are_immutable_hashable_and_copyable(value: Date | DateTime | Time) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        value.low = 0
    with pytest.raises(AttributeError, match="immutable"):
        del value.low
    for twin in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert twin == value
        assert hash(twin) == hash(value)
    assert value != str(value)
