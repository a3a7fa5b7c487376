from __future__ import annotations

from typing import Any

import pytest

from cql.errors import EvaluationError, LimitExceeded
from cql.operators import list as ls
from cql.values import Date, Time

T = Time.parse
NOON, ONE, TWO = T("12:00:00.000"), T("13:00:00.000"), T("14:00:00.000")


@pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        ("distinct", ([1, 3, 3, 5, 5],), [1, 3, 5]),
        ("distinct", (["a", None, "a", None],), ["a", None]),
        ("distinct", ([None, None],), [None]),
        ("distinct", (None,), None),
        ("union", ([1, 2, 3, 3], [4, 1]), [1, 2, 3, 4]),
        ("union", ([None], [None]), [None]),
        ("union", (None, [4, 5]), [4, 5]),
        ("union", (None, None), []),
        ("intersect", ([2, 3, 3], [1, 2, 3, 4]), [2, 3]),
        ("intersect", ([None, 1, 3, 5], [None, 3, 5, 7]), [None, 3, 5]),
        ("intersect", ([1], None), None),
        ("intersect", (None, [1]), None),
        ("except_", ([1, 2, 2, 3, 4], [3, 4]), [1, 2]),
        ("except_", ([1, 3, 5, 7, None], [1, 3, None]), [5, 7]),
        ("except_", ([1, 3, 1], None), [1, 3]),
        ("except_", (None, [1]), None),
        ("flatten", ([[1, 2], [3, 4, 5]],), [1, 2, 3, 4, 5]),
        ("flatten", ([[None], [None]],), [None, None]),
        ("flatten", ([[1], None, 2],), [1, 2]),
        ("flatten", ([[[1]], [[2]]],), [[1], [2]]),
        ("flatten", (None,), None),
        ("exists", ([1, None],), True),
        ("exists", ([None],), False),
        ("exists", ([],), False),
        ("exists", ([False],), True),
        ("exists", (None,), False),
        ("length", ([None, 1],), 2),
        ("length", (None,), 0),
        ("first", ([None, 1],), None),
        ("first", ([1, 2],), 1),
        ("first", ([],), None),
        ("first", (None,), None),
        ("last", ([1, 2],), 2),
        ("last", ([1, None],), None),
        ("last", (None,), None),
        ("indexer", ([1, 3, 5], 1), 3),
        ("indexer", ([1, 3, 5], 3), None),
        ("indexer", ([1, 3, 5], -1), None),
        ("indexer", (None, 0), None),
        ("indexer", ([1], None), None),
        ("index_of", ([1, 3, 5, 3], 3), 1),
        ("index_of", ([1, 3], 4), -1),
        ("index_of", ([None, "a"], "a"), 1),
        ("index_of", ([], 4), -1),
        ("index_of", ([1, None], None), None),
        ("index_of", (None, 4), None),
        ("slice", ([1, 2, 3, 4, 5], 3), [4, 5]),
        ("slice", ([1, 2, 3, 4, 5], 1, 3), [2, 3]),
        ("slice", ([1, 2], None, None), [1, 2]),
        ("slice", ([1, 2], 5), []),
        ("slice", ([1, 2, 3], -1), []),
        ("slice", ([1, 2, 3], 0, -1), []),
        ("slice", ([1, 2, 3], 2, 1), []),
        ("slice", (None, 1), None),
        ("singleton_from", ([1],), 1),
        ("singleton_from", ([],), None),
        ("singleton_from", (None,), None),
    ],
)
def test_reference_examples_and_nulls(operator: str, operands: tuple[Any, ...], expected: Any) -> None:
    assert getattr(ls, operator)(*operands) == expected


@pytest.mark.parametrize(
    ("source", "element", "expected"),
    [
        ([1, 3, 5], 5, True),
        ([1, 3, 5], 4, False),
        ([1, 3, 5], None, False),
        ([1, None], None, True),
        ([None, "b"], "a", False),
        (None, 4, False),
        (None, None, False),
        ([], None, False),
        ([Date(2012), Date(2013)], Date(2012, 5), None),
        ([Date(2012), Date(2012, 5)], Date(2012, 5), True),
        ([Date(2011)], Date(2012, 5), False),
        ([True], 1, False),
    ],
)
def test_contains(source: list[Any] | None, element: Any, expected: bool | None) -> None:
    assert ls.contains(source, element) is expected
    assert ls.in_(element, source) is expected


@pytest.mark.parametrize(
    ("source", "element", "expected"),
    [
        (None, "a", False),
        ([], "a", False),
        (["a"], "a", False),
        (["a", "a"], "a", False),
        (["a", "b"], "a", True),
        (["a", "b"], "c", False),
        (["a", None], "a", None),
        ([None], None, False),
        ([None, None], None, False),
        (["s", None], None, True),
        (["s", "u"], None, False),
        ([NOON, ONE], NOON, True),
        ([T("12:00"), ONE], NOON, None),
    ],
)
def test_proper_contains(source: list[Any] | None, element: Any, expected: bool | None) -> None:
    assert ls.proper_contains(source, element) is expected
    assert ls.proper_in(element, source) is expected


@pytest.mark.parametrize(
    ("a", "b", "includes", "proper"),
    [
        ([1, 3, 5, 7], [1, 3], True, True),
        ([1, 3], [1, 3], True, False),
        ([1, 3], [3, 1, 1], True, False),
        ([1, 1], [1], True, False),
        ([1, 3], [1, 5], False, False),
        ([1, 2], [], True, True),
        ([], [], True, False),
        ([None], [None], True, False),
        ([None, 1], [None], True, True),
        ([1], [None], False, False),
        (None, [2], None, None),
        ([2], None, None, None),
        ([1, 2], 2, True, True),
        ([2], 2, True, False),
        ([1, 2], 3, False, False),
        ([Date(2012), Date(2013)], [Date(2012, 5)], None, None),
        ([Date(2012), Date(2013)], [Date(2012, 5), Date(2015)], False, False),
    ],
)
def test_includes(a: Any, b: Any, includes: bool | None, proper: bool | None) -> None:
    assert ls.includes(a, b) is includes
    assert ls.included_in(b, a) is includes
    assert ls.proper_includes(a, b) is proper
    assert ls.proper_included_in(b, a) is proper


def test_singleton_from_several_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="3 elements"):
        ls.singleton_from([1, 3, 5])


def test_repeat_follows_a_tree_and_ends_in_a_cycle() -> None:
    parts = {"a": ["b", "c"], "b": ["d", "a"], "c": "d", "d": None}
    assert ls.repeat(["a"], parts.__getitem__) == ["b", "c", "d", "a"]
    assert ls.repeat(None, parts.__getitem__) is None


def test_limits_are_named() -> None:
    with pytest.raises(LimitExceeded, match="Flatten would give 6 elements; the limit max_items is 5"):
        ls.flatten([[1, 2, 3], [4, 5, 6]], max_items=5)
    with pytest.raises(LimitExceeded, match="max_items is 100"):
        ls.repeat([0], lambda x: x + 1, max_items=100)
