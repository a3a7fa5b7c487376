"""Calls of one kind: ``python -m benchmarks.load_client URL BODY TOKENS (rate|connections) NUMBER SECONDS ...``.

`connections` call without a pause, each as soon as it has its answer: this shows what the service can do. But such a
client slows down together with the service and so hides how bad it gets. With a `rate`, calls are made at fixed times
whatever becomes of those before, and the time of a call runs from the moment it was due. Several phases follow each
other without a pause. Each call has the next of the tokens, of which a file has one in each line. A process of its own,
and lean: it shares the processors with the service that it measures. Prints the samples as JSON.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_MOST_CONNECTIONS = 1500
_GIVE_UP_SECONDS = 10.0
_SEND_BUFFER = 1 << 20


@dataclass(slots=True)
class Samples:
    """Of each call: when it was due (seconds from the start), its status (0: reset, 1: no answer), its seconds."""

    due: list[float] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    """Seconds by which the calls were sent too late, because this process did not get the processor."""


class _Connection(asyncio.Protocol):
    def __init__(self, client: _Client) -> None:
        self._client = client
        self._received = bytearray()
        self.due: float | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._transport = transport

    def send(self, due: float) -> None:
        assert self._transport is not None
        self.due = due
        self._transport.writelines(self._client.request())

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or self.due is None:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
        if len(body) < length:
            return
        is_last = b"\r\nconnection: close" in head.lower()
        self._received.clear()
        self._client.answered(self, int(head[9:12]), last=is_last)

    def connection_lost(self, error: Exception | None) -> None:
        self._client.lost(self)

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()

    def give_up(self) -> None:
        assert self._transport is not None
        self._transport.abort()


class _Client:
    def __init__(self, url: str, body: bytes, tokens: Sequence[bytes]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        self._head = f"{head}Content-Length: {len(body)}\r\nAuthorization: Bearer ".encode()
        self._body = body
        self._tokens = iter(tokens)
        self.samples = Samples()
        self._free: deque[_Connection] = deque()
        self._busy: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._start = self._again_until = 0.0

    def request(self) -> tuple[bytes, ...]:
        """The next call, in parts."""
        return self._head, next(self._tokens), b"\r\n\r\n", self._body

    async def run(self, plan: list[tuple[str, float, float]]) -> None:
        """Calls as each phase says for its seconds, then waits for what has not been answered."""
        self._start = begin = time.perf_counter()
        for kind, number, seconds in plan:
            end = begin + seconds
            if kind == "rate":
                await self._at_fixed_times(begin, end, number)
            else:
                await self._without_a_pause(begin, end, int(number))
            begin = end
        until = time.perf_counter() + _GIVE_UP_SECONDS
        while (self._busy or self._tasks) and time.perf_counter() < until:
            await asyncio.sleep(0.01)
        for one in list(self._busy):
            self._note(one, 1)
            one.give_up()

    async def _at_fixed_times(self, due: float, end: float, rate: float) -> None:
        while due < end:
            now = time.perf_counter()
            if now < due:
                await asyncio.sleep(due - now)
            self._call(due)
            due += 1 / rate

    async def _without_a_pause(self, begin: float, end: float, connections: int) -> None:
        self._again_until = end
        for _ in range(connections):
            self._call(begin)
        await asyncio.sleep(end - begin)

    def answered(self, connection: _Connection, status: int, *, last: bool) -> None:
        """The answer to the call on this connection came; the connection is free, unless this was its last answer."""
        self._note(connection, status)
        if last:
            connection.close()
        else:
            self._free.append(connection)
        now = time.perf_counter()
        if now < self._again_until:
            self._call(now)

    def lost(self, connection: _Connection) -> None:
        """The service closed this connection."""
        if connection.due is not None:
            self._note(connection, 0)
        elif connection in self._free:
            self._free.remove(connection)

    def _call(self, due: float) -> None:
        if self._free:
            self._send(self._free.popleft(), due)
        elif len(self._busy) + len(self._tasks) < _MOST_CONNECTIONS:
            task = asyncio.ensure_future(self._connect_and_send(due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._add(due, 1, time.perf_counter())

    async def _connect_and_send(self, due: float) -> None:
        try:
            self._send(await self._connect(), due)
        except OSError:
            self._add(due, 0, time.perf_counter())

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(lambda: _Connection(self), self._host, self._port))[1]

    def _send(self, connection: _Connection, due: float) -> None:
        self.samples.late.append(time.perf_counter() - due)
        self._busy.add(connection)
        connection.send(due)

    def _note(self, connection: _Connection, status: int) -> None:
        assert connection.due is not None
        self._add(connection.due, status, time.perf_counter())
        connection.due = None
        self._busy.discard(connection)

    def _add(self, due: float, status: int, now: float) -> None:
        self.samples.due.append(round(due - self._start, 4))
        self.samples.status.append(status)
        self.samples.seconds.append(round(now - due, 5))


def main(arguments: list[str]) -> None:
    """Runs the plan of the command line and prints the samples."""
    url, body, tokens, *phases = arguments
    plan = list(zip(phases[::3], map(float, phases[1::3]), map(float, phases[2::3]), strict=True))
    client = _Client(url, Path(body).read_bytes(), Path(tokens).read_bytes().split())
    asyncio.run(client.run(plan))
    json.dump(asdict(client.samples), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
