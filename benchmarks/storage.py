"""Writing to the database: audit records, feedback, seen tokens; with one process and with two at once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from uuid import uuid4

import orjson

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage
from tools.crash.postgresql import Cluster, PostgresqlMissing
from tools.crash.records import call_record, card_shown, feedback

_CALLS, _WARM_UP = 1000, 50
_NAMES = ("record_call", "record_feedback", "first_use")


def rows() -> Iterator[str]:
    """The median and the 99th percentile of each kind of write. A call has four cards and two queries."""
    yield f"{'':34}" + "".join(f"{name:>26}" for name in _NAMES)
    with tempfile.TemporaryDirectory() as folder:
        for processes in (1, 2):
            yield _row(f"sqlite:///{folder}/{processes}.db", processes)
    try:
        with Cluster() as cluster:
            for processes in (1, 2):
                yield _row(cluster.url(), processes)
    except PostgresqlMissing as missing:
        yield str(missing)


def _row(url: str, processes: int) -> str:
    Storage.open(DatabaseSettings(url=url)).close()
    with tempfile.TemporaryDirectory() as folder:
        start = time.time() + 0.5
        told = [Path(folder) / str(number) for number in range(processes)]
        workers = [get_context("fork").Process(target=_measure, args=(url, start, file)) for file in told]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        results = [orjson.loads(file.read_bytes()) for file in told]
    cells = [_cell([seconds for one in results for seconds in one[name]]) for name in _NAMES]
    label = f"{url.partition(':')[0]}, {processes} writing process" + ("es" if processes > 1 else "")
    return f"{label:34}" + "".join(f"{cell:>26}" for cell in cells)


def _cell(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"{median(ordered) * 1e6:.0f} µs (p99 {ordered[len(ordered) * 99 // 100] * 1e6:.0f})"


def _measure(url: str, start: float, told: Path) -> None:
    with _opened(url) as storage:
        expires = datetime.now(UTC) + timedelta(hours=1)
        records = [call_record(cards=tuple(card_shown() for _ in range(4))) for _ in range(_CALLS + _WARM_UP)]
        time.sleep(max(0.0, start - time.time()))
        writes: dict[str, Callable[[int], object]] = {
            "record_call": lambda number: storage.record_call(records[number]),
            "record_feedback": lambda _: storage.record_feedback([feedback()]),
            "first_use": lambda _: storage.first_use("https://ehr.example.org", str(uuid4()), expires),
        }
        told.write_bytes(orjson.dumps({name: _times(write) for name, write in writes.items()}))


def _times(write: Callable[[int], object]) -> list[float]:
    times = []
    for number in range(_CALLS + _WARM_UP):
        started = time.perf_counter()
        write(number)
        times.append(time.perf_counter() - started)
    return times[_WARM_UP:]


@contextmanager
def _opened(url: str) -> Iterator[Storage]:
    storage = Storage.open(DatabaseSettings(url=url))
    try:
        yield storage
    finally:
        storage.close()
