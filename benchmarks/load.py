"""Two workers under load: 80 % of what they can do, three times what they can do, and the seconds after that."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.hooks import SERVICE, body_of
from benchmarks.measure import milliseconds
from tools.demo_service import DemoService, demo_service, resident

_RESOURCES = 500
_WORKERS = 2
_CONNECTIONS = (4, 6, 8)
"""So many connections that call without a pause find out what the service can do."""
_FIND_SECONDS = 5.0
_SATURATION_SECONDS = 20.0
_STEADY_SECONDS = float(os.environ.get("LOAD_SECONDS", "60"))
_OVERLOAD_SECONDS = 20.0
_AFTER_SECONDS = 10.0
_RECOVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Call:
    due: float
    status: int
    seconds: float


def rows() -> Iterator[str]:
    """The lines of the report."""
    body = body_of(_RESOURCES)
    with tempfile.TemporaryDirectory() as folder, _serving(folder) as server:
        path = Path(folder) / "body.json"
        path.write_bytes(body)
        size = f"{_RESOURCES} resources ({len(body) / 1e6:.2f} MB)"
        yield f"{_WORKERS} workers on {os.cpu_count()} processors, calls with {size}"
        best = max(_CONNECTIONS, key=lambda one: _most(server, path, one, _FIND_SECONDS))
        most = _most(server, path, best, _SATURATION_SECONDS)
        yield f"saturation: {most:.0f} calls a second, over {best} connections for {_SATURATION_SECONDS:.0f} s"
        steady, late = _calls(server, path, ("rate", most * 0.8, _STEADY_SECONDS))
        yield f"80 % of it, {most * 0.8:.0f} a second for {_STEADY_SECONDS:.0f} s (goal: p99 100 ms, no errors)"
        yield f"  {_told(steady)}; the client itself was late by {milliseconds(_at(late, 0.99))} (p99)"
        still = _most(server, path, best, _SATURATION_SECONDS)
        yield f"  saturation after that: {still:.0f} calls a second (the machine itself may have become slower)"
        with _watching(server) as memory:
            before = _memory(server)
            plan = ("rate", most * 3, _OVERLOAD_SECONDS), ("rate", most * 0.5, _AFTER_SECONDS)
            calls, late = _calls(server, path, *plan)
        during = [one for one in calls if one.due < _OVERLOAD_SECONDS]
        after = [one for one in calls if one.due >= _OVERLOAD_SECONDS + _RECOVERY_SECONDS]
        yield f"three times as much, {most * 3:.0f} a second for {_OVERLOAD_SECONDS:.0f} s (goal: 503 100, 200 500 ms)"
        yield f"  {_told(during)}; the client itself was late by {milliseconds(_at(late, 0.99))} (p99)"
        yield f"  then half of it, from {_RECOVERY_SECONDS:.0f} s after (goal: no 503, p99 100 ms): {_told(after)}"
        during_and_after = f"{max(memory):.0f} MB at most, {_memory(server):.0f} MB after"
        yield f"  memory of the workers: {before:.0f} MB before, {during_and_after}"


def _told(calls: Sequence[_Call]) -> str:
    """How many calls had which status, and how long that took."""
    told = []
    for status in sorted({one.status for one in calls}):
        times = [one.seconds for one in calls if one.status == status]
        name = {0: "connection lost", 1: "no answer"}.get(status, str(status))
        marks = ", ".join(f"{word} {milliseconds(_at(times, part))}" for word, part in (("p50", 0.5), ("p99", 0.99)))
        told.append(f"{name}: {len(times)} ({marks}, max {milliseconds(max(times))})")
    return "; ".join(told) or "nothing"


def _at(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def _url(service: DemoService) -> str:
    return f"http://127.0.0.1:{service.port}{SERVICE}"


def _memory(service: DemoService) -> float:
    """Resident memory of the workers together, in MB."""
    pid = service.process.pid
    return sum(map(resident, map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())))


@contextmanager
def _watching(server: DemoService) -> Iterator[list[float]]:
    """Samples of the workers' memory, four a second."""
    samples = [_memory(server)]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.25):
            samples.append(_memory(server))

    thread = threading.Thread(target=watch)
    thread.start()
    yield samples
    over.set()
    thread.join()


def _most(server: DemoService, body: Path, connections: int, seconds: float) -> float:
    """Answers a second when so many connections call without a pause."""
    calls, _ = _calls(server, body, ("connections", connections, seconds))
    return sum(one.status == 200 and one.due + one.seconds <= seconds for one in calls) / seconds


def _calls(server: DemoService, body: Path, *plan: tuple[str, float, float]) -> tuple[list[_Call], list[float]]:
    """The calls made by a process of its own, and by how much each was sent too late."""
    phases = [str(part) for phase in plan for part in phase]
    command = [sys.executable, "-m", "benchmarks.load_client", _url(server), str(body), *phases]
    samples = orjson.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    columns = (samples["due"], samples["status"], samples["seconds"])
    return [_Call(*row) for row in zip(*columns, strict=True)], samples["late"]


@contextmanager
def _serving(folder: str) -> Iterator[DemoService]:
    """The service with several workers and its database on disk, as a hospital would run it."""
    environment = {"SARCOMA_CDS_DATABASE_URL": f"sqlite:///{folder}/load.db"}
    path = Path(folder) / "log"
    with path.open("wb") as log, demo_service("--workers", str(_WORKERS), log=log, environment=environment) as service:
        deadline = time.monotonic() + 60
        while path.read_text(encoding="utf-8").count("Application startup complete") < _WORKERS:
            if service.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the workers did not start")
            time.sleep(0.05)
        yield service
