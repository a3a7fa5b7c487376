"""The CQL engine against ``orjson.loads`` of the same bundle and against the JavaScript reference engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from benchmarks.cql_data import LIBRARY, NOW, bundle, value_sets
from benchmarks.measure import medians, milliseconds
from cql import Engine, Library
from tools.peer import fhir_helpers
from tools.peer.node import execute, missing, translate

_SIZES = {50: 60, 500: 60, 5000: 25}
"""Resources in the bundle: how often each side runs."""
_PEER_REPEATS = {50: 20, 500: 7, 5000: 3}


def rows() -> Iterator[str]:
    """The lines of the report."""
    text = LIBRARY.read_text(encoding="utf-8")
    library = Library.from_cql(text)
    engine = Engine(library, valuesets=value_sets())
    yield "evaluation (index included) against orjson.loads of the same bundle"
    ours: dict[int, float] = {}
    for size, repeats in _SIZES.items():
        body = orjson.dumps(bundle(size))
        parsed = orjson.loads(body)
        times = medians(
            {
                "orjson.loads": partial(orjson.loads, body),
                "evaluate": partial(_all, engine, parsed),
                "evaluate, traced": partial(engine.evaluate, parsed, now=NOW, trace=True),
            },
            repeats,
        )
        ours[size] = times["evaluate"]
        loads = times["orjson.loads"]
        yield (
            f"  {size:5} resources: {milliseconds(times['evaluate'])} = {times['evaluate'] / loads:.2f} x loads "
            f"({milliseconds(loads)}); traced {times['evaluate, traced'] / times['evaluate']:.2f} x untraced; "
            f"memory added {_memory(engine, body):.2f} x the parsed bundle"
        )
    yield from _start_up(text)
    yield from _peer(text, ours)


def _all(engine: Engine, parsed: dict[str, Any]) -> object:
    result = engine.evaluate(parsed, now=NOW)
    return [result[name] for name in result.defines]


def _memory(engine: Engine, body: bytes) -> float:
    """What one evaluation's result keeps alive, as a multiple of the parsed bundle."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    parsed = orjson.loads(body)
    loaded = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    result = engine.evaluate(parsed, now=NOW)
    peak = tracemalloc.get_traced_memory()[1]
    del result
    tracemalloc.stop()
    return (peak - loaded) / (loaded - before)


def _start_up(text: str) -> Iterator[str]:
    """Import, translation cold and from the disk cache, each in processes of their own."""
    with tempfile.TemporaryDirectory() as cache:
        imported, empty = (milliseconds(_process(statement, cache=cache)) for statement in ("import cql", "pass"))
        yield f"import cql: {imported} (an empty statement: {empty})"
        call = f"Library.from_cql({text!r})"
        cold = [_inside(call, cache=str(Path(cache) / str(number))) for number in range(5)]
        warm = [_inside(call, cache=str(Path(cache) / "0")) for _ in range(5)]
    lines = len(text.splitlines())
    yield f"translation of the {lines}-line library: cold {milliseconds(median(cold))}"
    yield f"the same from the disk cache: {milliseconds(median(warm))}"


def _process(statement: str, *, cache: str) -> float:
    """Median wall time of ``statement`` in a fresh interpreter, the interpreter's own start taken off."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    return median(_run(code, cache) for _ in range(5))


def _inside(call: str, *, cache: str) -> float:
    """Wall time of one call in a fresh interpreter, ``import cql`` not included."""
    return _run(
        f"import time; from cql import Library; t = time.perf_counter(); {call}; print(time.perf_counter() - t)", cache
    )


def _run(code: str, cache: str) -> float:
    environment = os.environ | {"SARCOMA_CDS_CACHE": cache}
    return float(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
    )


def _peer(text: str, ours: dict[int, float]) -> Iterator[str]:
    reason = missing()
    if reason:
        yield f"cql-execution not measured: {reason}"
        return
    helpers, library = (answer["elm"] for answer in translate([fhir_helpers.text(), text]))
    codes = {
        one["url"]: {"1": [{**code, "version": "1"} for code in one["expansion"]["contains"]]} for one in value_sets()
    }
    yield "cql-execution 3.3.2 (bundle loaded and executed, JSON parsing not counted) over ours"
    with tempfile.TemporaryDirectory() as folder:
        for size, repeats in _PEER_REPEATS.items():
            path = Path(folder) / f"bundle{size}.json"
            path.write_text(json.dumps(bundle(size)), encoding="utf-8")
            request = {
                "elm": library,
                "helpers": helpers,
                "codes": codes,
                "bundle": str(path),
                "now": NOW.isoformat(timespec="milliseconds"),
                "repeats": repeats,
            }
            peer = median(execute(request)["milliseconds"]) / 1000
            yield f"  {size:5} resources: {milliseconds(peer)} = {peer / ours[size]:.0f} x ours"
