from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cql.operators.collapse import collapse
from cql.types import INTEGER
from cql.values import Date, DateTime, Interval, Quantity, Time


def d(low: str, high: str) -> Interval:
    return Interval(Date.parse(low), Date.parse(high))


def m(low: str, high: str) -> Interval:
    return Interval(DateTime.parse(low, 0), DateTime.parse(high, 0))


def n(low: str, high: str) -> Interval:
    return Interval(Decimal(low), Decimal(high))


def g(low: str, high: str, unit: str = "g") -> Interval:
    return Interval(Quantity(Decimal(low), unit), Quantity(Decimal(high), unit))


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, None),
        ([], []),
        ([None], []),
        ([Interval(1, 4), Interval(4, 8), Interval(7, 9)], [Interval(1, 9)]),
        ([Interval(7, 8), None, Interval(4, 6)], [Interval(4, 8)]),
        ([Interval(1, 2), Interval(4, 6)], [Interval(1, 2), Interval(4, 6)]),
        ([Interval(1, 9), Interval(3, 4)], [Interval(1, 9)]),
        ([n("4.0", "6.0"), n("6.00000001", "8.0")], [n("4.0", "8.0")]),
        ([n("1.0", "5.0"), n("3.0", "7.0"), n("12.0", "19.0")], [n("1.0", "7.0"), n("12.0", "19.0")]),
        ([g("1", "5"), g("3000", "7000", "mg")], [Interval(q("1", "g"), q("7000", "mg"))]),
        ([d("2012-01-01", "2012-01-15"), d("2012-01-16", "2012-05-25")], [d("2012-01-01", "2012-05-25")]),
        (
            [m("2012-01-01T08", "2012-01-01T10"), m("2012-01-01T11:30", "2012-01-01T12:00")],
            [m("2012-01-01T08", "2012-01-01T12:00")],
        ),  # compared to the hour, the coarsest precision
        ([Interval(None, 5, False), Interval(3, 8)], [Interval(None, 8, False, True)]),
        ([Interval(1, None, True, False), Interval(5, 6)], [Interval(1, None, True, False), Interval(5, 6)]),
        ([Interval(1, None, True, False), Interval(1, 6)], [Interval(1, None, True, False)]),
        ([Interval(None, 5), Interval(4, None)], [Interval(None, None, True, True, INTEGER)]),
    ],
)
def test_without_per(source: Any, expected: Any) -> None:
    assert collapse(source) == expected


@pytest.mark.parametrize(
    ("source", "per", "expected"),
    [
        ([Interval(1, 4), Interval(6, 9)], 1, [Interval(1, 4), Interval(6, 9)]),
        ([Interval(1, 4), Interval(6, 9)], 2, [Interval(1, 9)]),
        ([n("1.0", "4.0"), n("5.1", "6.0")], 1, [n("1.0", "6.0")]),
        ([n("1.0", "4.0"), n("6.0", "7.0")], 1, [n("1.0", "4.0"), n("6.0", "7.0")]),
        ([g("1", "4"), g("4.5", "6")], q("500", "mg"), [g("1", "6")]),
        (
            [d("2012-01-01", "2012-01-15"), d("2012-02-20", "2012-05-25")],
            q("1", "month"),
            [d("2012-01-01", "2012-05-25")],
        ),
        (
            [d("2012-01-01", "2012-01-15"), d("2012-03-01", "2012-05-25")],
            q("1", "month"),
            [d("2012-01-01", "2012-01-15"), d("2012-03-01", "2012-05-25")],
        ),
        (
            [d("2012-01-01", "2012-01-02"), d("2012-01-04", "2012-01-05")],
            q("2", "days"),
            [d("2012-01-01", "2012-01-05")],
        ),
        (
            [
                m("2012-01-01T08:00:00.000", "2012-01-01T10:00:00.000"),
                m("2012-01-02T12:00:00.000", "2012-01-02T13:00:00.000"),
            ],
            q("1", "day"),
            [m("2012-01-01T08:00:00.000", "2012-01-02T13:00:00.000")],
        ),
    ],
)
def test_with_per(source: Any, per: Any, expected: Any) -> None:
    assert collapse(source, per) == expected


@pytest.mark.parametrize(
    ("source", "per"),
    [
        ([Interval(1, 4)], 0),
        ([Interval(1, 4)], q("1", "day")),
        ([d("2012", "2013")], q("1", "g")),
        ([d("2012", "2013")], q("0.5", "month")),
        ([g("1", "2")], q("1", "cm")),
        ([Interval(Time(1), Time(2))], q("1", "day")),
    ],
)
def test_a_per_that_does_not_fit_gives_null(source: list[Interval | None], per: Any) -> None:
    assert collapse(source, per) is None
