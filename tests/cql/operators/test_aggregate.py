from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators import aggregate
from cql.values import Code, Date, DateTime, Long, Quantity, Time
from cql.values.number import DECIMAL_MAX, INTEGER_MAX


def d(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def mg(*values: str) -> list[Quantity]:
    return [Quantity(Decimal(value), "mg") for value in values]


ONE_TO_FIVE = d("1.0", "2.0", "3.0", "4.0", "5.0")


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [
        ("count", [1, None, 3], 2),
        ("count", [None], 0),
        ("count", None, 0),
        ("all_true", [True, None], True),
        ("all_true", [True, False, None], False),
        ("all_true", [], True),
        ("all_true", None, True),
        ("any_true", [False, None, True], True),
        ("any_true", [False, None], False),
        ("any_true", [], False),
        ("any_true", None, False),
        ("sum", [None, 1, 2], 3),
        ("sum", [Long(1), Long(2)], Long(3)),
        ("sum", [INTEGER_MAX, 1, -1], INTEGER_MAX),
        ("sum", [INTEGER_MAX, 1], None),
        ("sum", d("1.5", "2.5"), Decimal("4.0")),
        ("sum", [DECIMAL_MAX, Decimal(1)], None),
        ("sum", mg("1", "2"), Quantity(Decimal(3), "mg")),
        ("sum", [Quantity(Decimal(1), "g"), *mg("500")], Quantity(Decimal("1.5"), "g")),
        ("sum", [Quantity(Decimal(1), "g"), Quantity(Decimal(1), "cm")], None),
        ("product", [Long(5), Long(4), Long(5)], Long(100)),
        ("product", d("1.0", "2.0", "3.0", "4.0"), Decimal("24")),
        ("product", mg("1.0", "2.0", "3.0", "4.0"), Quantity(Decimal(24), "mg")),
        ("product", [INTEGER_MAX, 2], None),
        ("product", [INTEGER_MAX, 2, 0], 0),
        ("product", [-3, 5], -15),
        ("avg", d("5.5", "4.7", "4.8"), Decimal("5.0")),
        ("avg", [1, 2], Decimal("1.5")),
        ("avg", mg("5.5", "4.7", "4.8"), Quantity(Decimal("5.0"), "mg")),
        ("median", d("2.0", "4.0", "8.0", "6.0"), Decimal("5.0")),
        ("median", d("5", "1", "3"), Decimal(3)),
        ("median", mg("1.0", "2.0", "3.0"), Quantity(Decimal("2.0"), "mg")),
        ("variance", ONE_TO_FIVE, Decimal("2.5")),
        ("variance", d("1"), None),
        ("std_dev", ONE_TO_FIVE, Decimal("1.58113883")),
        ("std_dev", mg("1", "2", "3", "4", "5"), Quantity(Decimal("1.58113883"), "mg")),
        ("population_variance", ONE_TO_FIVE, Decimal("2.0")),
        ("population_variance", d("1"), Decimal(0)),
        ("population_std_dev", ONE_TO_FIVE, Decimal("1.41421356")),
        ("geometric_mean", d("2.0", "8.0"), Decimal("4.0")),
        ("geometric_mean", d("2.0", "0", "8.0"), Decimal(0)),
        ("geometric_mean", d("-2.0", "8.0"), None),
        ("geometric_mean", d("-2.0", "-8.0"), Decimal(4)),
        ("max", [5, None, 12, 1], 12),
        ("max", ["hi", "bye", "zebra"], "zebra"),
        ("max", [Time(15, 59), Time(20, 59)], Time(20, 59)),
        ("max", [Quantity(Decimal(1), "g"), *mg("999")], Quantity(Decimal(1), "g")),
        ("max", [Date(2012), Date(2012, 5)], None),
        ("max", [Date(2012), Date(2012, 5), Date(2013)], Date(2013)),
        ("max", [Date(2012, 5), Date(2013), Date(2012)], Date(2013)),
        ("min", [5, 12, None, 0], 0),
        ("min", [Date(2012, 9, 5), Date(2012, 10, 5)], Date(2012, 9, 5)),
        ("min", [Date(2012), Date(2012, 5)], None),
        ("min", [DateTime(2012, offset=0), DateTime(2011, offset=0)], DateTime(2011, offset=0)),
        ("mode", [2, 1, 8, 2, 9, 1, 9, 9], 9),
        ("mode", [3, 1, 3, 1, 2], 1),
        ("mode", ["b", None, None, None, "b", "a"], "b"),
        ("mode", [Quantity(Decimal(1), "g"), *mg("5", "1000")], Quantity(Decimal(1), "g")),
        ("mode", [Code("b"), Code("a")], Code("b")),
    ],
)
def test_reference_examples_and_edges(operator: str, source: Any, expected: Any) -> None:
    result = getattr(aggregate, operator)(source)
    assert result == expected
    assert type(result) is type(expected)


NUMERIC = (
    *("sum", "product", "avg", "median", "variance", "std_dev", "population_variance", "population_std_dev"),
    *("geometric_mean", "max", "min", "mode"),
)


@pytest.mark.parametrize("operator", NUMERIC)
@pytest.mark.parametrize("source", [None, [], [None, None]])
def test_without_elements_the_result_is_null(operator: str, source: Any) -> None:
    assert getattr(aggregate, operator)(source) is None


def test_what_is_no_number_cannot_be_summed() -> None:
    with pytest.raises(EvaluationError, match="Sum of str"):
        aggregate.sum(["a"])
    with pytest.raises(EvaluationError, match="Avg of Quantity and int"):
        aggregate.avg([1, *mg("1")])


@given(st.lists(st.integers(-100, 100), min_size=1))
def test_sums_do_not_depend_on_the_order(values: list[int]) -> None:
    exact = [Decimal(value) / 8 for value in values]
    assert aggregate.sum(exact) == sum(exact)
    assert aggregate.avg(exact) == aggregate.avg(exact[::-1])
    assert aggregate.median(exact) == aggregate.median(exact[::-1])


def test_a_product_that_leaves_every_type_takes_no_time() -> None:
    begun = time.perf_counter()
    assert aggregate.product([INTEGER_MAX] * 50_000) is None
    assert aggregate.product([Decimal("0.00000001")] * 50_000) == 0
    assert time.perf_counter() - begun < 2
