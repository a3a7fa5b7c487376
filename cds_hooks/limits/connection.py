"""One client's connection, cut off when the client is too slow or sends too much.

uvicorn itself waits without end for headers that do not come and for answers that are not taken away, and it closes a
connection while the rest of a refused body is still arriving: the client's machine is then told that the connection was
reset, and the client never sees the refusal.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from typing import Any, cast

import orjson
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from cds_hooks.errors import CallError, outcome

_IDLE_SECONDS = 75.0
"""How long a connection without a request is kept: longer than reverse proxies keep theirs (nginx: 60 s), so that it is
never closed under a request that the proxy has just sent."""
_LINGER_SECONDS = 5.0
"""How long the rest of a request is taken in and thrown away after the answer ..."""
_LINGER_BYTES = 64_000_000
"""... and how much of it."""
_WRITE_SECONDS = 30.0
"""How long a client may leave an answer lying before the connection is cut."""
_HEADER_BYTES = 65_536
"""The most that the request line, headers and trailers of a request may have."""
_CONNECTIONS = 1000
"""Connections of one process."""


class _Phase(enum.Enum):
    """What of a request is coming in."""

    NOTHING = enum.auto()
    HEADERS = enum.auto()
    BODY = enum.auto()


class _Transport:
    """The transport of a connection, but for ``close``, which is the connection's own."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.real = transport
        self.closing = False
        self._close = close

    def close(self) -> None:
        self.closing = True
        self._close()

    def let_go(self) -> None:
        """The connection is lost: there is nothing left to close, and the connection is not kept by this any more."""
        self._close = _nothing

    def is_closing(self) -> bool:
        return self.closing or self.real.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def _nothing() -> None:
    pass


class _HeadersTooLarge(Exception):
    pass


class BoundedConnection(HttpToolsProtocol):
    """HTTP/1.1 with a limit to every wait: for the headers, between requests, for the client to take its answer.

    The time for the body is the business of whoever reads it (``read_body``); here only what comes of it after the
    answer, which is read and thrown away for a while.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        header_seconds: float,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._header_seconds = header_seconds
        self._phase = _Phase.NOTHING
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._header_bytes = 0
        self._unparsed = 0
        self._thrown_away = 0
        self._deaf = False
        self._staying = False

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Waits for the first request, if there are not too many connections already."""
        self._guarded = _Transport(transport, self._close)
        super().connection_made(cast("asyncio.Transport", self._guarded))
        if len(self.connections) > _CONNECTIONS:
            transport.abort()
        else:
            self._arm(self._header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more, and nothing keeps what was said."""
        self._guarded.let_go()
        super().connection_lost(exc)
        for timer in (self._timer, self._write_timer):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Parses what came, or throws it away when the request has its answer."""
        if self._deaf or (self._phase is _Phase.BODY and self.cycle.response_complete):
            self._thrown_away += len(data)
            if self._thrown_away > _LINGER_BYTES:
                self._guarded.abort()
            if self._deaf:
                return
        self._unparsed += len(data)
        self._unset_keepalive_if_required()
        self._feed(data)
        if self._unparsed > _HEADER_BYTES and not self._deaf:
            self._header_bytes = self._unparsed
            self.send_400_response("")

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._stay(data[upgrade.args[0] :])
        except HttpParserError:
            self.logger.warning("what came is not a request by HTTP/1.1")
            self.send_400_response("")

    def _stay(self, rest: bytes) -> None:
        """Goes on with a request that offers another protocol, as Java's HttpClient does with each: by HTTP/1.1.

        The parser takes what follows the headers for that other protocol. So another parser gets the body, behind
        headers that say nothing but how long it is.
        """
        lengths = [one for one in self.headers if one[0] in (b"content-length", b"transfer-encoding")]
        self.parser = HttpRequestParser(self)
        self._staying = True
        self.parser.feed_data(b"".join((b"POST / HTTP/1.1\r\n", *(b"%b: %b\r\n" % one for one in lengths), b"\r\n")))
        self._staying = False
        self._feed(rest)

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client says that it will send no more. Whole requests get their answers all the same; then it is over."""
        if self.cycle is None or self.cycle.response_complete or self._phase is not _Phase.NOTHING:
            return False
        if self.scheme == "https":
            return False  # TLS of asyncio closes both directions whatever is answered here
        self.cycle.keep_alive = False
        return True

    def pause_writing(self) -> None:
        """The client does not take its answer."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(_WRITE_SECONDS, self._guarded.abort)

    def resume_writing(self) -> None:
        """It did take it."""
        super().resume_writing()
        if self._write_timer is not None:
            self._write_timer.cancel()

    # What the parser finds

    def on_message_begin(self) -> None:
        """A request begins: its headers have to come."""
        if self._staying:
            return
        super().on_message_begin()
        self._phase = _Phase.HEADERS
        self._header_bytes = self._thrown_away = 0
        self._arm(self._header_seconds)

    def on_url(self, url: bytes) -> None:
        """A part of the request line."""
        if not self._staying:
            super().on_url(url)
            self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer."""
        if not self._staying:
            super().on_header(name, value)
            self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """The headers are there; the application is responsible from now on."""
        if self._staying:
            return
        self._phase = _Phase.BODY
        self._disarm()
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """A chunk of the body begins."""
        self._unparsed = 0

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete; what was only waited for to be polite has come."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._phase = _Phase.NOTHING
        self._unparsed = 0
        if self.cycle.response_complete:
            if self._guarded.closing:
                self._close()
            else:
                self._arm(_IDLE_SECONDS)

    # Answers

    def on_response_complete(self) -> None:
        """An answer is complete; the next request may come, once the rest of this one has."""
        super().on_response_complete()
        self._unset_keepalive_if_required()
        if self._guarded.closing or not self.cycle.response_complete:
            return
        if self._phase is _Phase.BODY:
            self._arm(_LINGER_SECONDS)
        elif self._phase is _Phase.NOTHING:
            self._arm(_IDLE_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Answers what is not HTTP, or has headers without end, and listens no more."""
        too_large = self._header_bytes > _HEADER_BYTES
        status = 431 if too_large else 400
        words = "the headers are too large" if too_large else "this is not a request by HTTP/1.1"
        content = orjson.dumps(outcome(CallError(status, "bad-request", words)))
        headers = f"content-type: application/json\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n"
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # the request whose body turned into something else gets no answer
            self.cycle.message_event.set()
        self._guarded.write(STATUS_LINE[status] + headers.encode() + content)
        self._deaf = True
        self._guarded.close()

    # Limits

    def _count(self, size: int) -> None:
        self._unparsed = 0
        self._header_bytes += size
        if self._header_bytes > _HEADER_BYTES:
            raise _HeadersTooLarge

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self._time_over)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_over(self) -> None:
        if self._phase is _Phase.NOTHING and not self._guarded.closing:
            self._guarded.close()
        else:
            self._guarded.abort()

    def _close(self) -> None:
        """Closes the connection: at once, or in one direction only while the rest of a request is on its way.

        A connection closed with something unread is reset, and with it goes the answer that the client did not read.
        """
        if self._deaf or self._phase is _Phase.BODY:
            if self._guarded.can_write_eof():
                self._guarded.write_eof()
            self.flow.resume_reading()
            self._arm(_LINGER_SECONDS)
        else:
            self._guarded.real.close()
            self._arm(_WRITE_SECONDS)
