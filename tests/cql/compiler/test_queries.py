from __future__ import annotations

from typing import Any

import pytest

from cql.values import Tuple
from tests.cql.compiler.elm import (
    NULL,
    SYSTEM,
    Node,
    alias,
    items,
    let,
    library,
    lit,
    numbers,
    of_source,
    op,
    problems,
    prop,
    query,
    tuple_of,
    value,
)


def pairs(*rows: tuple[str, int | None]) -> Node:
    return items(*(tuple_of(k=lit(key), n=NULL if n is None else lit(n)) for key, n in rows))


def by_expression(expression: Node, direction: str = "asc") -> Node:
    return {"by": [{"type": "ByExpression", "direction": direction, "expression": expression}]}


class TestSources:
    def test_rows_pass_where_only_when_it_is_true(self) -> None:
        assert value(query({"A": numbers(1, None, 3)}, where=op("Greater", alias("A"), lit(1)))) == [3]

    def test_a_null_source_gives_null(self) -> None:
        typed = {"type": "As", "operand": NULL, "asTypeSpecifier": list_of("Integer")}
        assert value(query({"A": typed})) is None
        assert value(query({"A": NULL})) is None
        assert value(query({"A": numbers(1), "B": typed})) is None

    def test_a_single_value_gives_a_single_value(self) -> None:
        assert value(query({"A": lit(5)}, returns=op("Add", alias("A"), lit(1)))) == 6
        assert value(query({"A": lit(5)}, where=lit(False))) is None

    def test_a_source_of_unknown_type_is_looked_at(self) -> None:
        def unknown(node: Node) -> Node:
            return {"type": "Aggregate", "source": numbers(1), "initialValue": NULL, "iteration": node}

        assert value(query({"A": unknown(lit(5))})) == 5
        assert value(query({"A": unknown(numbers(5))})) == [5]
        assert value(op("Exists", query({"A": unknown(lit(5))}))) is True

    def test_several_sources_give_tuples_of_every_combination(self) -> None:
        found = value(query({"A": numbers(1, 2), "B": items(lit("x"), lit("y"))}, where=op("Less", alias("A"), lit(2))))
        assert found == [Tuple({"A": 1, "B": "x"}), Tuple({"A": 1, "B": "y"})]

    def test_an_inner_query_sees_the_outer_rows(self) -> None:
        inner = query({"B": numbers(1, 2, 3)}, where=op("Greater", alias("B"), alias("A")))
        assert value(query({"A": numbers(1, 2)}, returns=inner)) == [[2, 3], [3]]

    def test_twelve_queries_within_each_other(self) -> None:
        node: Node = alias("A0")
        for depth in range(12):
            node = query({f"A{depth}": numbers(depth)}, returns=node if depth else op("Add", alias("A11"), alias("A0")))
        assert value(node) == _nested(11, 12)


def _nested(number: int, depth: int) -> Any:
    return number if depth == 0 else [_nested(number, depth - 1)]


def list_of(name: str) -> Node:
    return {"type": "ListTypeSpecifier", "elementType": {"type": "NamedTypeSpecifier", "name": SYSTEM + name}}


class TestClauses:
    def test_lets_may_use_earlier_ones(self) -> None:
        lets = {"double": op("Add", alias("A"), alias("A")), "more": op("Add", let("double"), lit(1))}
        assert value(query({"A": numbers(1, 2)}, lets=lets, returns=let("more"))) == [3, 5]

    def test_return_is_distinct_unless_it_says_all(self) -> None:
        node = query({"A": numbers(1, 1, None, None)}, returns=alias("A"), distinct=True)
        assert value(node) == [1, None]
        del node["return"]["distinct"]
        assert value(node) == [1, None]
        assert value(query({"A": numbers(1, 1)}, returns=alias("A"))) == [1, 1]

    @pytest.mark.parametrize(("kind", "expected"), [("With", [1, 3]), ("Without", [2, 4])])
    def test_with_and_without(self, kind: str, expected: list[int]) -> None:
        related = {
            "type": kind,
            "alias": "B",
            "expression": numbers(1, 3),
            "suchThat": op("Equal", alias("A"), alias("B")),
        }
        assert value(query({"A": numbers(1, 2, 3, 4)}, relationship=[related])) == expected

    @pytest.mark.parametrize(("kind", "expected"), [("With", []), ("Without", [1])])
    def test_a_null_relation_has_no_rows(self, kind: str, expected: list[int]) -> None:
        related = {"type": kind, "alias": "B", "expression": NULL, "suchThat": lit(True)}
        assert value(query({"A": numbers(1)}, relationship=[related])) == expected

    @pytest.mark.parametrize(
        "such_that",
        [
            op("Equal", prop("k", "B"), prop("k", "A")),
            op("And", op("Equal", prop("k", "A"), prop("k", "B")), op("Greater", prop("n", "B"), prop("n", "A"))),
            op("And", op("Greater", prop("n", "B"), lit(0)), op("Equal", prop("n", "A"), prop("n", "B"))),
        ],
    )
    @pytest.mark.parametrize("kind", ["With", "Without"])
    def test_a_join_gives_what_trying_all_rows_gives(self, kind: str, such_that: Node) -> None:
        rows = [("x", 1), ("y", 2), ("z", None), ("x", 3)]
        related = [("x", 2), ("z", 4), ("y", None)]
        join = {"type": kind, "alias": "B", "expression": _computed(pairs(*related)), "suchThat": such_that}
        slow = {**join, "suchThat": op("Or", such_that, op("IsTrue", NULL))}
        assert value(query({"A": pairs(*rows)}, relationship=[join])) == value(
            query({"A": pairs(*rows)}, relationship=[slow])
        )

    def test_aggregate_starts_with_its_value_and_sees_lets(self) -> None:
        clause = {"identifier": "R", "starting": lit(10), "expression": op("Add", let("R"), alias("A"))}
        assert value(query({"A": numbers(1, 2, 2)}, aggregate=clause)) == 15
        assert value(query({"A": numbers(1, 2, 2)}, aggregate={**clause, "distinct": True})) == 13
        assert value(query({"A": numbers()}, aggregate=clause)) == 10
        both = {
            "identifier": "R",
            "starting": lit(0),
            "expression": op("Add", let("R"), op("Multiply", alias("A"), alias("B"))),
        }
        assert value(query({"A": numbers(1, 2), "B": numbers(3, 4)}, aggregate=both)) == 21
        assert value(query({"A": numbers(1, 1), "B": numbers(3)}, aggregate={**both, "distinct": True})) == 3


class TestSort:
    def test_by_direction_puts_nulls_first_and_last(self) -> None:
        for direction, expected in (("asc", [None, 1, 2]), ("descending", [2, 1, None])):
            sort = {"by": [{"type": "ByDirection", "direction": direction}]}
            assert value(query({"A": numbers(2, None, 1)}, sort=sort)) == expected

    def test_by_column_is_stable_and_the_first_item_counts_most(self) -> None:
        columns = [{"type": "ByColumn", "direction": d, "path": p} for p, d in (("k", "asc"), ("n", "desc"))]
        found = value(query({"A": pairs(("b", 1), ("a", 1), ("a", 2))}, sort={"by": columns}))
        assert [(row["k"], row["n"]) for row in found] == [("a", 2), ("a", 1), ("b", 1)]

    def test_by_expression_of_the_row(self) -> None:
        key = op("Negate", {"type": "IdentifierRef", "name": "n"})
        found = value(query({"A": pairs(("a", 1), ("b", 2))}, sort=by_expression(key)))
        assert [row["k"] for row in found] == ["b", "a"]
        assert value(query({"A": numbers(1, 2)}, sort=by_expression(op("Negate", alias("$this"))))) == [2, 1]

    def test_after_a_distinct_return(self) -> None:
        node = query(
            {"A": numbers(2, 1, 2)},
            returns=alias("A"),
            distinct=True,
            sort={"by": [{"type": "ByDirection", "direction": "asc"}]},
        )
        assert value(node) == [1, 2]

    def test_first_and_last_of_a_sorted_query(self) -> None:
        node = query(
            {"A": pairs(("a", 3), ("b", 1), ("c", 3))}, sort=by_expression({"type": "IdentifierRef", "name": "n"})
        )
        assert value(prop("k", source=of_source("First", node))) == "b"
        assert value(prop("k", source=of_source("Last", node))) == "c"

    def test_an_unknown_direction_is_refused(self) -> None:
        node = query({"A": numbers(1)}, sort={"by": [{"type": "ByDirection", "direction": "sideways"}]})
        assert "no direction" in problems(library({"X": node}))[0]


class TestOverRows:
    """Exists and Count look at the rows of a query without making its list."""

    @pytest.mark.parametrize("source", [numbers(), numbers(None), numbers(1), numbers(None, 2, 2)])
    @pytest.mark.parametrize("returns", [None, alias("A"), op("Add", alias("A"), lit(1)), NULL])
    def test_agree_with_the_list(self, source: Node, returns: Node | None) -> None:
        node = query({"A": source}) if returns is None else query({"A": source}, returns=returns)
        rows = value(node)
        assert value(op("Exists", node)) is any(row is not None for row in rows)
        assert value(of_source("Count", node)) == sum(row is not None for row in rows)
        distinct = query({"A": source}, returns=returns or alias("A"), distinct=True)
        assert value(of_source("Count", distinct)) == len({row for row in rows if row is not None})

    def test_exists_stops_at_the_first_row(self) -> None:
        failing = op("SingletonFrom", query({"B": numbers(1, 2)}, where=op("Equal", alias("A"), lit(2))))
        node = query({"A": numbers(1, 2)}, where=op("IsNull", failing))
        assert value(op("Exists", node)) is True

    def test_of_null(self) -> None:
        assert value(op("Exists", query({"A": NULL}))) is False
        assert value(of_source("Count", query({"A": NULL}))) == 0


def _computed(node: Node) -> Node:
    """The same list, as an expression that has to be evaluated."""
    return query({"X": node})
