"""The realistic library gives what the reference engine gave, from our translation and from the official ELM."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cql_data import LIBRARY, NOW, bundle, value_sets
from cql import Engine, Library

BENCH = Path(__file__).resolve().parents[3] / "shared" / "bench" / "cql" / "data"
needs_bench = pytest.mark.skipif(not BENCH.exists(), reason=f"the reference engine's results are not at {BENCH}")


def _library(source: str) -> Library:
    if source == "text":
        return Library.from_cql(LIBRARY.read_text(encoding="utf-8"))
    return Library.from_elm(json.loads((BENCH / "SarcomaCDS.elm.json").read_text(encoding="utf-8")))


def _shown(value: Any) -> Any:
    """A value in the form of the expected results: lists by their length, quantities as text."""
    match value:
        case list():
            return f"list[{len(value)}]"
        case {"value": number, "unit": unit}:
            return f"{number} {unit}"
        case Decimal():
            return float(value)
    return value


@needs_bench
@pytest.mark.parametrize("source", ["text", "elm"])
@pytest.mark.parametrize("size", [50, 500, 5000])
def test_results_are_those_of_the_reference_engine(source: str, size: int) -> None:
    engine = Engine(_library(source), valuesets=value_sets())
    result = engine.evaluate(bundle(size), now=NOW)
    expected = json.loads((BENCH / f"expected.bundle{size}.json").read_text(encoding="utf-8"))
    assert {name: _shown(result[name]) for name in expected} == expected
