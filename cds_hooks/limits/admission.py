"""How many calls a process takes on at once. What is beyond is refused at once, before its body is read.

A call that would wait long is worth nothing to a clinician whose EHR gives up after half a second, and a queue of
bodies that nobody reads any more is what fills the memory. So the queue is kept as short as a wait that is of use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_hooks.errors import CallError, refusal
from cds_hooks.settings import LimitSettings

_Result = TypeVar("_Result")
_PATHS = ("/cds-services/", "/explain/")


class Admission:
    """The calls that one process has taken on. For the event loop's thread only.

    `tell` is called with the name of the limit, as in the settings, whenever a call is refused for its sake.
    """

    def __init__(self, limits: LimitSettings, tell: Callable[[str], None]) -> None:
        self._limits = limits
        self._tell = tell
        self._calls = 0
        self._held = 0
        self._processor = CapacityLimiter(limits.evaluations)

    def enter(self, length: int) -> None:
        """Takes on a call with a body of this length. Raises ``CallError`` 503; else ``leave`` must follow."""
        if self._calls >= self._limits.calls:
            raise self._overloaded("calls")
        if self._processor.statistics().tasks_waiting >= self._limits.waiting:
            raise self._overloaded("waiting")
        self.hold(length)
        self._calls += 1

    def hold(self, length: int) -> None:
        """Holds so many bytes more. Raises ``CallError`` 503."""
        if self._held + length > self._limits.held_bytes:
            raise self._overloaded("held_bytes")
        self._held += length

    def leave(self, length: int) -> None:
        """The call is over; it held so many bytes."""
        self._calls -= 1
        self._held -= length

    async def evaluate(self, work: Callable[[], _Result], *, again: bool = False) -> _Result:
        """Runs work for the processor in a worker thread, when it is its turn.

        Raises ``CallError`` 503 when too many wait already; not for a call that comes `again`, after its data was
        fetched: too much was done for it.
        """
        if not again and self._processor.statistics().tasks_waiting >= self._limits.waiting:
            raise self._overloaded("waiting")
        return await to_thread.run_sync(work, limiter=self._processor)

    def _overloaded(self, limit: str) -> CallError:
        self._tell(limit)
        return CallError(503, "overloaded", "the service has too much to do; try again after the time in Retry-After")


class AdmissionLayer:
    """Asks for admission for each call of a service before anything else is done about it."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a call on when it is admitted, and everything that is not a call."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        held = int(announced) if announced.isdecimal() else 0
        received = 0
        try:
            self._admission.enter(held)
        except CallError as error:
            await refusal(error)(scope, receive, send)
            return

        async def receiving() -> Message:
            """A body whose length was not announced is counted as it comes."""
            nonlocal held, received
            message = await receive()
            received += len(message.get("body", b""))
            if received > held:
                self._admission.hold(received - held)
                held = received
            return message

        try:
            await self._app(scope, receiving, send)
        finally:
            self._admission.leave(held)
