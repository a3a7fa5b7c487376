"""The calls that wait for the processor, and how long one that comes now would have to wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, Semaphore, to_thread

_Result = TypeVar("_Result")
_NEWEST = 0.1
"""The weight of the newest evaluation in what a byte takes."""
_ANY_CALL = 16_384
"""What a call takes beside its data, as the bytes of data that would take as long."""


class Processor:
    """Evaluates a few calls at once, in worker threads; the others wait, in the order in which they come.

    How many wait says little: a call of 5,000 resources takes fifty times as long as one of a few. So what waits is
    counted in bytes, and what a byte takes is measured. For the event loop's thread only.
    """

    def __init__(self, evaluations: int) -> None:
        self._evaluations = evaluations
        self._turns = Semaphore(evaluations)
        self._threads = CapacityLimiter(evaluations)
        self._ahead = 0
        self._seconds = 0.0
        self._bytes = 0.0

    @property
    def busy(self) -> bool:
        """Whether it has no turn to give away."""
        return self._turns.value == 0

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return self._turns.statistics().tasks_waiting

    def wait(self, calls: int, size: int) -> float:
        """Seconds to wait behind all that wait, and behind so many calls more whose bodies have so many bytes."""
        if not self._bytes:
            return 0.0
        return (self._ahead + size + calls * _ANY_CALL) / self._evaluations * self._seconds / self._bytes

    async def run(self, work: Callable[[], _Result], size: int) -> _Result:
        """The result of `work`, which reads so many bytes."""
        size += _ANY_CALL
        self._ahead += size
        try:
            await self._turns.acquire()
        finally:
            self._ahead -= size
        started = time.perf_counter()
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._turns.release()
            self._seconds += (time.perf_counter() - started - self._seconds) * _NEWEST
            self._bytes += (size - self._bytes) * _NEWEST
