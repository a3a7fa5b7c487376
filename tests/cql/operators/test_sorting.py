from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cql.errors import EvaluationError
from cql.operators.sorting import sort, sort_by
from cql.values import Code, Date, DateTime, Long, Quantity, Time


def m(text: str) -> DateTime:
    return DateTime.parse(text, 0)


def q(value: int, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    "ordered",
    [
        [None, None, 1, 1, 2, 4, 5, 6],
        [1, Decimal("1.5"), Long(2)],
        ["Armadillo", "Wolf", "aardvark", "alligator", "back"],
        [m("2012-01-01"), m("2012-01-01T12"), m("2012-10-05"), m("2012-10-05T10")],
        [Date(2011, 5), Date(2012), Date(2012, 1), Date(2012, 1, 1), Date(2012, 1, 2)],
        [Date(2011, 5), m("2012-01-01T10"), Date(2013)],
        [Time(9), Time(10), Time(10, 0), Time(10, 30)],
        [q(1, "mg"), q(2, "mg")],
        [q(1, "mg"), q(1, "g"), q(2000, "mg")],
    ],
)
def test_both_directions(ordered: list[Any]) -> None:
    assert sort(list(reversed(ordered))) == ordered
    assert sort(ordered, "desc") == list(reversed(ordered))


def test_null_and_empty() -> None:
    assert sort(None) is None
    assert sort([]) == []


def test_the_first_key_decides_and_equal_elements_stay_in_order() -> None:
    rows = [("b", 1, "x"), ("a", 1, "y"), (None, 2, "z"), ("b", 2, "u"), ("a", 1, "v")]
    by_name = sort_by(rows, [(lambda row: row[0], "asc"), (lambda row: row[1], "desc")])
    assert by_name == [(None, 2, "z"), ("a", 1, "y"), ("a", 1, "v"), ("b", 2, "u"), ("b", 1, "x")]
    descending = sort_by(rows, [(lambda row: row[1], "descending")])
    assert [row[2] for row in descending] == ["z", "u", "x", "y", "v"]


def test_the_source_is_left_alone() -> None:
    source = [2, 1]
    assert sort(source) == [1, 2]
    assert source == [2, 1]


@pytest.mark.parametrize("source", [[1, "a"], [Code("a"), Code("b")], [True, False]])
def test_what_has_no_order_cannot_be_sorted(source: list[Any]) -> None:
    with pytest.raises(EvaluationError, match="no order"):
        sort(source)


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5))))
def test_sorting_twice_changes_nothing(source: list[int | None]) -> None:
    once = sort(source)
    assert sort(once) == once
    assert sort(source, "desc") == list(reversed(once or []))
