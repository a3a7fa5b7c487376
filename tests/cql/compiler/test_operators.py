"""Every operator's row names a function that exists, and every ELM expression type has an emitter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import cql.compiler
import cql.compiler.assemble  # registers the emitters
from cql.compiler.linking import resolve
from cql.compiler.registry import EMITTERS
from cql.values import Tuple
from tests.cql.compiler.elm import NULL, items, library, lit, numbers, op, problems, run, tuple_of, value

_NAMED = re.compile(r'"((?:[a-z_]+)\.(?:[a-z_]+))"')
_SPECIFIED = """
Aggregate AnyInCodeSystem AnyInValueSet CalculateAge CanConvert Case Children CodeSystemRef ConvertsToRatio Current
Descendents DifferenceBetween ExpandValueSet Filter ForEach GeometricMean HighBoundary IdentifierRef InCodeSystem
Instance Iteration LastPositionOf Message OverlapsBefore ProperIncludedIn Query Ratio Repeat ReplaceMatches
SplitOnMatches SubsumedBy Times TimezoneOffsetFrom ToChars Total Tuple Xor
"""


def test_every_named_function_exists() -> None:
    folder = Path(cql.compiler.__file__).parent
    named = {name for file in folder.glob("*.py") for name in _NAMED.findall(file.read_text())}
    assert len(named) > 100
    for name in named - {"raw.field"}:
        assert callable(resolve(name)), name


def test_all_kinds_of_expressions_are_known() -> None:
    assert set(_SPECIFIED.split()) <= EMITTERS.keys()


def test_operators_without_an_operand_that_may_be_missing() -> None:
    assert value({"type": "Slice", "source": numbers(1, 2, 3), "startIndex": NULL}) == [1, 2, 3]
    assert value({"type": "Slice", "source": numbers(1, 2, 3), "endIndex": lit(1)}) == [1]
    assert value({"type": "Substring", "stringToSub": lit("abc"), "startIndex": lit(1)}) == "bc"
    assert value({"type": "Combine", "source": items(lit("a"), lit("b"))}) == "ab"
    assert (
        value(
            {"type": "Round", "operand": {**lit(1), "valueType": "{urn:hl7-org:elm-types:r1}Decimal", "value": "1.5"}}
        )
        == 2
    )


def test_times() -> None:
    left, right = items(tuple_of(a=lit(1)), tuple_of(a=lit(2))), items(tuple_of(b=lit(3)))
    assert value(op("Times", left, right)) == [Tuple({"a": 1, "b": 3}), Tuple({"a": 2, "b": 3})]


def test_a_wrong_precision_is_refused() -> None:
    node = op("SameAs", {"type": "Now"}, {"type": "Now"}, precision="Fortnight'); print(1")
    assert "not valid" in problems(library({"X": node}))[0]


SYSTEM: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": "urn:s",
    "content": "complete",
    "concept": [{"code": "a", "concept": [{"code": "b"}]}, {"code": "c"}],
}
SECTIONS: dict[str, Any] = {
    "codeSystems": [{"name": "S", "id": "urn:s"}],
    "codes": [{"name": one, "id": one, "codeSystem": {"name": "S"}} for one in ("a", "b", "c")],
}


@pytest.mark.parametrize(
    ("left", "right", "expected"), [("a", "b", True), ("a", "a", True), ("b", "a", False), ("c", "b", False)]
)
def test_subsumption(left: str, right: str, expected: bool) -> None:
    one, other = ({"type": "CodeRef", "name": name} for name in (left, right))
    defines = {"X": op("Subsumes", one, other), "Y": op("SubsumedBy", other, one), "Z": op("Subsumes", one, NULL)}
    result = run(library(defines, **SECTIONS), valuesets=[SYSTEM])
    assert (result["X"], result["Y"], result["Z"]) == (expected, expected, None)


def test_membership_in_a_code_system() -> None:
    nodes = {
        name: {"type": "InCodeSystem", "code": {"type": "CodeRef", "name": name}, "codesystem": {"name": "S"}}
        for name in ("a", "c")
    }
    assert dict(run(library(nodes, **SECTIONS), valuesets=[SYSTEM])) == {"a": True, "c": True}
