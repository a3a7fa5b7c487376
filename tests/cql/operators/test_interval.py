from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cql.errors import EvaluationError
from cql.operators import interval as iv
from cql.types import ANY, DATE, INTEGER, CqlType, choice_of
from cql.values import Date, DateTime, Interval, Long, Quantity, Time

D = Date.parse
T = Time.parse


def m(text: str) -> DateTime:
    return DateTime.parse(text, 0)


def g(value: str, unit: str = "g") -> Quantity:
    return Quantity(Decimal(value), unit)


def boundless(low_closed: bool = True, high_closed: bool = True) -> Interval:
    return Interval(None, None, low_closed, high_closed, INTEGER)


@pytest.mark.parametrize(
    ("low", "high", "low_closed", "high_closed"),
    [
        (5, 5, True, False),
        (5, 5, False, True),
        (5, 6, False, False),
        (2, 1, True, True),
        (Decimal("1.0"), Decimal("1.00000001"), False, False),
        (g("1"), g("999", "mg"), True, True),
        (D("2012-02"), D("2012-01"), True, True),
        (T("10:00"), T("10:00"), True, False),
    ],
)
def test_an_interval_without_points_is_refused(low: Any, high: Any, low_closed: bool, high_closed: bool) -> None:
    with pytest.raises(EvaluationError, match="contains nothing"):
        iv.interval(low, high, low_closed, high_closed)


@pytest.mark.parametrize(
    ("low", "high", "low_closed", "high_closed"),
    [
        (5, 5, True, True),
        (5, 6, True, False),
        (None, 5, False, True),
        (5, None, True, True),
        (None, None, True, True),
        (D("2012"), D("2012-01-15"), True, True),
        (g("1"), g("1", "cm"), True, True),
    ],
)
def test_an_interval_that_may_have_points_is_made(low: Any, high: Any, low_closed: bool, high_closed: bool) -> None:
    made = iv.interval(low, high, low_closed, high_closed, INTEGER)
    assert made == Interval(low, high, low_closed, high_closed, INTEGER)


@pytest.mark.parametrize(
    ("operand", "width", "size"),
    [
        (Interval(3, 7), 4, 5),
        (Interval(3, 8, True, False), 4, 5),
        (Interval(Long(3), Long(7)), Long(4), Long(5)),
        (Interval(Decimal("4.0"), Decimal("15.0")), Decimal("11.0"), Decimal("11.00000001")),
        (Interval(g("1.5"), g("4")), g("2.5"), g("2.50000001")),
        (Interval(0, None, True, False), None, None),
        (None, None, None),
    ],
)
def test_width_and_size(operand: Interval | None, width: Any, size: Any) -> None:
    assert iv.width(operand) == width
    assert iv.size(operand) == size


def test_width_and_size_are_not_defined_for_dates() -> None:
    dates = Interval(D("2012-01-01"), D("2012-01-25"))
    with pytest.raises(EvaluationError, match="width is not defined"):
        iv.width(dates)
    with pytest.raises(EvaluationError, match="size is not defined"):
        iv.size(dates)


def test_point_from() -> None:
    assert iv.point_from(Interval(4, 4)) == 4
    assert iv.point_from(Interval(4, 5, True, False)) == 4
    assert iv.point_from(None) is None


@pytest.mark.parametrize("operand", [Interval(1, 4), boundless(), boundless(False, False), Interval(None, 5, False)])
def test_point_from_more_than_a_point(operand: Interval) -> None:
    with pytest.raises(EvaluationError, match="not an interval of one point"):
        iv.point_from(operand)


@pytest.mark.parametrize(
    ("interval", "point", "expected"),
    [
        (Interval(1, 5), 4, True),
        (Interval(1, 5), 6, False),
        (Interval(1, 5), None, None),
        (None, 4, False),
        (Interval(None, 5), 10, False),
        (Interval(D("2012-01-05"), None), D("2012-01-07"), True),
        (Interval(D("2012-01-05"), None, True, False), D("2012-01-07"), None),
        (Interval(D("2012-01-05"), None, True, False), D("2012-01-05"), True),  # the end is on or after the start
        (Interval(D("2012-01-05"), None, True, False), D("2012-01-04"), False),
        (boundless(), 5, True),
        (boundless(False, False), 5, None),
        (Interval(None, None, True, True, ANY), 5, True),
        (Interval(D("2012"), D("2014")), D("2012-06"), None),
        (Interval(D("2012"), D("2014")), D("2013-06"), True),
    ],
)
def test_contains(interval: Interval | None, point: Any, expected: bool | None) -> None:
    assert iv.contains(interval, point) is expected


def test_in_asks_the_point_first() -> None:
    assert iv.in_(None, None) is None
    assert iv.in_(None, Interval(1, 5)) is None
    assert iv.in_(3, None) is False
    assert iv.in_(3, Interval(1, 5)) is True


def test_an_open_bound_excludes_its_whole_day_when_asked_to_the_day() -> None:
    noon_to_noon = Interval(m("2012-01-01T12:00:00.000"), m("2012-01-05T12:00:00.000"), False, False)
    assert iv.contains(noon_to_noon, m("2012-01-01T13:00:00.000")) is True
    assert iv.contains(noon_to_noon, m("2012-01-01T13:00:00.000"), "day") is False
    assert iv.contains(noon_to_noon, m("2012-01-02T00:00:00.000"), "day") is True
    assert iv.contains(noon_to_noon, m("2012-01-05T00:00:00.000"), "day") is False


@pytest.mark.parametrize(
    ("point", "precision", "expected"),
    [
        ("12:00:00.001", None, True),
        ("12:00:00.000", None, False),
        ("12:00:01", "second", True),
        ("12:00:00", "second", False),
        ("12:00:00", "millisecond", None),
        ("21:59:59.999", None, False),
    ],
)
def test_proper_contains_is_strictly_inside(point: str, precision: str | None, expected: bool | None) -> None:
    shift = Interval(T("12:00:00.000"), T("21:59:59.999"))
    assert iv.proper_contains(shift, T(point), precision) is expected
    assert iv.proper_in(T(point), shift, precision) is expected


def test_relations_with_null_are_null() -> None:
    some = Interval(1, 10)
    for name in (
        *("before", "after", "same_as", "same_or_before", "same_or_after", "meets", "meets_before", "meets_after"),
        *("overlaps", "overlaps_before", "overlaps_after", "starts", "ends", "includes", "included_in"),
        *("proper_includes", "proper_included_in", "proper_contains", "proper_in", "union", "intersect", "except_"),
    ):
        assert getattr(iv, name)(some, None) is None, name
        assert getattr(iv, name)(None, some) is None, name


@pytest.mark.parametrize("of", [None, ANY, choice_of([INTEGER, DATE])])
def test_a_boundless_interval_without_point_type_tells_nothing(of: CqlType | None) -> None:
    unknown = Interval(None, None, True, True, of)
    assert iv.start(unknown) is None
    assert iv.end(unknown) is None
    for name in ("overlaps_before", "starts", "before", "meets", "includes"):
        assert getattr(iv, name)(unknown, Interval(1, 10)) is None, name


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # From the conformance suite: partial dates may or may not overlap.
        (Interval(m("2012-02-25"), m("2012-03-26")), Interval(m("2012-01-10"), m("2012-02")), None),
        (Interval(m("2012"), m("2013-03")), Interval(m("2012-02"), m("2013-02")), True),
        (Interval(m("2012-02"), m("2013")), Interval(m("2012-03"), m("2013-02")), True),
        (Interval(4, 10, True, False), Interval(10, 20, False), False),
        (Interval(5, None, True, False), Interval(1, 5), True),
        (Interval(5, None, True, False), Interval(1, 4), False),
        (Interval(5, None, True, False), Interval(7, 9), None),
        (Interval(g("1"), g("10")), Interval(g("5000", "mg"), g("20000", "mg")), True),
        (Interval(g("1"), g("10")), Interval(g("5", "cm"), g("20", "cm")), None),
    ],
)
def test_overlaps(a: Interval, b: Interval, expected: bool | None) -> None:
    assert iv.overlaps(a, b) is expected
    assert iv.overlaps(b, a) is expected


@pytest.mark.parametrize(
    ("a", "b", "precision", "expected"),
    [
        (Interval(T("03"), T("04")), Interval(T("05"), T("06")), None, True),
        (Interval(m("2012-01-01"), m("2012-01-14")), Interval(m("2012-01-15"), m("2012-01-25")), None, True),
        (Interval(m("2012-01"), m("2012-01")), Interval(m("2012-02-01"), m("2012-02-25")), None, None),
        (Interval(m("2012-01-01"), m("2012-01-14")), Interval(m("2012-02-15"), m("2012-02-25")), "month", True),
        (Interval(m("2012-01-01T08"), m("2012-01-01T22")), Interval(m("2012-01-02T05"), m("2012-01-03")), "day", True),
        (Interval(m("2012-01-01T08"), m("2012-01-01T22")), Interval(m("2012-01-02T05"), m("2012-01-03")), None, False),
        (Interval(Decimal("1.0"), Decimal("5.00000011")), Interval(Decimal("5.00000012"), Decimal("8")), None, True),
        (Interval(1, 2147483647), Interval(-5, 0), None, False),  # nothing follows the greatest Integer
        (Interval(1, 2), Interval(3, None, True, False), None, True),
        (Interval(1, 2), Interval(None, 9, False, True), None, None),
        (Interval(1, 8), Interval(None, 7, False, True), None, False),
        (Interval(None, 5, False), Interval(None, 25, False), None, None),
    ],
)
def test_meets_before(a: Interval, b: Interval, precision: str | None, expected: bool | None) -> None:
    assert iv.meets_before(a, b, precision) is expected
    assert iv.meets_after(b, a, precision) is expected


@pytest.mark.parametrize(
    ("left", "right", "precision", "expected"),
    [
        (Interval(D("2012-12-01"), D("2013-12-01")), D("2012-11-15"), "month", True),
        (D("2012-11-15"), Interval(D("2012-12-01"), D("2013-12-01")), "month", False),
        (Interval(6, 10), 6, None, True),
        (Decimal("2.5"), Interval(Decimal("1.666"), Decimal("2.50000001")), None, False),
        (g("2.5", "mg"), Interval(g("1.666", "mg"), g("2.50000000", "mg")), None, True),
    ],
)
def test_same_or_after(left: Any, right: Any, precision: str | None, expected: bool) -> None:
    assert iv.same_or_after(left, right, precision) is expected
    assert iv.same_or_before(right, left, precision) is expected


def test_same_as_at_a_precision() -> None:
    a = Interval(m("2012-01-01T08:00:00.000"), m("2012-01-03T08:00:00.000"))
    b = Interval(m("2012-01-01T09:00:00.000"), m("2012-01-03T10:00:00.000"))
    assert iv.same_as(a, b, "day") is True
    assert iv.same_as(a, b) is False
    assert iv.same_as(a, Interval(m("2012-01-01"), m("2012-01-03")), "hour") is None


def test_included_in_at_a_precision() -> None:
    instant = m("2017-09-01T00:00:00")
    year = Interval(m("2017-09-01T00:00:00.000"), m("2017-12-30T23:59:59.999"))
    assert iv.included_in(Interval(instant, instant), year, "day") is True


@pytest.mark.parametrize(
    ("operator", "a", "b", "expected"),
    [
        ("union", Interval(1, 10), Interval(4, 15), Interval(1, 15)),
        ("union", Interval(1, 10), Interval(11, 15), Interval(1, 15)),
        ("union", Interval(1, 10), Interval(44, 50), None),
        ("union", Interval(0, 10, False), Interval(4, None), Interval(0, None, False, True)),
        ("union", Interval(None, 5, False), Interval(3, 9), Interval(None, 9, False, True)),
        ("union", Interval(D("2012-01"), D("2012-06")), Interval(D("2012-01-15"), D("2012-07")), None),
        ("intersect", Interval(1, 10), Interval(4, 15), Interval(4, 10)),
        ("intersect", Interval(1, 10), Interval(5, None, True, False), Interval(5, None, True, False)),
        ("intersect", Interval(1, 10), Interval(5, None), Interval(5, 10)),
        ("intersect", Interval(1, 3), Interval(4, 5), None),
        ("except_", Interval(1, 10), Interval(4, 10), Interval(1, 3)),
        ("except_", Interval(1, 10), Interval(1, 4, True, False), Interval(4, 10)),
        ("except_", Interval(1, 10), Interval(20, 30), Interval(1, 10)),
        ("except_", Interval(Decimal(1), Decimal(10)), Interval(Decimal(3), Decimal(7)), None),
        ("except_", Interval(1, 10), Interval(0, 10), None),
        ("except_", Interval(g("1.0"), g("10.0")), Interval(g("5.0"), g("10.0")), Interval(g("1.0"), g("4.99999999"))),
        (
            "except_",
            Interval(T("08:59:59.999"), T("11:59:59.999")),
            Interval(T("05:59:59.999"), T("10:59:59.999")),
            Interval(T("11:00:00.000"), T("11:59:59.999")),
        ),
    ],
)
def test_set_operators(operator: str, a: Interval, b: Interval, expected: Interval | None) -> None:
    assert getattr(iv, operator)(a, b) == expected


def test_set_operators_keep_the_point_type() -> None:
    everything = Interval(None, None, True, True, DATE)
    assert iv.union(everything, everything) == everything
    assert iv.union(Interval(None, 5), Interval(3, None)) == Interval(None, None, True, True, INTEGER)
