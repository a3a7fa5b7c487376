from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from cql.errors import LimitExceeded
from cql.operators.expand import expand
from cql.values import Date, DateTime, Interval, Long, Quantity, Time

D = Date.parse
T = Time.parse


def m(text: str) -> DateTime:
    return DateTime.parse(text, 0)


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


def units(*points: Any) -> list[Interval]:
    return [Interval(point, point) for point in points]


TENTHS = [Decimal(f"10.{tenth}") for tenth in range(10)]


@pytest.mark.parametrize(
    ("operand", "per", "expected"),
    [
        (None, None, None),
        ([], None, []),
        ([None, Interval(1, 2)], None, units(1, 2)),
        ([Interval(1, 3)], None, units(1, 2, 3)),
        ([Interval(2, 4), Interval(1, 3)], None, units(1, 2, 3, 4)),
        ([Interval(1, 10)], 2, [Interval(low, low + 1) for low in (1, 3, 5, 7, 9)]),
        ([Interval(1, 10, True, False)], 2, [Interval(low, low + 1) for low in (1, 3, 5, 7)]),
        (Interval(1, 10), 2, [1, 3, 5, 7, 9]),
        (Interval(1, 10, True, False), None, list(range(1, 10))),
        (Interval(Long(1), Long(3)), None, [Long(1), Long(2), Long(3)]),
        (Interval(-5, 0), 3, [-5, -2]),
        (Interval(10, 10), Decimal("0.1"), TENTHS),
        ([Interval(10, 10)], q("0.1", "1"), units(*TENTHS)),
        ([Interval(Decimal("10.0"), Decimal("12.5"))], 1, units(Decimal(10), Decimal(11), Decimal(12))),
        (Interval(Decimal("10.0"), Decimal("12.0"), True, False), 1, [Decimal(10), Decimal(11)]),
        (Interval(Decimal("1.8"), Decimal("2.1")), None, [Decimal(x) for x in ("1.8", "1.9", "2.0", "2.1")]),
        (
            [Interval(Decimal("1.0"), Decimal("2.4"))],
            Decimal("0.5"),
            [
                Interval(Decimal("1.0"), Decimal("1.4")),
                Interval(Decimal("1.5"), Decimal("1.9")),
                Interval(Decimal("2.0"), Decimal("2.4")),
            ],
        ),
        (Interval(q("1", "g"), q("3", "g")), q("1", "g"), [q("1", "g"), q("2", "g"), q("3", "g")]),
        (Interval(q("1", "g"), q("1002", "mg")), q("1", "mg"), [q(x, "mg") for x in ("1000", "1001", "1002")]),
    ],
)
def test_numbers(operand: Any, per: Any, expected: Any) -> None:
    assert expand(operand, per) == expected


@pytest.mark.parametrize(
    ("operand", "per", "expected"),
    [
        (
            [Interval(D("2018-01-01"), D("2018-01-03"))],
            q("1", "day"),
            units(D("2018-01-01"), D("2018-01-02"), D("2018-01-03")),
        ),
        (
            [Interval(D("2018-01-01"), D("2018-01-04"))],
            q("2", "days"),
            [Interval(D("2018-01-01"), D("2018-01-02")), Interval(D("2018-01-03"), D("2018-01-04"))],
        ),
        (Interval(D("2018-01-01"), D("2018-01-04")), q("2", "days"), [D("2018-01-01"), D("2018-01-03")]),
        (Interval(D("2018-01-01"), D("2018-01-14")), q("1", "week"), [D("2018-01-01"), D("2018-01-08")]),
        (Interval(D("2018-01-31"), D("2018-03-15")), q("1", "month"), [D("2018-01"), D("2018-02"), D("2018-03")]),
        (Interval(D("2018-01"), D("2019-12")), q("1", "year"), [D("2018"), D("2019")]),
        (Interval(D("2018-01"), D("2018-03")), None, [D("2018-01"), D("2018-02"), D("2018-03")]),
        (Interval(D("2018-01"), D("2018-03-15")), None, [D("2018-01"), D("2018-02"), D("2018-03")]),
        (Interval(D("2018"), D("2018")), q("1", "month"), []),
        ([Interval(T("10:00"), T("12:30"))], q("1", "hour"), units(T("10"), T("11"), T("12"))),
        ([Interval(T("10:00"), T("12:30"), True, False)], q("1", "h"), units(T("10"), T("11"), T("12"))),
        (Interval(T("10:00"), T("12:00"), True, False), q("1", "hour"), [T("10"), T("11")]),
        (Interval(T("10"), T("10")), q("1", "minute"), []),
        (Interval(T("10:00:00.000"), T("10:00:01.000")), q("0.5", "seconds"), [T("10:00:00.000"), T("10:00:00.500")]),
        (
            Interval(m("2018-01-01T22:30"), m("2018-01-02T00:30")),
            q("1", "hour"),
            [m("2018-01-01T22"), m("2018-01-01T23"), m("2018-01-02T00")],
        ),
        (
            Interval(m("2018-01-01T23:30+02:00"), m("2018-01-01T23:30+00:00")),
            q("1", "hour"),
            [m("2018-01-01T23+02:00"), m("2018-01-02T00+02:00"), m("2018-01-02T01+02:00")],
        ),
    ],
)
def test_dates_and_times(operand: Any, per: Any, expected: Any) -> None:
    assert expand(operand, per) == expected


@pytest.mark.parametrize(
    "operand",
    [Interval(0, None), Interval(0, None, True, False), Interval(None, 5), [Interval(None, D("2012-01-01"), False)]],
)
def test_an_interval_with_a_null_bound_gives_nothing(operand: Any) -> None:
    assert expand(operand) == []


@pytest.mark.parametrize(
    ("operand", "per"),
    [
        (Interval(1, 4), q("1", "day")),
        (Interval(1, 4), 0),
        (Interval(1, 4), -1),
        ([Interval(D("2012"), D("2013"))], q("1", "g")),
        (Interval(T("10"), T("12")), q("1", "day")),
        (Interval(q("1", "g"), q("2", "g")), q("1", "cm")),
        (Interval(D("2012-01-01"), D("2013-01-01")), q("1", "a")),  # a length of time, not of the calendar
    ],
)
def test_a_per_that_does_not_fit_gives_null(operand: Any, per: Any) -> None:
    assert expand(operand, per) is None


def test_what_would_explode_is_refused_before_any_work() -> None:
    century = Interval(m("1900-01-01T00:00:00.000"), m("1999-12-31T23:59:59.999"))
    begun = time.perf_counter()
    with pytest.raises(LimitExceeded, match="3155673600000 elements; the limit max_items is 1000000"):
        expand(century, q("1", "millisecond"))
    with pytest.raises(LimitExceeded, match="max_items is 10"):
        expand([Interval(1, 6), Interval(11, 16)], max_items=10)
    with pytest.raises(LimitExceeded):
        expand(Interval(-(2**31), 2**31 - 1), Decimal("0.00000001"))
    assert time.perf_counter() - begun < 0.5
