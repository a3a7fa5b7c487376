"""Slow, greedy and rude clients over real sockets; what is refused is seen by the client."""

from __future__ import annotations

import gc
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import requests
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from cds_hooks.body import read_body
from cds_hooks.errors import CallError, refusal
from cds_hooks.limits import connection
from cds_hooks.limits.connection import BoundedConnection

HEADER_SECONDS = 0.4
BODY_SECONDS = 0.5
SHORT = 0.4


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses before the body at ``/refused``, answers with much at ``/much``, else with the length of the body."""
    path = scope["path"]
    if path == "/refused":
        answer = refusal(CallError(503, "overloaded", "too much"))
    elif path == "/much":
        answer = refusal(CallError(400, "bad-request", "x" * 40_000_000))
    else:
        try:
            body = await read_body(Request(scope, receive), 50_000_000, BODY_SECONDS)
            answer = refusal(CallError(400, "bad-request", f"{len(body)}"))
        except CallError as error:
            answer = refusal(error)
    await answer(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_IDLE_SECONDS", "_LINGER_SECONDS", "_WRITE_SECONDS"):
            patch.setattr(connection, name, SHORT)
        patch.setattr(connection, "_CONNECTIONS", 20)
        kind = cast("Any", partial(BoundedConnection, header_seconds=HEADER_SECONDS))
        config = uvicorn.Config(_app, port=0, http=kind, ws="none", lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
        thread.join(10)


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def _rest(client: socket.socket) -> bytes:
    """Everything until the service closes the connection, however it does."""
    found = b""
    try:
        while part := client.recv(65_536):
            found += part
    except ConnectionResetError:
        found += b"[reset]"
    return found


def _closed_within(client: socket.socket, seconds: float) -> bytes:
    started = time.monotonic()
    found = _rest(client)
    assert time.monotonic() - started < seconds
    return found


def _post(path: str, length: int) -> bytes:
    headers = f"host: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
    return f"POST {path} HTTP/1.1\r\n{headers}\r\n".encode()


def _drip(client: socket.socket, drop: bytes) -> float:
    """Seconds until the service has enough of what comes drop by drop."""
    started = time.monotonic()
    try:
        while time.monotonic() - started < 5:
            client.sendall(drop)
            time.sleep(0.05)
    except OSError:
        pass
    return time.monotonic() - started


def test_a_client_that_sends_nothing_is_cut_off(port: int) -> None:
    with closing(_connect(port)) as client:
        assert _closed_within(client, 2) in (b"", b"[reset]")


def test_headers_that_come_in_drips_are_cut_off(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
        assert _drip(client, b"x-a: b\r\n") < 2


def test_line_ends_before_a_request_do_not_keep_a_connection(port: int) -> None:
    with closing(_connect(port)) as client:
        assert _drip(client, b"\r\n") < 2


def test_an_idle_connection_is_closed(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(_post("/", 2) + b"{}")
        assert _closed_within(client, 2).startswith(b"HTTP/1.1 400")


@pytest.mark.requirement("CH-066")
def test_a_body_that_does_not_come_is_refused_and_the_connection_closed(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(_post("/", 1000) + b"{")
        answer = _closed_within(client, 3)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert b"body-too-slow" in answer
    assert not answer.endswith(b"[reset]")


def test_a_body_in_drips_is_refused(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(_post("/", 1000))
        found = b""
        for _ in range(200):
            client.sendall(b"x")
            client.settimeout(0.02)
            try:
                found += client.recv(65_536)
                break
            except TimeoutError:
                continue
    assert found.startswith(b"HTTP/1.1 408 ")


def test_a_refusal_is_seen_although_the_body_is_still_coming(port: int) -> None:
    """However large the body is: nothing is reset, and the connection can be used again."""
    with requests.Session() as session:
        for _ in range(5):
            answer = session.post(f"http://127.0.0.1:{port}/refused", data=b"x" * 20_000_000, timeout=10)
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "overloaded"
        assert session.post(f"http://127.0.0.1:{port}/", json={}, timeout=10).status_code == 400


def test_the_connection_serves_the_next_request_after_a_refusal(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(_post("/refused", 300_000))
        assert client.recv(65_536).startswith(b"HTTP/1.1 503 ")
        client.sendall(b"x" * 300_000 + _post("/", 2) + b"{}")
        assert b"HTTP/1.1 400 " in _rest(client)


def test_what_is_thrown_away_has_an_end(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(_post("/refused", 10**12))
        assert client.recv(65_536).startswith(b"HTTP/1.1 503 ")
        assert _drip(client, b"x" * 1000) < 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    "more", [[], ["-H", "Expect: 100-continue"], ["-H", "Transfer-Encoding: chunked"], ["--http1.0"]]
)
def test_curl_sees_the_refusal(port: int, tmp_path: Path, more: list[str]) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"x" * 5_000_000)
    command = [
        "curl",
        "-sS",
        *more,
        "--data-binary",
        f"@{body}",
        "-w",
        "%{http_code}",
        f"http://127.0.0.1:{port}/refused",
    ]
    run = subprocess.run(command, capture_output=True, timeout=20, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith(b"503")


def test_a_client_that_does_not_take_its_answer_is_cut_off(port: int) -> None:
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(10)
        client.connect(("127.0.0.1", port))
        client.sendall(b"GET /much HTTP/1.1\r\nhost: x\r\n\r\n")
        time.sleep(SHORT * 4)
        assert len(_rest(client)) < 40_000_000


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n" + b"x-a: b\r\n" * 20_000,
        b"GET / HTTP/1.1\r\nx-a: " + b"b" * 200_000,
        b"GET /" + b"a" * 200_000,
    ],
)
def test_headers_without_end_are_refused(port: int, request_: bytes) -> None:
    with closing(_connect(port)) as client:
        client.sendall(request_)
        answer = _rest(client)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "request_", [b"\x16\x03\x01 hello\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET \xff HTTP/1.1\r\n\r\n"]
)
def test_what_is_not_http_is_told_so_in_the_one_shape(port: int, request_: bytes) -> None:
    with closing(_connect(port)) as client:
        client.sendall(request_)
        head, _, body = _rest(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/json" in head
    assert orjson.loads(body)["issue"][0]["details"]["coding"][0]["code"] == "bad-request"


def test_garbage_within_a_chunked_body_ends_the_call_once(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n")
        answer = _rest(client)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("length", [0, 5, 900_000])
def test_a_client_that_offers_http_2_is_answered_by_http_1(port: int, length: int) -> None:
    """Java's HttpClient does so with every request to an http URL."""
    offer = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABk\r\n\r\n"
    request = _post("/", length).removesuffix(b"\r\n") + offer + b"x" * length
    with closing(_connect(port)) as client:
        client.sendall(request + _post("/", 2) + b"{}")
        answers = _rest(client)
    assert answers.count(b"HTTP/1.1 400 ") == 2
    assert b'"diagnostics":"%d"' % length in answers
    assert b'"diagnostics":"2"' in answers


def test_more_connections_than_allowed_are_closed(port: int) -> None:
    clients = [_connect(port) for _ in range(30)]
    try:
        assert _rest(clients[-1]) in (b"", b"[reset]")
    finally:
        for one in clients:
            one.close()


def test_a_client_that_has_said_all_is_answered(port: int) -> None:
    """It closes its own direction behind the request; only one whose request is not whole gets no answer."""
    with closing(_connect(port)) as client:
        client.sendall(_post("/", 5) + b"12345")
        client.shutdown(socket.SHUT_WR)
        assert _closed_within(client, 2).startswith(b"HTTP/1.1 400")
    with closing(_connect(port)) as client:
        client.sendall(_post("/", 5) + b"123")
        client.shutdown(socket.SHUT_WR)
        assert _closed_within(client, 2) == b""


def test_requests_in_a_row_on_one_connection(port: int) -> None:
    with closing(_connect(port)) as client:
        client.sendall((_post("/", 2) + b"{}") * 3)
        found = b""
        while found.count(b"HTTP/1.1 400 ") < 3:
            found += client.recv(65_536)


def test_a_connection_that_is_over_is_let_go(port: int) -> None:
    """At once: thousands a minute come and go, and the garbage collector runs seldom."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            with closing(_connect(port)) as client:
                client.sendall(_post("/", 2) + b"{}")
                client.recv(65_536)
        deadline = time.monotonic() + 5
        while sum(isinstance(one, BoundedConnection) for one in gc.get_objects()) > 10:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        gc.enable()
