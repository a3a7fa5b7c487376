"""What is beyond the limits is refused at once, unread, and makes room again when it is over."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from cds_hooks.errors import CallError
from cds_hooks.limits import Admission, AdmissionLayer
from cds_hooks.settings import LimitSettings


def _admission(**limits: float) -> tuple[Admission, list[str]]:
    told: list[str] = []
    return Admission(LimitSettings.model_validate(limits), told.append), told


def _refused(admission: Admission, length: int = 1) -> CallError:
    with pytest.raises(CallError) as caught:
        admission.enter(length)
    return caught.value


def test_calls_beyond_the_limit_are_refused_until_one_is_over() -> None:
    admission, told = _admission(calls=2)
    first = admission.enter(1)
    admission.enter(1)
    error = _refused(admission)
    assert (error.status, error.code) == (503, "overloaded")
    assert told == ["calls"]
    admission.leave(first)
    admission.enter(1)


def test_bytes_beyond_the_limit_are_refused_until_they_are_let_go() -> None:
    admission, told = _admission(held_bytes=100)
    first = admission.enter(60)
    _refused(admission, 41)
    assert told == ["held_bytes"]
    admission.enter(40)
    admission.leave(first)
    admission.enter(60)


@asynccontextmanager
async def _busy(admission: Admission) -> AsyncIterator[Callable[..., Coroutine[None, None, None]]]:
    """The one processor is taken until the block ends; gives what adds a call that waits, with so many bytes."""
    gate = threading.Event()
    async with anyio.create_task_group() as tasks:

        async def add(size: int = 0, **more: bool) -> None:
            tasks.start_soon(partial(admission.evaluate, gate.wait, size, **more))
            await anyio.sleep(0.02)

        await add()
        try:
            yield add
        finally:
            gate.set()


def test_several_calls_at_once_are_taken_on_but_not_a_queue_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time that nobody waits, four may come at once, though the last of them will wait 0.4 s."""
    monkeypatch.setattr("cds_hooks.limits.admission._BURST", 4)

    async def scenario() -> None:
        admission, told = _admission(evaluations=1, wait_seconds=0.15)
        for _ in range(2):
            await admission.evaluate(lambda: time.sleep(0.1), 0)
            async with _busy(admission) as add:
                for _ in range(4):
                    await add()
                assert told == []
                _refused(admission)
                assert told.pop() == "wait_seconds"

    anyio.run(scenario)


def test_a_call_that_would_wait_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as evaluations take 0.1 s, the third in the queue of one processor would wait 0.2 s and more."""
    monkeypatch.setattr("cds_hooks.limits.admission._BURST", 0)

    async def scenario() -> None:
        admission, told = _admission(evaluations=1, wait_seconds=0.15)
        await admission.evaluate(lambda: time.sleep(0.1), 0)
        async with _busy(admission) as add:
            await add()
            admission.arrived(admission.enter(0))
            await add()
            _refused(admission)
            with pytest.raises(CallError):
                await admission.evaluate(int, 0)
            await add(again=True)
        assert told == ["wait_seconds", "wait_seconds"]
        admission.enter(0)

    anyio.run(scenario)


def test_large_calls_wait_longer_than_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds_hooks.limits.admission._BURST", 0)

    async def scenario() -> None:
        for size, refused in ((1_000, False), (1_000_000, True)):
            admission, _ = _admission(evaluations=1, wait_seconds=0.15)
            await admission.evaluate(lambda: time.sleep(0.1), 500_000)
            async with _busy(admission) as add:
                await add(size)
                if refused:
                    _refused(admission)
                else:
                    admission.enter(1)

    anyio.run(scenario)


def test_calls_whose_bodies_are_coming_count_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds_hooks.limits.admission._BURST", 0)

    async def scenario() -> None:
        admission, _ = _admission(evaluations=1, wait_seconds=0.15)
        await admission.evaluate(lambda: time.sleep(0.1), 1)
        admission.enter(1)
        admission.enter(1)
        _refused(admission)
        monkeypatch.setattr("cds_hooks.limits.admission._COMING_SECONDS", 0.0)
        admission.enter(1)

    anyio.run(scenario)


def test_what_the_work_raises_comes_out() -> None:
    async def scenario() -> None:
        admission, _ = _admission()
        with pytest.raises(ZeroDivisionError):
            await admission.evaluate(lambda: 1 // 0, 0)

    anyio.run(scenario)


async def _ask(layer: AdmissionLayer, path: str, parts: list[bytes], length: int | None, method: str = "POST") -> int:
    """The status of the answer; the request has this path and a body in these parts."""
    status: list[int] = []
    left = list(parts)

    async def receive() -> Message:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    await layer({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    return status[0]


async def _reader(scope: Scope, receive: Receive, send: Send) -> None:
    status = 200
    try:
        while (await receive()).get("more_body"):
            pass
    except CallError as error:
        status = error.status
    await send({"type": "http.response.start", "status": status, "headers": []})


def test_the_layer_counts_what_comes_without_a_length() -> None:
    admission, told = _admission(held_bytes=100)
    layer = AdmissionLayer(_reader, admission)

    async def scenario() -> None:
        assert await _ask(layer, "/cds-services/a", [b"x" * 60, b"x" * 60], None) == 503
        assert told == ["held_bytes"]
        for _ in range(3):  # nothing is left over of the one before
            assert await _ask(layer, "/cds-services/a", [b"x" * 90], None) == 200
            assert await _ask(layer, "/cds-services/a/feedback", [b"x" * 100], 100) == 200

    anyio.run(scenario)


def test_health_and_discovery_are_never_refused() -> None:
    admission, _ = _admission(calls=1)
    admission.enter(0)
    layer = AdmissionLayer(_reader, admission)

    async def scenario() -> None:
        for path in ("/healthz", "/readyz", "/metrics", "/cds-services"):
            assert await _ask(layer, path, [b""], None, "GET") == 200
        assert await _ask(layer, "/cds-services/a", [b""], 0) == 503
        assert await _ask(layer, "/explain/a", [b""], 0) == 503

    anyio.run(scenario)


@pytest.mark.parametrize("spread", [True, False])
def test_a_worker_with_another_call_to_work_on_sends_clients_to_the_others(spread: bool) -> None:
    admission, _ = _admission(calls=10)
    layer = AdmissionLayer(_reader, admission, spread=spread)
    headers: list[bool] = []

    async def asked() -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers.append((b"connection", b"close") in message["headers"])

        await layer({"type": "http", "method": "POST", "path": "/cds-services/a", "headers": []}, receive, send)

    async def scenario() -> None:
        await asked()
        release = threading.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(admission.evaluate, release.wait, 0)
            while not admission.busy:
                await anyio.sleep(0.005)
            await asked()
            release.set()
        await asked()

    anyio.run(scenario)
    assert headers == [False, spread, False]
