"""Many threads and processes write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage
from tools.crash.records import call_record, card_shown, feedback

EACH = 25
WRITERS = 6


def write(storage: Storage, writer: int) -> None:
    for number in range(EACH):
        card = card_shown(f"card-{writer}-{number}")
        storage.record_call(call_record(cards=(card,)))
        assert storage.first_use("issuer", f"{writer}-{number}", datetime.now(UTC) + timedelta(hours=1))
        storage.record_feedback([feedback(card.uuid), feedback("the same", at=datetime(2026, 1, 1, tzinfo=UTC))])


def assert_all_there(storage: Storage) -> None:
    assert len(list(storage.calls())) == WRITERS * EACH
    matched = [one for one in storage.outcomes() if one.shown is not None]
    assert len(matched) == WRITERS * EACH
    assert all(one.earlier == 0 for one in matched)


def test_threads(storage: Storage) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(partial(write, storage), range(WRITERS)))
    assert_all_there(storage)


def test_processes(url: str) -> None:
    Storage.open(DatabaseSettings(url=url)).close()
    context = get_context("fork")
    workers = [context.Process(target=open_and_write, args=(url, writer)) for writer in range(WRITERS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one.exitcode for one in workers] == [0] * WRITERS
    storage = Storage.open(DatabaseSettings(url=url))
    assert_all_there(storage)
    storage.close()


def open_and_write(url: str, writer: int) -> None:
    storage = Storage.open(DatabaseSettings(url=url))
    write(storage, writer)
    storage.close()
