from __future__ import annotations

from collections.abc import Callable

import pytest

from cql.syntax.parser import parse_expression

Render = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("42", "42"),
        ("007", "007"),
        ("5L", "5L"),
        ("1.50", "1.50"),
        ("''", "''"),
        ("'abc'", "'abc'"),
        (r"'it\'s \"a\" \`b\` \\ \/'", repr('it\'s "a" `b` \\ /')),
        (r"'\f\n\r\t'", repr("\f\n\r\t")),
        (r"'\u00e9\uD83D\uDE00'", repr("é😀")),
        ("'two\nlines'", repr("two\nlines")),
        ("'größer // /* no comment */'", repr("größer // /* no comment */")),
        ("@2014", "(DateLiteral text=2014)"),
        ("@2014-01", "(DateLiteral text=2014-01)"),
        ("@2014-01-25", "(DateLiteral text=2014-01-25)"),
        ("@2014T", "(DateTimeLiteral text=2014T)"),
        ("@2014-01T", "(DateTimeLiteral text=2014-01T)"),
        ("@2014-01-25T", "(DateTimeLiteral text=2014-01-25T)"),
        ("@2014-01-25T14", "(DateTimeLiteral text=2014-01-25T14)"),
        ("@2014-01-25T14:30:14.559", "(DateTimeLiteral text=2014-01-25T14:30:14.559)"),
        ("@2014-01-25T14:30Z", "(DateTimeLiteral text=2014-01-25T14:30Z)"),
        ("@2014-01-25T14:30:14.559-05:30", "(DateTimeLiteral text=2014-01-25T14:30:14.559-05:30)"),
        ("@T10", "(TimeLiteral text=10)"),
        ("@T10:30:00.000", "(TimeLiteral text=10:30:00.000)"),
        ("5 'mg'", "<5 'mg'>"),
        ("5.0'mg/dL'", "<5.0 'mg/dL'>"),
        ("3 days", "<3 days>"),
        ("1 month", "<1 month>"),
        ("1:2", "(RatioLiteral numerator=<1 '1'> denominator=<2 '1'>)"),
        ("1 'mg' : 10 'mL'", "(RatioLiteral numerator=<1 'mg'> denominator=<10 'mL'>)"),
        ("%now", "(ExternalConstant name=now)"),
        ('%"a b"', "(ExternalConstant name=a b)"),
        ("%'a b'", "(ExternalConstant name=a b)"),
    ],
)
def test_literal(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Interval[1, 2]", "(IntervalSelector low=1 high=2 low_closed=True high_closed=True)"),
        ("Interval(1, 2]", "(IntervalSelector low=1 high=2 high_closed=True)"),
        ("Interval[1, null)", "(IntervalSelector low=1 high=null low_closed=True)"),
        ("{}", "(ListSelector)"),
        ("{ 1, 'a', {} }", "(ListSelector elements=[1, 'a', (ListSelector)])"),
        ("List { 1 }", "(ListSelector elements=[1])"),
        ("List<FHIR.Age> {}", "(ListSelector element_type=FHIR.Age)"),
        ("{ : }", "(TupleSelector)"),
        ("Tuple { : }", "(TupleSelector)"),
        ("Tuple { a: 1, \"b c\": 2 }", "(TupleSelector elements=[[a, 1], [b c, 2]])"),
        ("{ code: 1, end: x y where z }",
         "(TupleSelector elements=[[code, 1], [end, (Query sources=[(AliasedSource source=x alias=y)] where=z)]])"),
        ("{ 1 : 2 }", "(ListSelector elements=[(RatioLiteral numerator=<1 '1'> denominator=<2 '1'>)])"),
        ("Quantity { value: 5.0, unit: 'mg' }",
         "(InstanceSelector type=Quantity elements=[[value, 5.0], [unit, 'mg']])"),
        ("FHIR.code { : }", "(InstanceSelector type=FHIR.code)"),
        ("Code { code: 'x' }", "(InstanceSelector type=Code elements=[[code, 'x']])"),
        ("Concept { codes: x }", "(InstanceSelector type=Concept elements=[[codes, x]])"),
        ("Code 'x' from \"LOINC\"", '(CodeSelector code=x system="LOINC")'),
        ("Code 'x' from L.S display 'y'", "(CodeSelector code=x system=L.S display=y)"),
        ("Concept { Code 'x' from S, Code 'y' from S } display 'z'",
         "(ConceptSelector codes=[(CodeSelector code=x system=S), (CodeSelector code=y system=S)] display=z)"),
    ],
)  # fmt: skip
def test_selector(tree: Render, text: str, expected: str) -> None:
    assert tree(text) == expected


def test_unknown_escape_is_kept_with_a_warning(shown: Callable[[object], str]) -> None:
    result = parse_expression(r"'\d+'")
    assert shown(result.expression) == repr(r"\d+")
    assert [(d.severity, d.code) for d in result.diagnostics] == [("warning", "CQL-004")]


def test_half_a_surrogate_pair_never_reaches_the_tree(tree: Render) -> None:
    assert tree(r"'a\uD83D'") == repr("a\ufffd")


def test_comments_and_tags_are_skipped(tree: Render) -> None:
    assert tree("/* @tag: x */ 1 // one\n + /**/ 2 /* ** / */") == "(1 + 2)"
