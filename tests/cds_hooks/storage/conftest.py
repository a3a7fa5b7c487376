from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage
from tools.crash.postgresql import Cluster, PostgresqlMissing


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for all tests of a session."""
    try:
        with Cluster(durable=False) as running:
            yield running
    except PostgresqlMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes URLs of new, empty databases."""
    if kind == "postgresql":
        made: Callable[[], str] = request.getfixturevalue("cluster").url
        return made
    numbers = iter(range(1_000_000))
    return lambda: f"sqlite:///{tmp_path}/records-{next(numbers)}.db"


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    return new_url()


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    opened = Storage.open(DatabaseSettings(url=url))
    yield opened
    opened.close()
