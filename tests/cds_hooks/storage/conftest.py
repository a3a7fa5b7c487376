from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage
from cds_hooks.storage.url import read_url
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


@pytest.fixture(scope="session")
def shared_url(cluster: Cluster) -> str:
    return cluster.url()


@pytest.fixture
def url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/records.db"
    shared: str = request.getfixturevalue("shared_url")
    address = read_url(shared)
    engine = create_engine(address.url, connect_args=dict(address.arguments))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return shared


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    opened = Storage.open(DatabaseSettings(url=url))
    yield opened
    opened.close()
