"""The tables are made, and brought to the newest version, whoever starts first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage, StorageError, migrate
from cds_hooks.storage.schema import VERSIONS, metadata
from cds_hooks.storage.url import read_url
from tools.crash.records import call_record, feedback

SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade():
    op.add_column("calls", sa.Column("site", sa.Text))
    {more}
"""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    address = read_url(url)
    engine = create_engine(address.url, connect_args=dict(address.arguments))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def version(url: str) -> str:
    with connected(url) as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


@pytest.mark.parametrize("migrated", [True, False])
def test_migrations_and_the_short_way_make_the_tables_that_the_code_uses(
    url: str, migrated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if migrated:
        monkeypatch.setattr(migrate, "_create", migrate._upgrade_tables)
    Storage.open(DatabaseSettings(url=url)).close()
    with connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert version(url) == VERSIONS[-1]


def test_every_migration_is_known_to_the_code() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._SCRIPTS))
    script = ScriptDirectory.from_config(config)
    assert [one.revision for one in script.walk_revisions()][::-1] == list(VERSIONS)


def second_version(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    """Lets the code know a second version, as a later release would."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    for file in ("env.py", "versions/v1_first_tables.py"):
        (folder / "migrations" / file).write_text((migrate._SCRIPTS / file).read_text())
    (versions / "v2_site.py").write_text(SECOND.format(more=more))
    monkeypatch.setattr(migrate, "_SCRIPTS", folder / "migrations")
    monkeypatch.setattr(migrate, "VERSIONS", ("1", "2"))


def test_older_tables_are_migrated_with_what_is_in_them(
    storage: Storage, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, given = call_record(), feedback()
    storage.record_call(call)
    storage.record_feedback([given])
    storage.close()
    second_version(tmp_path, monkeypatch)
    migrated = Storage.open(DatabaseSettings(url=url))
    assert version(url) == "2"
    assert list(migrated.calls()) == [call]
    assert [one.feedback for one in migrated.outcomes()] == [given]
    migrated.close()
    with connected(url) as connection:
        assert "site" in {one["name"] for one in inspect(connection).get_columns("calls")}


def test_migration_that_fails_changes_nothing(
    storage: Storage, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.close()
    second_version(tmp_path, monkeypatch, more='op.drop_table("nowhere")')
    with pytest.raises(StorageError):
        Storage.open(DatabaseSettings(url=url))
    assert version(url) == "1"
    with connected(url) as connection:
        assert "site" not in {one["name"] for one in inspect(connection).get_columns("calls")}


def test_newer_tables_are_refused(storage: Storage, url: str) -> None:
    storage.close()
    with connected(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '99'"))
    with pytest.raises(StorageError, match=r"made by a newer version.*schema 99.*run the newer version"):
        Storage.open(DatabaseSettings(url=url))


def test_tables_of_something_else_are_left_alone(url: str) -> None:
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE feedback (stars integer)"))
    with pytest.raises(StorageError, match="'feedback' that is not of this service"):
        Storage.open(DatabaseSettings(url=url))


def test_workers_that_start_at_once_all_start(url: str) -> None:
    context = get_context("fork")
    workers = [context.Process(target=open_and_write, args=(url,)) for _ in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one.exitcode for one in workers] == [0] * 6
    storage = Storage.open(DatabaseSettings(url=url))
    assert len(list(storage.calls())) == 6
    storage.close()


def open_and_write(url: str) -> None:
    storage = Storage.open(DatabaseSettings(url=url))
    storage.record_call(call_record())
    storage.close()


def test_alembic_is_loaded_only_to_migrate(storage: Storage, url: str) -> None:
    storage.close()
    program = (
        "import sys; from cds_hooks.settings.parts import DatabaseSettings; from cds_hooks.storage import Storage; "
        f"Storage.open(DatabaseSettings(url={url!r})).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
