"""Our ELM against that of the official translator, node by node.

The files lie outside of the repository; without them these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cql.translator import translate

_SHARED = Path(__file__).resolve().parents[4] / "shared"
_SUITE = _SHARED / "conformance" / "cql" / "tests.json.gz"
_BENCH = _SHARED / "bench" / "cql"

_IGNORED = {"localId", "locator", "annotation", "signature", "resultTypeName", "resultTypeSpecifier"}


def _normal(elm: Any) -> Any:
    if isinstance(elm, dict):
        return {key: _normal(value) for key, value in elm.items() if key not in _IGNORED and value != []}
    return [_normal(one) for one in elm] if isinstance(elm, list) else elm


@pytest.mark.skipif(not _SUITE.exists(), reason="the HL7 suite with the official ELM is not on this machine")
def test_the_suite_s_expressions() -> None:
    with gzip.open(_SUITE, "rt", encoding="utf-8") as stream:
        tests = [one for one in json.load(stream) if not one["actual"]["errors"]]
    different = []
    for one in tests:
        ours = translate(f"library T version '1.0'\ndefine Test: {one['expr']}").elm
        official = one["actual"]["elm"]["library"]["statements"]["def"][-1]["expression"]
        if ours is None:
            if one["invalid"] is None:
                different.append(one["expr"])
        elif _normal(ours["library"]["statements"]["def"][-1]["expression"]) != _normal(official):
            different.append(one["expr"])
    assert len(tests) == 1213
    assert sorted(" ".join(one.split()) for one in different) == sorted(_DIFFERENT)


# Each differs for a reason: numbers out of range are refused wherever they stand, ``.10000`` of a second is 100 ms,
# ``aggregate all`` and ``ascending`` are written in their shorter equal forms, and a list that includes
# null is null as the reference and the suite have it (the official translation gives false).
_DIFFERENT = [
    "+10*1000000000000000000000000000.00000000-0.00000001",
    "-10*1000000000000000000000000000.00000000+0.00000001",
    "{'s', 'a', 'm'} includes null",
    "null included in {2}",
    "Floor(-2147483649)",
    "Floor(2147483648)",
    "@T23:59:59.10000",
    "({ 1, 1, 2, 2, 2, 3, 4, 4, 5 }) Num aggregate all Result: Coalesce(Result, 0) + Num",
    "({@2013-01-02T00:00:00.000Z, @2015-01-02T00:00:00.000Z, @2014-01-02T00:00:00.000Z}) l sort ascending",
]


@pytest.mark.skipif(not _BENCH.exists(), reason="the benchmark library with its official ELM is not on this machine")
def test_a_whole_library() -> None:
    ours = translate((_BENCH / "SarcomaCDS.cql").read_text(encoding="utf-8"))
    official = json.loads((_BENCH / "data" / "SarcomaCDS.elm.json").read_text(encoding="utf-8"))
    assert ours.elm is not None
    assert ours.diagnostics == ()
    assert _normal(ours.elm) == _normal(official)
