"""Two workers under load: 80 % of what they can do, three times what they can do, and the seconds after that.

As a hospital would run them: each call has a token of its own, and leaves its record in the database on disk.
"""

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

from benchmarks.ehr import Ehr
from benchmarks.hooks import SERVICE, body_of
from benchmarks.measure import milliseconds
from tools.running import RunningService, resident, running

_RESOURCES = 500
_WORKERS = 2
_CONNECTIONS = (4, 6, 8)
"""So many connections that call without a pause find out what the service can do."""
_FIND_SECONDS = 5.0
_SATURATION_SECONDS = 8.0
_ROUNDS = int(os.environ.get("LOAD_ROUNDS", "6"))
_STEADY_SECONDS = 10.0
"""In each round. What the machine itself can do changes within a minute, so each round finds that out anew."""
_OVERLOAD_SECONDS = 20.0
_AFTER_SECONDS = 10.0
_RECOVERY_SECONDS = 2.0
_MOST_A_SECOND = 400
"""More calls than the connections make."""


@dataclass(frozen=True, slots=True)
class _Call:
    due: float
    status: int
    seconds: float


def rows() -> Iterator[str]:
    """The lines of the report."""
    body = body_of(_RESOURCES)
    with tempfile.TemporaryDirectory() as folder, _Load.prepared(Path(folder), body) as load:
        size = f"{_RESOURCES} resources ({len(body) / 1e6:.2f} MB)"
        yield f"{_WORKERS} workers on {os.cpu_count()} processors, calls with {size}, each with its token"
        best = max(_CONNECTIONS, key=lambda one: load.most(one, _FIND_SECONDS))
        steady: list[_Call] = []
        for _ in range(_ROUNDS):
            most = load.most(best, _SATURATION_SECONDS)
            calls, late = load.calls(("rate", most * 0.8, _STEADY_SECONDS))
            steady += calls
            yield f"saturation: {most:.0f} calls a second, over {best} connections for {_SATURATION_SECONDS:.0f} s"
            yield f"  80 % of it for {_STEADY_SECONDS:.0f} s: {_told(calls)}; {_lateness(late)}"
        yield f"80 % of saturation, all rounds (goal: p99 100 ms, no errors): {_told(steady)}"
        most = load.most(best, _SATURATION_SECONDS)
        with load.memory() as memory:
            plan = ("rate", most * 3, _OVERLOAD_SECONDS), ("rate", most * 0.5, _AFTER_SECONDS)
            calls, late = load.calls(*plan)
        during = [one for one in calls if one.due < _OVERLOAD_SECONDS]
        after = [one for one in calls if one.due >= _OVERLOAD_SECONDS + _RECOVERY_SECONDS]
        yield f"three times as much, {most * 3:.0f} a second for {_OVERLOAD_SECONDS:.0f} s (goal: 503 100, 200 500 ms)"
        yield f"  {_told(during)}; {_lateness(late)}"
        yield f"  then half of it, from {_RECOVERY_SECONDS:.0f} s after (goal: no 503, p99 100 ms): {_told(after)}"
        marks = f"{memory[0]:.0f} MB before, {max(memory):.0f} MB at most, {memory[-1]:.0f} MB after"
        yield f"  memory of the workers: {marks}"


class _Load:
    """The service with several workers, and the EHR that calls it."""

    def __init__(self, service: RunningService, ehr: Ehr, folder: Path) -> None:
        self._service = service
        self._ehr = ehr
        self._folder = folder

    @classmethod
    @contextmanager
    def prepared(cls, folder: Path, body: bytes) -> Iterator[_Load]:
        """Started; all calls have this body."""
        (folder / "body.json").write_bytes(body)
        ehr = Ehr(folder)
        log = folder / "log"
        options = ("--settings", str(ehr.settings), "--workers", str(_WORKERS))
        with log.open("wb") as file, running(*options, log=file) as service:
            deadline = time.monotonic() + 60
            while log.read_text(encoding="utf-8").count("Application startup complete") < _WORKERS:
                if service.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the workers did not start")
                time.sleep(0.05)
            yield cls(service, ehr, folder)

    def most(self, connections: int, seconds: float) -> float:
        """Answers a second when so many connections call without a pause."""
        calls, _ = self.calls(("connections", connections, seconds))
        return sum(one.status == 200 and one.due + one.seconds <= seconds for one in calls) / seconds

    def calls(self, *plan: tuple[str, float, float]) -> tuple[list[_Call], list[float]]:
        """The calls made by a process of its own, and by how much each was sent too late."""
        rates = [(number if kind == "rate" else _MOST_A_SECOND, seconds) for kind, number, seconds in plan]
        number = sum(int(rate * seconds) + 1 for rate, seconds in rates)
        tokens = self._folder / "tokens"
        tokens.write_text("\n".join(self._ehr.token(SERVICE) for _ in range(number)), encoding="ascii")
        url = f"http://127.0.0.1:{self._service.port}{SERVICE}"
        files = (str(self._folder / "body.json"), str(tokens))
        phases = [str(part) for phase in plan for part in phase]
        command = [sys.executable, "-m", "benchmarks.load_client", url, *files, *phases]
        samples = orjson.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        columns = (samples["due"], samples["status"], samples["seconds"])
        return [_Call(*row) for row in zip(*columns, strict=True)], samples["late"]

    @contextmanager
    def memory(self) -> Iterator[list[float]]:
        """Resident memory of the workers together, in MB: four samples a second."""
        samples = [self._memory()]
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.25):
                samples.append(self._memory())

        thread = threading.Thread(target=watch)
        thread.start()
        yield samples
        over.set()
        thread.join()
        samples.append(self._memory())

    def _memory(self) -> float:
        pid = self._service.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return sum(map(resident, map(int, workers)))


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


def _lateness(late: Sequence[float]) -> str:
    return f"the client itself was late by {milliseconds(_at(late, 0.99))} (p99)"
