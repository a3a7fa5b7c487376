"""Mapping a whole record to facts against ``orjson.loads`` of the same bundle."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson

from benchmarks.measure import medians, milliseconds
from mappers import map_patient

RECORDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "synthea"
REPEATS = 15


def rows() -> Iterator[str]:
    """One line for each record: both medians and their ratio (the aim is at most 1)."""
    paths = sorted(RECORDS.glob("*.json.gz"))
    if not paths:
        yield f"no records in {RECORDS}; they lie outside the repository"
    for path in paths:
        raw = gzip.decompress(path.read_bytes())
        record = orjson.loads(raw)
        taken = medians({"parse": lambda: orjson.loads(raw), "map": lambda: map_patient(record)}, REPEATS)  # noqa: B023
        ratio = taken["map"] / taken["parse"]
        parse, mapped = milliseconds(taken["parse"]), milliseconds(taken["map"])
        yield f"{path.name:<34} {len(record['entry']):>5} resources  parse {parse}  map {mapped}  ratio {ratio:.2f}"
