"""Circuit breakers: a server that fails again and again is left alone for a while."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable


class Admission(enum.Enum):
    """Whether a request may be made."""

    NO = "no"
    YES = "yes"
    TRIAL = "trial"
    """It may, as the one that tries whether the server is well again."""


class Breaker:
    """One server's. After `failures` failures in a row it is open for `seconds`; then one request may try the server,
    and its success closes the breaker. Thread-safe.
    """

    def __init__(self, failures: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0
        self._trying = False

    def admit(self) -> Admission:
        """Whether a request may be made. Whoever makes it reports how it ended, by `ended`."""
        with self._lock:
            if self._failures < self._limit:
                return Admission.YES
            if self._trying or self._now() < self._open_until:
                return Admission.NO
            self._trying = True
            return Admission.TRIAL

    def ended(self, admission: Admission, *, failed: bool) -> None:
        """A request has ended; it `failed` if the server did not answer, or only that it cannot."""
        with self._lock:
            if admission is Admission.TRIAL:
                self._trying = False
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= self._limit:
                self._open_until = self._now() + self._seconds


class Breakers:
    """The breakers of all servers of a process."""

    def __init__(self, failures: int, seconds: float) -> None:
        self._failures = failures
        self._seconds = seconds
        self._lock = threading.Lock()
        self._of: dict[str, Breaker] = {}

    def of(self, server: str) -> Breaker:
        """The breaker of the server with this base URL."""
        with self._lock:
            return self._of.setdefault(server, Breaker(self._failures, self._seconds))
