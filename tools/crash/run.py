"""Kills writers at random moments, and compares what they saw acknowledged with what the database holds."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import create_engine, text

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage
from cds_hooks.storage.url import read_url
from tools.crash.writer import Batch, Writer

_WRITERS = 2  # one is killed while the other writes
_LIFE_SECONDS = (0.0, 0.12)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run has shown. `lost`, `doubled` and `torn` are to be zero."""

    kills: int
    server_kills: int
    acknowledged: int
    resent: int
    stored: int
    lost: int
    doubled: int
    torn: int
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether nothing acknowledged was lost, nothing written twice, and no batch written in part."""
        return self.acknowledged > 0 and not (self.lost or self.doubled or self.torn)

    def __str__(self) -> str:
        return (
            f"{self.kills} writers and {self.server_kills} times the server killed in {self.seconds:.0f} s; "
            f"{self.acknowledged} items of feedback acknowledged, {self.resent} sent again after a kill, "
            f"{self.stored} stored: {self.lost} acknowledged ones lost, {self.doubled} doubled, "
            f"{self.torn} batches stored in part"
        )


def run(url: str, kills: int, crash_server: Callable[[], None] | None = None, every: int = 50) -> Figures:
    """Kills so many writers; calls `crash_server`, which is to end and restart it, after every so many."""
    Storage.open(DatabaseSettings(url=url)).close()
    started = time.monotonic()
    seen: list[Batch] = []
    acknowledged: set[str] = set()
    resent = server_kills = 0
    writers = [Writer.start(url, ()) for _ in range(_WRITERS)]
    try:
        for kill in range(1, kills + 1):
            time.sleep(random.uniform(*_LIFE_SECONDS))
            if crash_server is not None and kill % every == 0:
                crash_server()
                server_kills += 1
            victim = writers.pop(random.randrange(_WRITERS))
            victim.kill()
            _collect(victim, seen, acknowledged)
            resent += len(victim.under_way)
            writers.append(Writer.start(url, victim.under_way))
            for one in writers:
                one.listen()
    finally:
        for one in writers:
            one.kill()
            _collect(one, seen, acknowledged)
    stored = _stored(url)
    return Figures(
        kills=kills,
        server_kills=server_kills,
        acknowledged=len(acknowledged),
        resent=resent,
        stored=len(stored),
        lost=len(acknowledged - stored.keys()),
        doubled=sum(count > 1 for count in stored.values()),
        torn=sum(0 < sum(card in stored for card in batch) < len(batch) for batch in seen),
        seconds=time.monotonic() - started,
    )


def _collect(writer: Writer, seen: list[Batch], acknowledged: set[str]) -> None:
    seen += writer.acknowledged
    seen.append(writer.under_way)
    acknowledged.update(card for batch in writer.acknowledged for card in batch)


def _stored(url: str) -> Counter[str]:
    """How often each card has feedback, read past the storage: what it hides must show."""
    address = read_url(url)
    engine = create_engine(address.url, connect_args=dict(address.arguments))
    with engine.connect() as connection:
        stored = Counter(connection.execute(text("SELECT card FROM feedback")).scalars())
        if address.file is not None:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()
    return stored
