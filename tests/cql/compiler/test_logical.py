from __future__ import annotations

from itertools import product

import pytest

from cql.operators import logical
from tests.cql.compiler.elm import NULL, Node, alias, call, items, lit, numbers, op, query, tri, value

THREE = (True, False, None)
# Not constants, so that the conditions are computed when evaluating; the row's value is 1.
ROW = {"A": numbers(1)}


def opaque(truth: bool | None) -> Node:
    """An expression with that value which the compiler cannot fold."""
    return NULL if truth is None else op("Equal", alias("A"), lit(1 if truth else 2))


@pytest.mark.parametrize("kind", ["And", "Or", "Xor", "Implies"])
@pytest.mark.parametrize(("a", "b"), list(product(THREE, THREE)))
def test_truth_tables_as_values_and_as_conditions(kind: str, a: bool | None, b: bool | None) -> None:
    function = {"And": logical.and_, "Or": logical.or_, "Xor": logical.xor, "Implies": logical.implies}[kind]
    expected = function(a, b)
    assert value(op(kind, tri(a), tri(b))) is expected
    condition = op(kind, opaque(a), opaque(b))
    assert value(query(ROW, returns=condition)) == [expected]
    assert value(query(ROW, where=condition)) == ([1] if expected else [])
    assert value(query(ROW, where=op("Not", condition))) == ([1] if expected is False else [])


@pytest.mark.parametrize("kind", ["And", "Or"])
def test_long_chains_neither_nest_nor_lose_operands(kind: str) -> None:
    neutral = kind == "And"
    chain: Node = lit(neutral)
    for _ in range(400):
        chain = op(kind, op("IsNull", NULL) if neutral else op("IsTrue", NULL), chain)
    assert value(chain) is neutral
    assert value(op(kind, chain, tri(None))) is None
    assert value(op(kind, chain, tri(not neutral))) is not neutral


def test_what_cannot_change_the_result_is_not_evaluated() -> None:
    failing = op("Equal", op("SingletonFrom", numbers(1, 2)), lit(1))
    assert value(op("And", lit(False), failing)) is False
    assert value(op("Or", lit(True), failing)) is True
    assert value(op("Implies", lit(False), failing)) is True
    assert value({"type": "If", "condition": NULL, "then": failing, "else": lit("no")}) == "no"
    assert value(op("Coalesce", lit("here"), call("ToString", failing, libraryName="FHIRHelpers"))) == "here"


def test_case_with_and_without_comparand() -> None:
    def item(when: Node, then: str) -> Node:
        return {"when": when, "then": lit(then)}

    conditions = {"type": "Case", "caseItem": [item(NULL, "null"), item(lit(True), "true")], "else": lit("else")}
    assert value(conditions) == "true"
    compared = {
        "type": "Case",
        "comparand": lit(2),
        "caseItem": [item(lit(1), "one"), item(lit(2), "two")],
        "else": NULL,
    }
    assert value(compared) == "two"
    assert value({**compared, "comparand": lit(3)}) is None
    assert value({**compared, "comparand": NULL}) is None


def test_coalesce_of_operands_and_of_a_list() -> None:
    assert value(op("Coalesce", NULL, NULL, lit(3))) == 3
    assert value({"type": "Coalesce", "operand": [items(NULL, lit(3))]}) == 3
    assert value(op("Coalesce", NULL, NULL)) is None
