"""Brings the tables to the version that this code knows."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, func, inspect, select

from cds_hooks.storage.database import Database
from cds_hooks.storage.errors import Reason, StorageError, StorageUnavailable
from cds_hooks.storage.schema import VERSIONS, metadata

_LOG = logging.getLogger(__name__)
_SCRIPTS = Path(__file__).with_name("migrations")
_LOCK = 0x5A_2C_05  # any number, so long as it stays the same: PostgreSQL's advisory locks are known by number
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))

_MENDS: dict[Reason, str] = {
    "unreachable": "cannot be reached; check database.url, and that the server runs and can be reached from here "
    "(and, for TLS, that it has a certificate that is trusted: sslrootcert, sslmode)",
    "refused": "refuses the log-in; check user, password and name in database.url, "
    "and that the user may create tables there",
    "busy": "is in use by something that does not let go of it; stop that, and start again",
    "read-only": "is read-only; the service needs to write to it: check the file's and the folder's owner and rights, "
    "or that the server is not a standby",
    "full": "has no space left on its disk",
    "damaged": "is damaged, or not a database; restore it from a backup, or name another one in database.url",
    "failed": "does not do what it is asked for; see its own log",
}
_FILE_MEND = "cannot be opened; check that the folder exists and that the service's user may write to it"


def migrate(database: Database) -> None:
    """Creates or migrates the tables where that is needed. Raises ``StorageError``.

    Of several processes that start at once one does it, in one transaction, and the others wait for it. Alembic takes a
    while to load, and is loaded only to migrate.
    """
    try:
        database.prepare()
        with database.read() as connection:
            version = _version(connection, database)
        if version != VERSIONS[-1]:
            _upgrade(database)
        database.check_writable()
    except StorageUnavailable as error:
        is_file = database.is_sqlite and error.reason == "unreachable"
        mend = _FILE_MEND if is_file else _MENDS.get(error.reason, _MENDS["failed"])
        raise StorageError(f"the database {database} {mend}") from None


def _upgrade(database: Database) -> None:
    with database.change() as connection:
        if not database.is_sqlite:  # there the transaction itself keeps others out
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        before = _version(connection, database)
        if before == VERSIONS[-1]:
            return  # another process was faster
        if before is None:
            _create(connection)
        else:
            _upgrade_tables(connection)
    _LOG.info("database schema brought from version %s to %s", before or "none", VERSIONS[-1])


def _create(connection: Connection) -> None:
    """Makes new tables as the migrations leave them, without Alembic. Tests hold the two against each other."""
    metadata.create_all(connection)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version_num=VERSIONS[-1]))


def _upgrade_tables(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    command.upgrade(config, VERSIONS[-1])


def _version(connection: Connection, database: Database) -> str | None:
    """The version of the tables; None where there are none."""
    tables = set(inspect(connection).get_table_names())
    if _VERSION.name not in tables:
        foreign = sorted(tables & set(metadata.tables))
        if foreign:
            raise StorageError(
                f"the database {database} has a table {foreign[0]!r} that is not of this service; "
                "give the service a database of its own"
            )
        return None
    version: str | None = connection.execute(select(_VERSION.c.version_num)).scalar()
    if version is not None and version not in VERSIONS:
        raise StorageError(
            f"the database {database} was made by a newer version of sarcoma-cds (schema {version}; this one knows "
            f"up to {VERSIONS[-1]}); run the newer version, or restore the backup made before the update"
        )
    return version
