"""How many calls a process takes on at once. What is beyond is refused at once, before its body is read.

A call that would wait long is worth nothing to a clinician whose EHR gives up after half a second, and a queue of
bodies that nobody reads any more is what fills the memory. So the queue is kept as short as a wait that is of use.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_hooks.errors import CallError, refusal
from cds_hooks.limits.processor import Processor
from cds_hooks.settings import LimitSettings

_Result = TypeVar("_Result")
_PATHS = ("/cds-services/", "/explain/")
_COMING_SECONDS = 0.5
"""For so long a call whose body is still coming counts as one that is about to wait. One that takes longer has a slow
client, and a few of those must not keep out all others."""

_BURST = 12
"""So many calls may wait, however long that takes, from when nobody waited: several clinicians at the same moment are
not too much to do. Those that come later may only do so when nobody waits again."""


@dataclass(slots=True, eq=False)
class Entry:
    """A call that was taken on."""

    held: int
    """Bytes of its body, announced or received."""
    since: float
    """When it was taken on, by `time.monotonic`."""


class Admission:
    """The calls that one process has taken on. For the event loop's thread only.

    `tell` is called with the name of the limit, as in the settings, whenever a call is refused for its sake.
    """

    def __init__(self, limits: LimitSettings, tell: Callable[[str], None]) -> None:
        self._limits = limits
        self._tell = tell
        self._calls = 0
        self._held = 0
        self._coming: set[Entry] = set()
        self._processor = Processor(limits.evaluations)
        self._burst = _BURST

    def enter(self, length: int) -> Entry:
        """Takes on a call whose body has this length. Raises ``CallError`` 503; else ``leave`` must follow."""
        if self._calls >= self._limits.calls:
            raise self._overloaded("calls")
        now = time.monotonic()
        coming = [one.held for one in self._coming if now - one.since < _COMING_SECONDS]
        self._check_wait(len(coming), sum(coming))
        entry = Entry(0, now)
        self.hold(entry, length)
        self._calls += 1
        self._coming.add(entry)
        return entry

    def hold(self, entry: Entry, length: int) -> None:
        """The call holds so many bytes more. Raises ``CallError`` 503."""
        if self._held + length > self._limits.held_bytes:
            raise self._overloaded("held_bytes")
        self._held += length
        entry.held += length

    def arrived(self, entry: Entry) -> None:
        """The body of the call has come."""
        self._coming.discard(entry)

    def leave(self, entry: Entry) -> None:
        """The call is over."""
        self._coming.discard(entry)
        self._calls -= 1
        self._held -= entry.held

    @property
    def busy(self) -> bool:
        """Whether a call that came now would have to wait."""
        return self._processor.busy

    async def evaluate(self, work: Callable[[], _Result], size: int, *, again: bool = False) -> _Result:
        """Runs work for the processor, which reads so many bytes, in a worker thread when it is its turn.

        Raises ``CallError`` 503 when that would take too long; not for a call that comes `again`, after its data was
        fetched: too much was done for it.
        """
        if not again:
            self._check_wait()
            if self._processor.busy:
                self._burst -= 1
        return await self._processor.run(work, size)

    def _check_wait(self, calls: int = 0, size: int = 0) -> None:
        """Raises ``CallError`` 503 when a call would wait too long, behind so many whose bodies are still coming."""
        waiting = self._processor.waiting
        if not waiting:
            self._burst = _BURST
        if calls >= self._burst and self._processor.wait(calls, size) > self._limits.wait_seconds:
            raise self._overloaded("wait_seconds")

    def _overloaded(self, limit: str) -> CallError:
        self._tell(limit)
        return CallError(503, "overloaded", "the service has too much to do; try again after the time in Retry-After")


class AdmissionLayer:
    """Asks for admission for each call of a service before anything else is done about it.

    Connections are kept, and each belongs to one worker for good: with several workers (`spread`), one of them may have
    many more than another. So a worker that has another call to work on closes the connection with its answer; that
    client's next call goes to whichever worker is free to accept it.
    """

    def __init__(self, app: ASGIApp, admission: Admission, *, spread: bool = False) -> None:
        self._app = app
        self._admission = admission
        self._spread = spread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a call on when it is admitted, and everything that is not a call."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        try:
            entry = self._admission.enter(int(announced) if announced.isdecimal() else 0)
        except CallError as error:
            await refusal(error)(scope, receive, self._spreading(send))
            return
        received = 0

        async def receiving() -> Message:
            """A body whose length was not announced is counted as it comes."""
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > entry.held:
                self._admission.hold(entry, received - entry.held)
            if not message.get("more_body"):
                self._admission.arrived(entry)
            return message

        try:
            await self._app(scope, receiving, self._spreading(send))
        finally:
            self._admission.leave(entry)

    def _spreading(self, send: Send) -> Send:
        """Sends an answer, after which the connection is closed when that is of use."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and self._spread and self._admission.busy:
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        return sending
