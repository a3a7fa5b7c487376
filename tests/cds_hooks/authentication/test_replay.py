"""A token is used once, whoever comes first (CH-139)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from time import time

import pytest

from cds_hooks.errors import CallError
from cds_hooks.settings import DatabaseSettings
from cds_hooks.storage import Storage
from cds_hooks.storage.errors import StorageUnavailable
from tests.cds_hooks.authentication.ehr import ALGORITHMS, NOW, URL, Door, Remembered, client, token

pytestmark = pytest.mark.requirement("CH-139")


def current(number: int = 0, algorithm: str = "ES384") -> str:
    now = int(time())
    return token(algorithm, iat=now, exp=now + 300, jti=f"jti-{number}")


def real_door(storage: Storage) -> Door:
    return Door(seen=storage, clock=time)


@pytest.fixture
def database(tmp_path: Path) -> DatabaseSettings:
    return DatabaseSettings(url=f"sqlite:///{tmp_path}/service.db")


@pytest.fixture
def storage(database: DatabaseSettings) -> Iterator[Storage]:
    opened = Storage.open(database)
    yield opened
    opened.close()


def test_a_second_time(storage: Storage) -> None:
    door = real_door(storage)
    bearer = current()
    assert door.caller(bearer).token_id == "jti-0"
    assert door.reason(bearer) == "replayed"
    assert real_door(storage).reason(bearer) == "replayed"  # after a restart, too


def test_the_id_counts_not_the_token(storage: Storage) -> None:
    """Another token with the same id: an ECDSA signature is new each time."""
    door = real_door(storage)
    first, second = current(), current()
    assert first != second
    door.caller(first)
    assert door.reason(second) == "replayed"
    assert door.reason(current(algorithm="RS384")) == "replayed"


def test_ids_are_of_one_issuer_each() -> None:
    other = client("other", "https://other.example.org")
    door = Door(client(), other)
    assert door.caller(token()).name == "ehr"
    assert door.caller(token(owner="other", iss=other.issuer)).name == "other"


def test_only_what_was_good_counts_as_used() -> None:
    """Nobody can use up the ids of others, and a client that mistook the URL may use its token at the right one."""
    door = Door(client(tenants=("one",)))
    for bad, reason in (
        (token(owner="stranger", tenant="one"), "signature"),
        (token(tenant="one", aud="https://other.example.org"), "audience"),
        (token(tenant="one", exp=NOW - 3600, iat=NOW - 3900), "expired"),
        (token(tenant="one", exp=NOW + 90_000), "lifetime"),
        (token(tenant="two"), "tenant"),
    ):
        assert door.reason(bad) == reason
    assert isinstance(door.seen, Remembered)
    assert door.seen.seen == {}
    assert door.caller(token(tenant="one")).tenant == "one"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_many_threads_at_once(storage: Storage, algorithm: str) -> None:
    door = real_door(storage)
    threads = 8
    together = Barrier(threads)

    def use(number: int) -> bool:
        together.wait()
        return accepted(door, tokens[number])

    tokens = [current(number, algorithm) for number in range(10)]
    with ThreadPoolExecutor(threads) as pool:
        for number in range(len(tokens)):
            assert sum(pool.map(use, [number] * threads)) == 1
    assert door.reasons == ["replayed"] * (threads - 1) * len(tokens)


def test_many_processes_at_once(database: DatabaseSettings, tmp_path: Path) -> None:
    Storage.open(database).close()
    tokens = [current(number) for number in range(60)]
    context = get_context("fork")
    files = [tmp_path / f"accepted-{number}" for number in range(3)]
    workers = [context.Process(target=_work, args=(database, tokens, path)) for path in files]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one.exitcode for one in workers] == [0, 0, 0]
    assert sorted(number for path in files for number in map(int, path.read_text().split())) == list(range(60))


def _work(database: DatabaseSettings, tokens: list[str], told: Path) -> None:
    storage = Storage.open(database)
    door = real_door(storage)
    told.write_text(" ".join(str(number) for number, one in enumerate(tokens) if accepted(door, one)))
    storage.close()


def accepted(door: Door, bearer: str) -> bool:
    try:
        return door.authenticator.authenticate(f"Bearer {bearer}", URL).name == "ehr"
    except CallError as error:
        if error.status == 401:
            return False
        raise


def test_without_the_database_nobody_is_let_in() -> None:
    class Away:
        def first_use(self, issuer: str, token_id: str, expires: datetime) -> bool:
            raise StorageUnavailable("unreachable")

    door = Door(seen=Away())
    with pytest.raises(CallError) as raised:
        door.caller(token())
    assert (raised.value.status, raised.value.code) == (503, "database-unavailable")
    assert door.reasons == []
    assert door.reason(token(owner="stranger")) == "signature"  # who has no good token learns nothing of it
