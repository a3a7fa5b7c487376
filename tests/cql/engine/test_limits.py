from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from cql import Engine, Library, Limits
from cql.errors import CompileError, LimitExceeded
from tests.cql.compiler.elm import (
    NOW,
    SYSTEM,
    Node,
    alias,
    call,
    function,
    items,
    let,
    library,
    lit,
    numbers,
    of_source,
    op,
    operand,
    query,
)


def exceeded(expression: Node, limits: Limits | None = None, **sections: Any) -> str:
    engine = Engine(Library.from_elm(library({"X": expression}, **sections)), limits=limits)
    with pytest.raises(LimitExceeded) as caught:
        engine.evaluate([], now=NOW)
    assert caught.value.define is not None
    return str(caught.value)


def test_rows_of_queries_are_steps() -> None:
    product = query({name: numbers(*range(30)) for name in "ABCDE"}, where=lit(False))
    assert "max_steps" in exceeded(product)
    assert "max_steps" in exceeded(query({"A": numbers(1, 2, 3)}), Limits(max_steps=2))


def test_calls_are_steps() -> None:
    """Each function calls the one before twice: thirty of them are a thousand million calls."""
    functions = [function("F0", {"x": SYSTEM + "Integer"}, operand("x"))]
    for number in range(1, 31):
        once = call(f"F{number - 1}", operand("x"))
        functions.append(function(f"F{number}", {"x": SYSTEM + "Integer"}, op("Add", once, once)))
    assert "max_steps" in exceeded(call("F30", lit(1)), Limits(max_steps=100_000), functions=functions)


def test_lists_do_not_grow_without_bounds() -> None:
    century = {"type": "Interval", "low": op("ToDateTime", lit("1900-01-01T00:00:00.000Z"))}
    century |= {"high": op("ToDateTime", lit("2000-01-01T00:00:00.000Z"))}
    millisecond = {"type": "Quantity", "value": 1, "unit": "millisecond"}
    assert "max_items" in exceeded(op("Expand", items(century), millisecond))
    doubling = {"identifier": "R", "starting": numbers(1, 2), "expression": op("Flatten", items(let("R"), let("R")))}
    assert "max_items" in exceeded(query({"A": numbers(*range(60))}, aggregate=doubling))
    endless = {"type": "Repeat", "source": numbers(1), "element": op("Add", {"type": "Current"}, lit(1))}
    assert "max_items" in exceeded(endless, Limits(max_items=1000))


def test_strings_do_not_grow_without_bounds() -> None:
    doubling = {"identifier": "R", "starting": lit("ab"), "expression": op("Concatenate", let("R"), let("R"))}
    assert "max_string" in exceeded(query({"A": numbers(*range(60))}, aggregate=doubling))


def test_time() -> None:
    rows = {"A": numbers(*range(30)), "B": numbers(*range(30)), "C": numbers(*range(30))}
    assert "max_seconds" in exceeded(query(rows, where=lit(False)), Limits(max_seconds=0.0))


def test_nesting_is_an_error_for_the_author() -> None:
    deep = reduce(lambda node, _: op("Negate", op("Abs", node)), range(2000), lit(1))
    with pytest.raises(CompileError, match="nested too deeply"):
        Library.from_elm(library({"X": deep}))


def test_moderate_nesting_works() -> None:
    deep: Node = reduce(
        lambda node, _: {
            "type": "If",
            "condition": op("IsNull", node),
            "then": lit(0),
            "else": op("Add", node, lit(0)),
        },
        range(5),
        lit(1),
    )
    assert Engine(Library.from_elm(library({"X": deep}))).evaluate([], now=NOW)["X"] == 1
    chain: Node = lit(0)
    for number in range(60):
        chain = {"type": "If", "condition": op("Equal", alias("A"), lit(number)), "then": lit(number), "else": chain}
    elm = library({"X": query({"A": numbers(0, 59, 60)}, returns=chain), "Y": of_source("Sum", numbers(1, 2))})
    assert dict(Engine(Library.from_elm(elm)).evaluate([], now=NOW)) == {"X": [0, 59, 0], "Y": 3}


def test_no_text_of_the_library_becomes_code() -> None:
    nasty = "'); import os; os.system('x') #\n\"\"\"\\"
    elm = library({nasty: lit(nasty), "T": {"type": "Tuple", "element": [{"name": nasty, "value": lit(nasty)}]}})
    elm["library"]["statements"]["def"] += [
        {
            "name": "P",
            "context": "Unfiltered",
            "expression": {"type": "Property", "path": nasty, "source": {"type": "ExpressionRef", "name": "T"}},
        },
        {"name": "Q", "context": "Unfiltered", "expression": query({nasty: numbers(1)}, returns=alias(nasty))},
    ]
    found = Library.from_elm(elm)
    assert "import" not in found.program.source
    builtins: Any = found.program.functions["__builtins__"]
    assert not builtins.keys() & {"open", "eval", "exec", "compile", "getattr", "__import__"}
    result = Engine(found).evaluate([], now=NOW)
    assert (result[nasty], result["Q"]) == (nasty, [1])


def test_lists_that_share_their_elements_are_work_when_compared() -> None:
    """Forty lists, each holding the one before twice: comparing the last with itself looks at 2^40 elements."""
    lines = ["define A0: {1, 2}", *(f"define A{n}: {{A{n - 1}, A{n - 1}}}" for n in range(1, 40))]
    for operator in ("=", "~"):
        library = Library.from_cql("\n".join([*lines, f"define X: A39 {operator} A39"]))
        with pytest.raises(LimitExceeded, match="max_steps"):
            Engine(library, limits=Limits(max_steps=10_000)).evaluate([], now=NOW, defines=["X"])


def test_a_string_that_grows_row_by_row_is_work() -> None:
    text = "define X: (expand Interval[1, 900000]) N aggregate R starting '': R & 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
    with pytest.raises(LimitExceeded, match="max_steps"):
        Engine(Library.from_cql(text)).evaluate([], now=NOW)
