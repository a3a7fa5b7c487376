from __future__ import annotations

from tests.cql.compiler.elm import NULL, lit, numbers, of_source, op, value

THIS = {"type": "Current"}


def test_filter_and_for_each() -> None:
    assert value({"type": "Filter", "source": numbers(1, 2, None), "condition": op("Less", THIS, lit(2))}) == [1]
    assert value({"type": "ForEach", "source": numbers(1, 2), "element": op("Add", THIS, lit(1))}) == [2, 3]
    assert value({"type": "ForEach", "source": numbers(5, 5), "element": {"type": "Iteration"}}) == [0, 1]
    named = {
        "type": "Filter",
        "scope": "S",
        "source": numbers(1, 2),
        "condition": op("Less", {"type": "Current", "scope": "S"}, lit(2)),
    }
    assert value(named) == [1]
    assert value({"type": "Filter", "source": NULL, "condition": lit(True)}) is None


def test_repeat_follows_until_nothing_is_new() -> None:
    step = {"type": "If", "condition": op("Less", THIS, lit(4)), "then": op("Add", THIS, lit(1)), "else": NULL}
    assert value({"type": "Repeat", "source": numbers(1), "element": step}) == [2, 3, 4]


def test_aggregate_expression() -> None:
    total = {"type": "Total"}
    node = {
        "type": "Aggregate",
        "source": numbers(1, 2, 3),
        "initialValue": lit(1),
        "iteration": op("Multiply", total, THIS),
    }
    assert value(node) == 6


def test_sort_expression() -> None:
    node = {"type": "Sort", "source": numbers(2, 1), "by": [{"type": "ByDirection", "direction": "asc"}]}
    assert value(node) == [1, 2]
    assert value({**node, "source": NULL}) is None


def test_ends_of_lists() -> None:
    assert value(of_source("First", numbers())) is None
    assert value(of_source("Last", numbers(1, 2))) == 2
    assert value(of_source("First", NULL)) is None
    assert value(op("SingletonFrom", numbers(7))) == 7


def test_children_and_descendants_of_a_tuple() -> None:
    inner = {"type": "Tuple", "element": [{"name": "b", "value": lit(1)}]}
    outer = {"type": "Tuple", "element": [{"name": "a", "value": inner}, {"name": "c", "value": numbers(2, 3)}]}
    assert value(of_source("Children", outer)) == [{"b": 1}, 2, 3]
    assert value(of_source("Descendents", outer)) == [{"b": 1}, 1, 2, 3]
