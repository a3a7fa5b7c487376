"""Sends mutated requests to a service of its own and watches what becomes of it."""

from __future__ import annotations

import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import orjson

from tools.mutate.request import Request, Seed, mutated_request
from tools.running import RunningService, running

_ROOT = Path(__file__).parents[2]
_SAMPLES = _ROOT.parent / "shared" / "data" / "cds-hooks-samples"
_PATIENTS = _ROOT / "fixtures" / "patients"
HANG_SECONDS = 5.0
_CLIENTS = 3


@dataclass(slots=True)
class Result:
    """What became of the requests. `failed` are files with the requests that got a 5xx, no answer, or a late one."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    failed: list[Path] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """Resident memory in MB, after each tenth of the requests."""


def run(requests: int, seed: int, keep: Path) -> Result:
    """Sends so many requests; those that show a fault of the service are written to the folder `keep`."""
    result = Result()
    with _deep(), running("--demo") as server:
        found = orjson.loads(_got(server, "/cds-services"))["services"]
        services = [(one["id"], one["hook"]) for one in found]
        seeds = [*_from_patients(server, services), *_from_samples()]
        numbers = iter(range(requests))
        lock = threading.Lock()

        def client(random: Random) -> None:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                if number and number % (requests // 10) == 0:
                    result.memory.append(server.memory())
                request = mutated_request(seeds, services, random)
                status, seconds = _send(server.port, request)
                with lock:
                    result.statuses[status] += 1
                    result.slowest = max(result.slowest, seconds)
                if status >= 500 or status == 0 or seconds > HANG_SECONDS:
                    result.failed.append(_kept(keep, number, status, seconds, request))

        with ThreadPoolExecutor(_CLIENTS) as clients:
            for done in [clients.submit(client, Random(f"{seed}/{one}")) for one in range(_CLIENTS)]:
                done.result()
        result.memory.append(server.memory())
    return result


@contextmanager
def _deep() -> Iterator[None]:
    """Room for making what the service must refuse."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _send(port: int, request: Request) -> tuple[int, float]:
    """The status (0: no answer) and the seconds until it was there."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS * 4)
    try:
        connection.putrequest(request.method, request.path)
        for name, value in {**request.headers, "content-length": str(len(request.body))}.items():
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(request.body)
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - started
    except (OSError, http.client.HTTPException):
        return 0, time.perf_counter() - started
    finally:
        connection.close()


def _kept(keep: Path, number: int, status: int, seconds: float, request: Request) -> Path:
    path = keep / f"{number}-{status}.http"
    head = f"{request.method} {request.path} -> {status} after {seconds:.1f} s\n{request.headers}\n\n"
    path.write_bytes(head.encode() + request.body)
    return path


def _from_patients(server: RunningService, services: list[tuple[str, str]]) -> list[Seed]:
    """The demonstration's own calls for its sample patients."""
    return [
        Seed(hook, orjson.loads(_got(server, f"/demo/patients/{path.stem}/request.json?hook={hook}")))
        for path in sorted(_PATIENTS.glob("*.json"))
        for _, hook in services
    ]


def _from_samples() -> list[Seed]:
    """Requests of other projects and of the reference sandbox, where the collection is there."""
    seeds = []
    for path in sorted([*_SAMPLES.glob("*/request--*.json"), *_SAMPLES.glob("captured-sandbox/*-call-*.json")]):
        content = orjson.loads(path.read_bytes())
        body = content["body"] if isinstance(content, dict) and "jwt" in content else content
        hook = body.get("hook") if isinstance(body, dict) else None
        seeds.append(Seed(str(hook), body))
    return seeds


def _got(service: RunningService, path: str) -> bytes:
    connection = service.connect()
    connection.request("GET", path)
    content = connection.getresponse().read()
    connection.close()
    return content
