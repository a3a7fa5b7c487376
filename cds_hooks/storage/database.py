"""Connections and transactions, in SQLite and in PostgreSQL."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, NullPool, Pool, QueuePool, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from cds_hooks.observability.log import field_extra
from cds_hooks.storage.errors import StorageError, StorageUnavailable, is_broken, reason_of
from cds_hooks.storage.url import Address

# When a connection breaks, the pool logs a traceback, with whatever the errors before it quote of a row.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)

_LOG = logging.getLogger(__name__)
HURRIED_SECONDS = 2.0
"""The longest wait for the database during a call: for a connection, a lock, or the server's next bytes."""
UNHURRIED_SECONDS = 60.0
"""The same for migrations, reports and the deletion of old records."""
_ASK = text("SELECT 1")


class Database:
    """One process's way to the database; any thread may use it.

    SQLite: one writer at a time anyway, so the threads of a process queue up here, in order, instead of polling the
    file's lock. The write-ahead log lets readers go on beside the writer. What is written `durable` is forced to disk
    before the commit returns; other writes survive the end of the process at any point, but the last of them not a
    power failure. PostgreSQL forces every commit to disk, unless its administrator has decided otherwise.
    """

    def __init__(self, address: Address) -> None:
        self._name = str(address)
        self.is_sqlite = address.file is not None
        self._file = address.file
        self._identity: tuple[int, int] | None = None
        self._writing = threading.Lock()
        self.refused_writing = False
        """Whether the last attempt to write during a call failed, as on a full disk, where reading goes on."""
        self._hurried = _engine(address, HURRIED_SECONDS, QueuePool, pool_size=4, max_overflow=4)
        self._unhurried = _engine(address, UNHURRIED_SECONDS, NullPool)

    def __str__(self) -> str:
        return self._name

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction that writes during a call. Raises ``StorageUnavailable``."""
        try:
            with _failing(), self._turn(), _connected(self._hurried) as connection:
                self._begin(connection, durable)
                yield connection
        except StorageUnavailable as error:
            self.refused_writing = error.reason != "busy"  # which passes
            _LOG.error("the database did not take what was to be written", extra=field_extra(reason=error.reason))
            raise
        self.refused_writing = False

    @contextmanager
    def change(self) -> Iterator[Connection]:
        """A transaction that may take its time: migrations, deletion. Raises ``StorageUnavailable``."""
        self.ask()
        with _failing(), _connected(self._unhurried) as connection:
            self._begin(connection, durable=True)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and may take its time. Raises ``StorageUnavailable``."""
        self.ask()
        with _failing(), _connected(self._unhurried) as connection:
            yield connection

    def ask(self) -> None:
        """Raises ``StorageUnavailable`` where the database does not answer."""
        with _failing(), _connected(self._hurried) as connection:
            self._check_file()
            connection.execute(_ASK)

    def prepare(self) -> None:
        """Makes the file (SQLite), readable for nobody else, and switches it to a write-ahead log.

        Remembers which file it is: should another one be put in its place, what is written here would be lost.
        Raises ``StorageUnavailable``.
        """
        if self._file is None:
            return
        with _failing():
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))
            self._identity = _identity(self._file)
            _write_ahead(self._unhurried)

    def check_writable(self) -> None:
        """Raises ``StorageUnavailable`` where nothing can be written."""
        with self.change() as connection:
            if not self.is_sqlite and connection.execute(text("SHOW transaction_read_only")).scalar() == "on":
                raise StorageUnavailable("read-only")

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._hurried.dispose()
        self._unhurried.dispose()

    def _begin(self, connection: Connection, durable: bool) -> None:
        if not self.is_sqlite:
            return  # the driver begins the transaction with the first statement
        self._check_file()
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA synchronous=FULL" if durable else "PRAGMA synchronous=NORMAL")
        driver.execute("BEGIN IMMEDIATE")  # a lock taken later, by the first write, could not be waited for

    def _check_file(self) -> None:
        if self._file is None or self._identity is None:
            return
        try:
            is_same = _identity(self._file) == self._identity
        except FileNotFoundError:
            is_same = False
        if not is_same:
            raise StorageUnavailable("replaced")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=HURRIED_SECONDS):
            raise StorageUnavailable("busy")
        try:
            yield
        finally:
            self._writing.release()


@contextmanager
def _failing() -> Iterator[None]:
    """Errors of the database as ``StorageUnavailable``, without the driver's words: they may quote the row."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StorageUnavailable(reason_of(error)) from None


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """A connection within a transaction, which is committed at the end. One that is broken is not used again."""
    with engine.connect() as connection:
        try:
            with connection.begin():
                yield connection
        except (SQLAlchemyError, OSError) as error:
            if is_broken(error):
                connection.invalidate()
            raise


def _identity(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_dev, stat.st_ino


def _write_ahead(engine: Engine) -> None:
    """Switches the file to a write-ahead log; that stays so. SQLite does not wait for others here, so we do."""
    deadline = time.monotonic() + UNHURRIED_SECONDS
    while True:
        try:
            with engine.connect() as connection:
                mode = connection.exec_driver_sql("PRAGMA journal_mode=WAL").scalar()
            if mode != "wal":
                raise StorageError(
                    "the database's folder cannot hold SQLite's write-ahead log, as folders on a network cannot; "
                    "put the file on a local disk, or use PostgreSQL"
                )
            return
        except SQLAlchemyError as error:
            if reason_of(error) != "busy" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _engine(address: Address, seconds: float, pool: type[Pool], **pooled: Any) -> Engine:
    arguments = {**address.arguments, "timeout": seconds}
    if pool is QueuePool:
        pooled["pool_timeout"] = seconds
    engine = create_engine(
        address.url,
        connect_args=arguments,
        poolclass=pool,
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        **pooled,
    )
    if address.file is not None:
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "checkout", _ping)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own


def _ping(connection: DBAPIConnection, record: Any, _proxy: object) -> None:
    """Asks the server for a sign of life; the pool replaces a connection without one.

    SQLAlchemy's own ping does not foresee that the driver lets errors of the socket through.
    """
    try:
        connection.execute_simple("SELECT 1")
    except Exception as error:
        if isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError):
            raise  # a new connection would wait as long again
        raise DisconnectionError("the connection is broken") from error
