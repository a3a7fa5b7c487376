"""Equal, Equivalent and the orderings, for every type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.data.element import FhirElement
from cql.errors import EvaluationError
from cql.operators.comparison import (
    compare,
    equal,
    equivalent,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
    not_equal,
)
from cql.types import INTEGER
from cql.values import (
    Code,
    Concept,
    Date,
    DateTime,
    Interval,
    Long,
    Quantity,
    Ratio,
    Time,
    Tuple,
    Uncertainty,
    ValueSet,
)


def q(value: str, unit: str = "1") -> Quantity:
    return Quantity(Decimal(value), unit)


def dt(text: str) -> DateTime:
    return DateTime.parse(text)


A, B = Code("a", "s"), Code("b", "s")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1, True),
        (1, None, None),
        (None, None, None),
        (True, False, False),
        (True, 1, False),
        (1, Long(1), True),
        (Decimal("1.0"), 1, True),
        (Decimal("1.50"), Decimal("1.5"), True),
        ("a", "A", False),
        ("1", 1, False),
        (q("1", "cm"), q("0.01", "m"), True),
        (q("2.0", "cm"), q("2.00", "cm"), True),
        (q("3.5", "cm2"), q("3.5", "cm"), None),
        (q("1", "year"), q("1", "a"), None),
        (q("1", "year"), q("12", "months"), True),
        (q("1", "year"), q("365", "days"), None),
        (q("1", "week"), q("7", "d"), True),
        (q("1", "week"), q("1", "weeks"), True),
        (q("1", "bogus"), q("1", "bogus"), True),
        (q("37", "Cel"), q("98.6", "[degF]"), True),
        (Ratio(q("1"), q("8")), Ratio(q("1"), q("8")), True),
        (Ratio(q("1"), q("8")), Ratio(q("2"), q("16")), False),
        (dt("2012-01-01"), dt("2012-01-01T12"), None),
        (dt("2012-01-01"), dt("2012-01-02T12"), False),
        (dt("2012-01"), dt("2012-01"), True),
        (dt("2024-11-15T12:30:00.0"), dt("2024-11-15T12:30:00"), True),
        (dt("2024-11-15T12:30:00.5"), dt("2024-11-15T12:30:00"), False),
        (dt("2024-11-15T12:30:00.5"), dt("2024-11-15T12:30"), None),
        (dt("2014-01-25T14:30:14.559+01:00"), dt("2014-01-25T13:30:14.559Z"), True),
        (Date(2014, 1, 1), dt("2014-01-01"), True),
        (Date(2014, 1, 1), dt("2014-01-01T10"), None),
        (Time(10), Time(10, 30), None),
        (Time(10), dt("2014"), EvaluationError),
        ([1, 2, 3], [1, 2], False),
        ([], [], True),
        ([None, 1], [None, 1], True),
        ([None, 1], [1, 1], None),
        ([1, None], [2, 1], False),
        ([1, 2, 3], ["1", "2", "3"], False),
        (Tuple(id=1, name="J"), Tuple(id=1, name="J"), True),
        (Tuple(id=1, name="J"), Tuple(id=2, name=None), False),
        (Tuple(id=None, name="J"), Tuple(id=1, name="K"), None),
        (Tuple(id=None, name="J"), Tuple(id=None, name="J"), True),
        (Tuple(id=1), Tuple(id=1, name="J"), False),
        (Interval(1, 10), Interval(1, 11, True, False), True),
        (Interval(1, 10), Interval(None, None, False, False), None),
        (Interval(1, 10), Interval(2, None, True, False), False),
        (Interval(None, 10), Interval(-(2**31), 10), True),
        (Interval(None, None, point_type=INTEGER), Interval(-(2**31), 2**31 - 1), True),
        (A, Code("a", "s"), True),
        (A, B, False),
        (A, Code("a", "s", None, "A"), None),
        (Concept((A,)), Concept((A,)), True),
        (Concept((A,)), Concept((A, B)), False),
        (ValueSet("u"), ValueSet("u"), True),
        (Uncertainty(1, 5), 6, False),
        (Uncertainty(1, 5), 5, None),
        (Uncertainty(1, 5), Uncertainty(1, 5), None),
        (Uncertainty(1, 5), Uncertainty(6, 7), False),
        ({"resourceType": "Patient", "id": "1"}, {"resourceType": "Patient", "id": "1"}, True),
        (FhirElement("Quantity", {"value": 1}), FhirElement("Quantity", {"value": 1}), True),
        (FhirElement("Quantity", {"value": 1}), FhirElement("Age", {"value": 1}), False),
    ],
)
def test_equal(left: Any, right: Any, expected: Any) -> None:
    if expected is EvaluationError:
        assert equal(left, right) is False
        return
    assert equal(left, right) is expected
    assert equal(right, left) is expected
    assert not_equal(left, right) is (None if expected is None else not expected)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (None, None, True),
        (None, 1, False),
        ("John Doe", "john\tdoe", True),
        ("Straße", "STRASSE", True),
        ("a  b", "a b", False),
        (Decimal("1.5"), Decimal("1.55"), False),
        (Decimal("1.5"), Decimal("1.54"), True),
        (Decimal("1.001"), Decimal("1.000"), True),
        (Decimal("1.0"), 1, True),
        (Decimal("1.0"), 2, False),
        (1, 2, False),
        (q("100", "cm"), q("1", "m"), True),
        (q("3.5", "cm2"), q("3.5", "cm"), False),
        (q("1", "year"), q("1", "a"), True),
        (q("1", "month"), q("1", "mo"), True),
        (q("1", "year"), q("12", "months"), True),
        (q("1", "year"), q("365", "days"), True),
        (q("1", "month"), q("30", "days"), True),
        (q("1", "month"), q("31", "days"), False),
        (Ratio(q("1"), q("8")), Ratio(q("2"), q("16")), True),
        (Ratio(q("1", "g"), q("8", "mL")), Ratio(q("2000", "mg"), q("0.016", "L")), True),
        (Ratio(q("1", "cm"), q("2", "cm")), Ratio(q("1", "cm"), q("3", "cm")), False),
        (Ratio(q("1", "cm"), q("2", "cm")), Ratio(q("1", "g"), q("2", "g")), False),
        (dt("2012-01-01"), dt("2012-01-01T12"), False),
        (dt("2012-01-01T12:00:00"), dt("2012-01-01T12:00:00.000"), True),
        (Time(10), Time(22), False),
        (A, Code("a", "s", "2", "A"), True),
        (A, Code("a", "t"), False),
        (Concept((A,)), Concept((B, A)), True),
        (Concept((A,)), Concept((B,)), False),
        (A, Concept((B, A)), True),
        ([None, 1], [None, 1], True),
        ([1, 2], [1, 2, None], False),
        (["A"], ["a"], True),
        ([1], ["1"], False),
        (Tuple(id=1, name=None), Tuple(id=1, name=None), True),
        (Tuple(id=1, name=None), Tuple(id=1, name="J"), False),
        (Tuple(id=1), Tuple(id=1, name="J"), False),
        (Interval(1, None, True, False), Interval(1, None, True, False), True),
        (Interval(1, 10), Interval(0, 11, False, False), True),
        (Interval(1, 10), Interval(1, 9), False),
        (Uncertainty(1, 5), 3, False),
    ],
)
def test_equivalent_always_answers(left: Any, right: Any, expected: bool) -> None:
    assert equivalent(left, right) is expected
    assert equivalent(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right", "is_less", "is_less_or_equal"),
    [
        (0, 1, True, True),
        (1, 1, False, True),
        (Decimal("1.0"), 2, True, True),
        (Long(-30), -20, True, True),
        ("Jack", "Jill", True, True),
        ("aa", "a", False, False),
        (q("1", "m"), q("10", "cm"), False, False),
        (q("10", "cm"), q("1", "m"), True, True),
        (q("1", "year"), q("1", "d"), None, None),
        (q("3.6", "cm2"), q("3.5", "cm"), None, None),
        (dt("2013"), dt("2014-02-15"), True, True),
        (dt("2014"), dt("2014-02-15"), None, None),
        (dt("2014"), dt("2014-12-31T23:59:59.999"), None, None),
        (dt("2015"), dt("2014-02-15"), False, False),
        (dt("2014-01"), dt("2014-01"), False, True),
        (dt("2014-01-01T10:00:00.000+01:00"), dt("2014-01-01T09:30:00.000Z"), True, True),
        (Date(2012, 2, 9), Date(2012, 2, 10), True, True),
        (Date(2012, 2, 9), dt("2012-02-09T10"), None, None),
        (Time.parse("10:00:00.001"), Time.parse("10:00:00.002"), True, True),
        (Uncertainty(4, 16), 17, True, True),
        (Uncertainty(4, 16), 16, None, True),
        (Uncertainty(4, 16), 4, False, None),
        (Uncertainty(4, 16), 10, None, None),
        (10, Uncertainty(4, 16), None, None),
        (None, 1, None, None),
        (1, None, None, None),
    ],
)
def test_orderings(left: Any, right: Any, is_less: bool | None, is_less_or_equal: bool | None) -> None:
    assert less(left, right) is is_less
    assert greater(right, left) is is_less
    assert less_or_equal(left, right) is is_less_or_equal
    assert greater_or_equal(right, left) is is_less_or_equal


@pytest.mark.parametrize(("left", "right"), [(True, False), (1, "a"), (A, B), (Time(1), Date(2014)), ([1], [2])])
def test_what_has_no_order_is_an_error(left: Any, right: Any) -> None:
    with pytest.raises(EvaluationError, match="no order among"):
        less(left, right)


DAYS = st.dates(min_value=date(2015, 12, 20), max_value=date(2017, 1, 10))


@st.composite
def partial_dates(draw: st.DrawFn) -> Date:
    day = draw(DAYS)
    return Date(*(day.year, day.month, day.day)[: draw(st.integers(1, 3))])


@given(partial_dates(), partial_dates())
def test_partial_dates_compare_as_all_their_days_do(left: Date, right: Date) -> None:
    """Brute force: every day that the one can mean against every day that the other can."""
    orders = {
        (one > other) - (one < other)
        for one in range(left.low, left.high + 1)
        for other in range(right.low, right.high + 1)
    }
    if len(orders) == 1:
        assert compare(left, right) == orders.pop()
    else:  # not known, unless neither says more than the other
        assert compare(left, right) == (0 if left == right else None)


@given(partial_dates(), partial_dates(), partial_dates())
def test_order_is_antisymmetric_and_transitive(one: Date, two: Date, three: Date) -> None:
    order = compare(one, two)
    assert compare(two, one) == (None if order is None else -order)
    if less(one, two) and less(two, three):
        assert less(one, three)
    if equal(one, two):
        assert compare(two, three) == compare(one, three)


QUANTITIES = st.builds(
    Quantity,
    st.decimals(min_value=-1000, max_value=1000, places=4),
    st.sampled_from(["g", "mg", "kg", "ug", "[lb_av]"]),
)


@given(QUANTITIES, QUANTITIES, QUANTITIES)
def test_quantities_of_one_dimension_are_totally_ordered(one: Quantity, two: Quantity, three: Quantity) -> None:
    assert [less(one, two), equal(one, two), greater(one, two)].count(True) == 1
    if less_or_equal(one, two) and less_or_equal(two, three):
        assert less_or_equal(one, three)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.decimals(min_value=-3, max_value=3, places=1),
    st.sampled_from(["", "a", "A", "b"]),
    partial_dates(),
    QUANTITIES,
)


@given(
    st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3)),
    st.recursive(VALUES, lambda i: st.lists(i, max_size=3)),
)
def test_equality_is_three_valued_symmetric_and_implies_equivalence(left: Any, right: Any) -> None:
    assert equal(left, right) is equal(right, left)
    assert equivalent(left, left) is True
    assert equivalent(left, right) is equivalent(right, left)
    if equal(left, right):
        assert equivalent(left, right)
