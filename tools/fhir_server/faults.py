"""A server that misbehaves as it is told: what tests of fetching are made against."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


@dataclass(slots=True)
class Seen:
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    connection: int
    """The client's port, which tells one connection from another."""


@dataclass
class FaultServer:
    """A running one. `behaviours` are by the beginning of the path (the longest that fits); without one, 404."""

    base: str
    port: int
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def paths(self) -> list[str]:
        """The paths that were asked for, without ``/fhir/``."""
        return [one.path.removeprefix("/fhir/") for one in self.seen]


class Handler(BaseHTTPRequestHandler):
    """Answers GET by the behaviour that fits."""

    protocol_version = "HTTP/1.1"
    fault: FaultServer

    def do_GET(self) -> None:
        """As of ``http.server``."""
        self.fault.seen.append(Seen(self.path, dict(self.headers), self.client_address[1]))
        fitting = [prefix for prefix in self.fault.behaviours if self.path.startswith(prefix)]
        behaviour = self.fault.behaviours[max(fitting, key=len)] if fitting else answer({}, 404)
        try:
            behaviour(self)
        except OSError:  # the client has left
            self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        """Not logged."""

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """The status line and the headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def answer(value: object, status: int = 200, **headers: str) -> Behaviour:
    """JSON; header names with underscores for hyphens."""
    body = json.dumps(value).encode()
    return text(body, "application/fhir+json", status, **headers)


def text(body: bytes, kind: str, status: int = 200, **headers: str) -> Behaviour:
    """A body of any kind."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(handler: Handler) -> None:
        handler.start(status, {"Content-Type": kind, "Content-Length": str(len(body))} | named)
        handler.wfile.write(body)

    return behave


def bundle(*resources: Mapping[str, Any], following: str | None = None, **more: Any) -> dict[str, Any]:
    """A searchset with these resources; `following` is the URL of the next page."""
    link = [{"relation": "next", "url": following}] if following is not None else []
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", "link": link, "entry": entries} | more


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other, the last of them from then on."""
    left = list(behaviours)

    def behave(handler: Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return behave


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """The same, later."""

    def behave(handler: Handler) -> None:
        handler.fault.stopped.wait(seconds)
        behaviour(handler)

    return behave


def hang(handler: Handler) -> None:
    """No answer at all."""
    handler.fault.stopped.wait()
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """The connection breaks off."""
    handler.close_connection = True
    handler.connection.close()


def cut_off(handler: Handler) -> None:
    """Less body than announced."""
    handler.start(200, {"Content-Length": "1000"})
    handler.wfile.write(b'{"resourceType":')
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """A byte of the body now and then, for ever."""
    handler.start(200, {"Content-Length": "1000000"})
    while not handler.fault.stopped.wait(0.02):
        handler.wfile.write(b" ")


def drip_headers(handler: Handler) -> None:
    """A byte of the headers now and then, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.fault.stopped.wait(0.02):
        handler.wfile.write(b"x")


def stream(size: int) -> Behaviour:
    """A body of that many bytes, of which nothing is announced."""

    def behave(handler: Handler) -> None:
        handler.start(200, {"Content-Type": "application/fhir+json", "Connection": "close"})
        for _ in range(size // 65_536):
            handler.wfile.write(b" " * 65_536)

    return behave


def bomb(size: int) -> Behaviour:
    """A small body that is that many bytes when decompressed."""
    body = gzip.compress(b" " * size, 9)
    return text(body, "application/fhir+json", Content_Encoding="gzip")


def redirect(location: str) -> Behaviour:
    """302, with a body that would be large."""

    def behave(handler: Handler) -> None:
        handler.start(302, {"Location": location, "Content-Length": "1000000000"})
        handler.wfile.write(b" " * 65_536)

    return behave


def garbage(handler: Handler) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x16\x03\x01 what is this\r\n\r\n")
    handler.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are no news here."""


@contextmanager
def misbehaving(context: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """A server on a free port of this machine; over TLS if there is a context."""
    server = _Server(("127.0.0.1", 0), Handler)
    scheme = "http"
    if context is not None:
        scheme, server.socket = "https", context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    fault = FaultServer(f"{scheme}://127.0.0.1:{port}/fhir", port)
    server.RequestHandlerClass = type("Bound", (Handler,), {"fault": fault})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fault
    finally:
        fault.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Asserts that what happens in the with block takes no longer."""
    started = time.monotonic()
    yield
    taken = time.monotonic() - started
    assert taken < seconds, f"took {taken:.2f} s"
