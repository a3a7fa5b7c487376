"""The process that is killed: writes feedback without end and says what was acknowledged."""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn, Self
from uuid import uuid4

import orjson

from cds_hooks.feedback.feedback import Feedback
from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage, StorageError, StorageUnavailable
from tools.crash.records import feedback

Batch = tuple[str, ...]
"""The cards of one feedback request. What is said about a card follows from its uuid, so that it can be said again."""

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_RETRY_SECONDS = 0.01


@dataclass
class Writer:
    """A writer as its parent sees it: its process, the pipe it reports on, and what it has reported.

    It reports a batch before it writes it, and an empty line once the batch is acknowledged.
    """

    pid: int
    pipe: int
    unread: bytes = b""
    under_way: Batch = ()
    acknowledged: list[Batch] = field(default_factory=list)

    @classmethod
    def start(cls, url: str, resent: Batch) -> Self:
        """Forks a writer, which first sends once more what the one before it did not see acknowledged."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _write(url, writing, resent)
        os.close(writing)
        os.set_blocking(reading, False)
        return cls(pid, reading)

    def listen(self) -> None:
        """Reads what the writer has reported."""
        while True:
            try:
                part = os.read(self.pipe, 1 << 16)
            except BlockingIOError:
                return
            if not part:
                return
            *lines, self.unread = (self.unread + part).split(b"\n")
            for line in lines:
                if line:
                    self.under_way = tuple(orjson.loads(line))
                else:
                    self.acknowledged.append(self.under_way)
                    self.under_way = ()

    def kill(self) -> None:
        """Ends the process at once, and reads the rest of what it reported."""
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.listen()
        os.close(self.pipe)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("a writer ended by itself")


def _write(url: str, pipe: int, resent: Batch) -> NoReturn:
    """What the forked process does until it is killed."""
    try:
        storage = _opened(url)
        for batch in _batches(resent):
            os.write(pipe, orjson.dumps(batch) + b"\n")
            given = [feedback(card, at=_AT, accepted_suggestions=(card,)) for card in batch]
            for _ in range(random.choice((1, 1, 2))):  # a client may repeat what was acknowledged
                while not _recorded(storage, given):
                    time.sleep(_RETRY_SECONDS)
            os.write(pipe, b"\n")
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def _batches(resent: Batch) -> Iterator[Batch]:
    random.seed()  # not the parent's numbers once more
    if resent:
        yield resent
    while True:
        yield tuple(str(uuid4()) for _ in range(random.randint(1, 4)))


def _opened(url: str) -> Storage:
    while True:
        try:
            return Storage.open(DatabaseSettings(url=url))
        except StorageError:  # the server is starting again
            time.sleep(_RETRY_SECONDS)


def _recorded(storage: Storage, given: list[Feedback]) -> bool:
    try:
        storage.record_feedback(given)
    except StorageUnavailable:  # not acknowledged: the client sends it again
        return False
    return True
