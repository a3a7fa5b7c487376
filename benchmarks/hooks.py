"""A hook call over HTTP against ``orjson.loads`` of its body; load, start-up and memory of one worker."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

import orjson

from benchmarks.cql_data import bundle
from benchmarks.measure import medians, milliseconds
from tools.running import RunningService, running

SERVICE = "/cds-services/sarcoma-patient-view"
_REPEATS = {500: 60, 5000: 25}
_LIMITS = {500: 10, 5000: 4}
"""Resources in the call: how many times ``orjson.loads`` the call may take."""
_CONNECTIONS = 4
_CALLS = 100
_STARTS = 3


def rows() -> Iterator[str]:
    """The lines of the report."""
    bodies = {size: body_of(size) for size in _REPEATS}
    start = median(_start_up(bodies[500]) for _ in range(_STARTS))
    yield f"start-up to the first answer, warm cache: {start:.2f} s (median of {_STARTS}; allowed 2)"
    with running("--demo") as server:
        yield "one call, everything included, against orjson.loads of its body"
        for size, repeats in _REPEATS.items():
            yield _one_at_a_time(server, bodies[size], size, repeats)
        yield _under_load(server, bodies[500])
        yield f"resident memory of the worker after that: {server.memory():.0f} MB (allowed 150)"


def _one_at_a_time(server: RunningService, body: bytes, size: int, repeats: int) -> str:
    connection = server.connect()
    times = medians(
        {"loads": lambda: orjson.loads(body), "call": lambda: _call(connection, body)},
        repeats,
    )
    connection.close()
    ratio = times["call"] / times["loads"]
    return (
        f"  {size:5} resources, {len(body) / 1e6:.2f} MB: {milliseconds(times['call'])} = {ratio:.2f} x loads "
        f"({milliseconds(times['loads'])}; allowed {_LIMITS[size]})"
    )


def _under_load(server: RunningService, body: bytes) -> str:
    samples: list[float] = []

    def client() -> None:
        connection = server.connect()
        for _ in range(_CALLS):
            start = time.perf_counter()
            _call(connection, body)
            samples.append(time.perf_counter() - start)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(_CONNECTIONS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(samples) / (time.perf_counter() - start)
    cuts = quantiles(samples, n=100)
    return (
        f"  500 resources, {_CONNECTIONS} connections at once: p50 {milliseconds(cuts[49])}, "
        f"p99 {milliseconds(cuts[98])}, {rate:.0f} calls a second"
    )


def _call(connection: http.client.HTTPConnection, body: bytes) -> bytes:
    connection.request("POST", SERVICE, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the call was answered with {answer.status}")
    return content


def body_of(size: int) -> bytes:
    """A call of patient-view whose prefetch holds the resources of a patient of that size."""
    resources = [entry["resource"] for entry in bundle(size)["entry"]]
    patient = next(one for one in resources if one["resourceType"] == "Patient")
    with running("--demo") as server:
        connection = server.connect()
        connection.request("GET", "/cds-services")
        services = orjson.loads(connection.getresponse().read())["services"]
    templates = next(one for one in services if one["hook"] == "patient-view")["prefetch"]
    prefetch: dict[str, Any] = {"patient": patient}
    taken = {"Patient"}
    for key, query in templates.items():
        kind = query.partition("?")[0]
        if key != "patient":
            taken.add(kind)
            found = [{"resource": one} for one in resources if one["resourceType"] == kind]
            prefetch[key] = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": found}
    # What no template asks for (visits, say) rides along in the largest Bundle, so that the call has the full size.
    rest = [{"resource": one, "search": {"mode": "include"}} for one in resources if one["resourceType"] not in taken]
    prefetch["observations"]["entry"] += rest
    return orjson.dumps(
        {
            "hook": "patient-view",
            "hookInstance": "5d5c3b86-0d5f-4bb4-8a28-0f3f0a1ad4a1",
            "context": {"userId": "Practitioner/p", "patientId": patient["id"]},
            "prefetch": prefetch,
        }
    )


def _start_up(body: bytes) -> float:
    """Seconds from starting the process to the whole answer to its first call."""
    start = time.perf_counter()
    with running("--demo") as server:
        connection = server.connect()
        _call(connection, body)
        return time.perf_counter() - start
