from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

import pytest

from cql.syntax.diagnostics import Code, did_you_mean
from cql.syntax.parser import parse_expression, parse_library


def test_rendering_with_caret_and_hint() -> None:
    (diagnostic,) = parse_library("library T\ndefine A: [Condition] C wher C.x").diagnostics
    assert diagnostic.render().split("\n") == [
        "T:2:25-2:28: error CQL-010: Found the name `wher`, which has no meaning here; "
        "expected an operator or the next definition.",
        "  define A: [Condition] C wher C.x",
        "                          ^^^^",
        "  hint: Did you mean `where`?",
    ]


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("define A: a # b", "CQL-001", "1:13-1:13", None),
        ("define A: !a", "CQL-001", "1:11-1:11", "Write `not` or `!=`."),
        ("define A: 'abc", "CQL-002", "1:11-1:14", "Add the closing '"),
        ("define A: /* abc", "CQL-003", "1:11-1:12", "Add */."),
        ("define A: @2014-1-1", "CQL-005", "1:11-1:19", "Dates are written @YYYY-MM-DD"),
        ("define A: @T10:30Z", "CQL-005", "1:11-1:18", "no time zone"),
        ("define A: 1 == 2", "CQL-006", "1:13-1:14", "Write `=`."),
        ("define A: a && b", "CQL-006", "1:13-1:14", "Write `and`."),
        ("define A: a || b", "CQL-006", "1:13-1:14", "Write `or`."),
        ("define A: a <> b", "CQL-006", "1:13-1:14", "Write `!=`."),
        ("define A: 1;", "CQL-006", "1:12-1:12", "no separator"),
        ("define A: ‘abc’", "CQL-007", "1:11-1:15", "'abc'"),
        ("define “A”: 1", "CQL-007", "1:8-1:10", '"A"'),
        ("define A: größe", "CQL-008", "1:11-1:15", '"größe"'),
        ("define A: a AND b", "CQL-010", "1:13-1:15", "`and`"),
        ("define A: 5 mg", "CQL-010", "1:13-1:14", "'mg'"),
        ("define A: .5", "CQL-010", "1:11-1:11", "0.5"),
        ("define A: [X] where y", "CQL-010", "1:15-1:19", "needs an alias"),
        ("define A: f(x) y where z", "CQL-010", "1:16-1:16", "in parentheses"),
        ("define A: X is not Integer", "CQL-010", "1:20-1:26", "not (X is Type)"),
        ("define A = 1", "CQL-010", "1:10-1:10", "`define A: ...`"),
        ("define A b: 1", "CQL-010", "1:10-1:10", '"A b"'),
        ("parameter P: Integer", "CQL-010", "1:12-1:12", "without a colon"),
        ("include A as B", "CQL-010", "1:11-1:12", "`called`"),
        ("private define A: 1", "CQL-010", "1:9-1:14", "after `define`"),
        ("define A: day of b", "CQL-010", "1:15-1:16", "`day from X`"),
        ("define A: duration in day between a and b", "CQL-010", "1:23-1:25", "Write `days`."),
        ("define A: { a 1 }", "CQL-010", "1:15-1:15", None),
        ("define A: X less than 5", "CQL-011", "1:24-1:24", "`<`"),
        ("define A: 1 +", "CQL-011", "1:14-1:14", None),
        ("define A 1", "CQL-012", "1:8-1:8", "`define A:`"),
        ("valueset V 'x'", "CQL-012", "1:10-1:10", "`valueset V:`"),
        ("define A: (1 + 2", "CQL-013", "1:11-1:11", None),
        ("define A: Interval[1, 2}", "CQL-013", "1:24-1:24", None),
        ("define where: 1", "CQL-014", "1:8-1:12", '"where"'),
        ("valueset V: \"http://x\"", "CQL-015", "1:13-1:22", "'http://x'"),
        ("define 'A': 1", "CQL-015", "1:8-1:10", '"A"'),
        ("deine A: 1", "CQL-016", "1:1-1:5", "`define`"),
        ("define A: X\ndeine B: 2", "CQL-016", "2:1-2:5", "`define`"),
        ("define A: 1 + exists B", "CQL-019", "1:15-1:20", None),
    ],
)  # fmt: skip
def test_mistake(text: str, code: str, place: str, hint: str | None) -> None:
    (diagnostic,) = parse_library(text).diagnostics
    assert (diagnostic.severity, diagnostic.code, str(diagnostic.span)) == ("error", code, place)
    assert diagnostic.message.endswith(".")
    assert diagnostic.span is not None
    assert diagnostic.source_line == text.split("\n")[diagnostic.span.line - 1]
    if hint is None:
        assert diagnostic.hint is None
    else:
        assert diagnostic.hint is not None
        assert hint in diagnostic.hint


def test_errors_in_several_definitions_are_reported_together() -> None:
    result = parse_library(
        "library T\n"
        "valueset V: http\n"
        "define A: (1 +\n"
        "define B: 2\n"
        "define function F(x Integer) x\n"
        "define C: if a then b\n"
        "define D: B + 1"
    )
    assert [(d.code, d.library) for d in result.diagnostics] == [
        ("CQL-010", "T"), ("CQL-010", "T"), ("CQL-012", "T"), ("CQL-010", "T"),
    ]  # fmt: skip
    assert result.library is not None
    assert [s.name for s in result.library.statements] == ["B", "D"]
    assert result.failed_names == {"V", "A", "F", "C"}


def test_a_forgotten_quote_is_found_where_it_is() -> None:
    result = parse_library("define A: 'abc\ndefine B: 'x'\ndefine C: 'y' + \"z\"")
    assert [(d.code, str(d.span)) for d in result.diagnostics] == [("CQL-002", "1:11-1:14")]
    assert result.library is not None
    assert [s.name for s in result.library.statements] == ["A", "B", "C"]


def test_a_definition_with_trailing_text_is_left_out() -> None:
    result = parse_library("define A: 1 )\ndefine B: 2")
    assert [d.code for d in result.diagnostics] == ["CQL-010"]
    assert result.library is not None
    assert [s.name for s in result.library.statements] == ["B"]


def test_expression_with_rest() -> None:
    result = parse_expression("1 + 2 )")
    assert result.expression is None
    assert [d.code for d in result.diagnostics] == ["CQL-010"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000, "not " * 10_000, "-" * 10_000, "{" * 10_000, "x as " + "List<" * 10_000, "Interval[" * 10_000,
        "1" + " + 1" * 10_000, "a" + ".b" * 10_000, "if a then b else " * 10_000 + "c", "X x with (" * 10_000,
        "X x aggregate a starting (" * 10_000, "case when " * 10_000,
    ],
)  # fmt: skip
def test_deep_nesting_is_refused_in_words(text: str) -> None:
    result = parse_library(f"define A: {text}\ndefine B: 1")
    assert [d.code for d in result.diagnostics] == ["CQL-020"]
    assert result.library is not None
    assert [s.name for s in result.library.statements] == ["B"]


def test_moderate_nesting_and_long_chains_are_fine() -> None:
    for text in ("(" * 100 + "1" + ")" * 100, " or ".join(["a"] * 300), "if a then b else " * 200 + "c"):
        assert parse_expression(text).diagnostics == ()


def test_a_caller_deep_in_the_stack_gets_a_diagnostic_too() -> None:
    def deeper(levels: int) -> list[str]:
        if levels:
            return deeper(levels - 1)
        return [d.code for d in parse_library("define A: " + "(" * 110 + "1" + ")" * 110).diagnostics]

    assert deeper(sys.getrecursionlimit() - len(inspect.stack(0)) - 100) == ["CQL-020"]


@pytest.mark.parametrize("junk", ["(", "'", "'\\", '"a', "@", "/*", "[a ", "define A: ", "1.", "a, ", "\\'\n"])
def test_large_junk_ends_quickly_with_few_diagnostics(junk: str) -> None:
    text = junk * (300_000 // len(junk))
    assert 1 <= len(parse_library(text).diagnostics) <= 101


def test_a_text_of_too_many_tokens_is_refused() -> None:
    codes = [d.code for d in parse_library("define A: {" + "1," * 150_000).diagnostics]
    assert "CQL-021" in codes


def test_did_you_mean() -> None:
    assert did_you_mean("Where", ["when", "where"]) == "where"
    assert did_you_mean("xyz", ["where"]) is None


def test_codes_are_unique(codes: Callable[[str], list[str]]) -> None:
    assert len({code.value for code in Code}) == len(Code)
    assert codes("define A: 1") == []
