"""Any text gives a result; what is valid elsewhere parses here."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cql.syntax.parser import ParseResult, parse_expression, parse_library

SHARED = Path(__file__).parents[4] / "shared"
SUITE = SHARED / "conformance/cql/tests.json.gz"
SARCOMA = SHARED / "bench/cql/SarcomaCDS.cql"

VALID = """library T version '1'
using FHIR version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
valueset "V": 'http://v'
code "ANC": '751-8' from "LOINC" display 'x'
parameter "AsOf" DateTime default @2026-11-21T08:00:00.0+00:00
context Patient
define "Low in 90 Days":
  Count([Observation: "ANC"] O
    let q: O.value as FHIR.Quantity
    with [Condition: code in "V"] C such that C.onset starts 3 days or more before start of O.effective
    where (O.effective as FHIR.dateTime) during Interval["AsOf" - 90 days, "AsOf"]
      and q < 1.5 '10*3/uL'
    return all Tuple { value: q, code: 'it\\'s' }
    sort by value desc)
define fluent function f(a List<Choice<Integer, String>>) returns Integer:
  case when exists a then -(1 + 2L) ^ 2 else if a is null then null else { 1, 2 }[0] end /* end */
"""

FRAGMENTS = (
    "define", "A", ":", "[", "]", "(", ")", "{", "}", "'x'", '"y"', "in", "code", "from", "where", "1",
    "before", "start", "of", "is", "not", "null", "days", "between", "and", ",", ".", "+", "-", "if", "then",
    "else", "case", "when", "end", "function", "context", "return", "sort", "by", "with", "such that", "same",
    "as", "List", "<", ">", "Interval", "@2014", "'", '"', "/*", "*/", "//", "\n", "\\", "3 days", "or more",
    "on or", "aggregate", "starting", "%", "$this", "5L", "ö",
)  # fmt: skip


def check(result: ParseResult, text: str) -> None:
    """What holds for any text: a library, sorted diagnostics with places within the text, rendered without error."""
    assert result.library is not None
    lines = text.split("\n")
    last = 0
    for diagnostic in result.diagnostics:
        assert diagnostic.span is not None
        assert last <= diagnostic.span.line <= len(lines)
        assert 1 <= diagnostic.span.column <= len(lines[diagnostic.span.line - 1]) + 1
        assert diagnostic.code in diagnostic.render()
        last = diagnostic.span.line


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(parse_library(text), text)
    parse_expression(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60))
def test_any_sequence_of_tokens(fragments: list[str]) -> None:
    text = " ".join(fragments)
    check(parse_library(text), text)
    check(parse_library("define A: " + text), "define A: " + text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(VALID)), st.integers(0, 12), st.sampled_from((*FRAGMENTS, "")))
def test_any_mutation_of_a_library(position: int, removed: int, inserted: str) -> None:
    text = VALID[:position] + inserted + VALID[position + removed :]
    check(parse_library(text), text)


def test_the_library_that_is_mutated_is_valid() -> None:
    assert parse_library(VALID).diagnostics == ()


@pytest.mark.skipif(not SUITE.exists(), reason="the HL7 test suite is not shipped with the product")
def test_hl7_suite_parses() -> None:
    tests = json.loads(gzip.decompress(SUITE.read_bytes()))
    refused = {}
    for test in tests:
        for text in filter(None, (test["expr"], test["expected"])):
            found = parse_library(f"define Test: {text}").diagnostics
            if found:
                refused[text] = [d.code for d in found]
    # a time with a time zone is the only expression of the suite that is lexically wrong
    assert refused == {"hours between @T06Z and @T07:00:00Z": ["CQL-005", "CQL-005"]}


@pytest.mark.skipif(not SARCOMA.exists(), reason="the benchmark's library is not shipped with the product")
def test_benchmark_library_parses() -> None:
    result = parse_library(SARCOMA.read_text())
    assert result.diagnostics == ()
    assert result.library is not None
    assert len(result.library.statements) == 17
    assert len(result.library.value_sets) == 4
