"""A token is used once, by whichever thread or process comes first (CH-139)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

import pytest

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage

ISSUER = "https://ehr.example.org"


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=5)


def test_second_use_is_seen(storage: Storage) -> None:
    assert storage.first_use(ISSUER, "jti-1", soon())
    assert not storage.first_use(ISSUER, "jti-1", soon())
    assert not storage.first_use(ISSUER, "jti-1", soon() + timedelta(hours=1))


def test_each_issuer_has_its_own_token_ids(storage: Storage) -> None:
    assert storage.first_use(ISSUER, "jti-1", soon())
    assert storage.first_use("https://other.example.org", "jti-1", soon())
    assert storage.first_use(ISSUER + "jti", "-1", soon())


@pytest.mark.requirement("CH-139")
def test_use_is_remembered_until_the_token_expires(storage: Storage) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert storage.first_use(ISSUER, "jti-1", past)
    assert storage.first_use(ISSUER, "jti-1", soon())
    assert not storage.first_use(ISSUER, "jti-1", soon())


def test_any_token_id_will_do(storage: Storage) -> None:
    for strange in ("", "\0", "x" * 100_000, "\ud800", "' OR 1=1 --"):
        assert storage.first_use(ISSUER, strange, soon())
        assert not storage.first_use(ISSUER, strange, soon())


@pytest.mark.requirement("CH-139")
def test_one_of_many_threads_is_first(storage: Storage) -> None:
    threads = 8
    together = Barrier(threads)

    def use(round_: int) -> bool:
        together.wait()
        return storage.first_use(ISSUER, f"jti-{round_}", soon())

    with ThreadPoolExecutor(threads) as pool:
        for number in range(20):
            assert sum(pool.map(use, [number] * threads)) == 1


@pytest.mark.requirement("CH-139")
def test_one_of_many_processes_is_first(url: str, tmp_path: Path) -> None:
    Storage.open(DatabaseSettings(url=url)).close()
    context = get_context("fork")
    workers = [context.Process(target=use_all, args=(url, tmp_path / f"first-{number}")) for number in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one.exitcode for one in workers] == [0, 0, 0]
    firsts = [token for number in range(3) for token in (tmp_path / f"first-{number}").read_text().split()]
    assert sorted(firsts) == sorted(TOKENS)


TOKENS = [f"jti-{number}" for number in range(200)]


def use_all(url: str, told: Path) -> None:
    storage = Storage.open(DatabaseSettings(url=url))
    told.write_text(" ".join(token for token in TOKENS if storage.first_use(ISSUER, token, soon())))
    storage.close()
