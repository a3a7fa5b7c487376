"""FHIR primitives as System values: every form, and every malformed one null with a warning."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.data.context import reading
from cql.data.primitives import (
    READERS,
    read_boolean,
    read_date,
    read_date_time,
    read_decimal,
    read_integer,
    read_string,
    read_time,
)
from cql.data.warnings import MALFORMED_VALUE, WarningLog
from cql.values import Date, DateTime, Time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014", DateTime(2014)),
        ("2014-01", DateTime(2014, 1)),
        ("2014-01-25", DateTime(2014, 1, 25)),
        ("2014-01-25T14:30:00Z", DateTime(2014, 1, 25, 14, 30, 0, None, 0)),
        ("2014-01-25T14:30:00.5+01:00", DateTime(2014, 1, 25, 14, 30, 0, 500, 60)),
        ("2014-01-25T14:30:00.123456-05:30", DateTime(2014, 1, 25, 14, 30, 0, 123, -330)),
    ],
)
def test_date_time(text: str, expected: DateTime) -> None:
    assert read_date_time(text) == expected


def test_date_time_without_zone_has_the_offset_of_the_evaluation() -> None:
    with reading(-300, WarningLog()):
        assert read_date_time("2014-01-25T14:30:00") == DateTime(2014, 1, 25, 14, 30, 0, None, -300)
        assert read_date_time("2014-01-25") == DateTime(2014, 1, 25, offset=-300)
        assert read_date_time("2014-01-25T14:30:00Z") == DateTime(2014, 1, 25, 14, 30, 0, None, 0)
    with reading(60, WarningLog()):
        assert read_date_time("2014-01-25T14:30:00") == DateTime(2014, 1, 25, 14, 30, 0, None, 60)


def test_date_and_time() -> None:
    assert read_date("2014-02") == Date(2014, 2)
    assert read_date("2016-02-29") == Date(2016, 2, 29)
    assert read_time("14:30:15.25") == Time(14, 30, 15, 250)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (5, "5"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (6.3, "6.3"),
        (-0.0, "0.0"),
        (1e-7, "1E-7"),
        (1.123456789, "1.12345679"),
        (1e15, "1000000000000000"),
        (123456789.12345678, "123456789.12345678"),
        (Decimal("2.50"), "2.50"),
        (10**19, "10000000000000000000"),
    ],
)
def test_decimal(raw: Any, expected: str) -> None:
    value = read_decimal(raw)
    assert value == Decimal(expected)
    assert value is not None
    assert not value.is_signed()


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_decimal_keeps_the_digits_that_were_written(value: Decimal) -> None:
    assert read_decimal(float(value)) == value


def test_integer() -> None:
    assert read_integer(5) == 5
    assert read_integer(5.0) == 5
    assert read_integer(-(2**31)) == -(2**31)


def test_system_values_pass_through() -> None:
    assert read_date_time(DateTime(2014)) == DateTime(2014)
    assert read_date(Date(2014)) == Date(2014)
    assert read_decimal(Decimal("1.5")) == Decimal("1.5")


MALFORMED: dict[Any, list[Any]] = {
    read_date: ["19xx", "", "2014-13", "2014-02-30", "20140101", "2014-01-25T10:00:00Z", 2014, [], {}],
    read_date_time: ["yesterday", "", "2014-02-30", "2014-01-25T25:00:00Z", "2014-1-5", 20140125, {}],
    read_time: ["25:00:00", "noon", "", 9, []],
    read_decimal: ["5.4", float("inf"), float("nan"), 10**400, -(10**20), 1e300, True, [], {}],
    read_integer: ["5", 5.5, 2**31, 10**400, float("inf"), True, {}],
    read_boolean: ["true", 1, 0, []],
    read_string: [5, True, ["a"], {"a": 1}],
}


@pytest.mark.parametrize(("read", "raw"), [(read, raw) for read, faulty in MALFORMED.items() for raw in faulty])
def test_malformed_is_null_with_a_warning(read: Any, raw: Any) -> None:
    log = WarningLog()
    with reading(0, log):
        assert read(raw) is None
        assert read(raw) is None
    (warning,) = log.placed([])
    assert warning.code == MALFORMED_VALUE
    assert warning.message.startswith("the value is not ")


@pytest.mark.parametrize("read", READERS.values())
def test_null_is_null_without_a_warning(read: Any) -> None:
    log = WarningLog()
    with reading(0, log):
        assert read(None) is None
    assert log.placed([]) == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(json_values)
def test_no_reader_raises(raw: Any) -> None:
    for read in READERS.values():
        read(raw)
