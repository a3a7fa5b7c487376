"""A database that cannot be used: said at the start with its mend, later by a code, and always soon."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine

from cds_hooks.observability.log import JsonFormatter
from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage, StorageError, StorageUnavailable, database
from tools.crash.postgresql import USER, Cluster
from tools.crash.records import call_record, feedback

SOON = 3.0  # two seconds, and a busy machine


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def opened(url: str) -> Storage:
    return Storage.open(DatabaseSettings(url=url))


def writes(storage: Storage) -> tuple[Callable[[], object], ...]:
    return (
        lambda: storage.record_call(call_record()),
        lambda: storage.record_feedback([feedback()]),
        lambda: storage.first_use("issuer", "jti", datetime.now(UTC) + timedelta(hours=1)),
    )


def reason(action: Callable[[], object]) -> str:
    with pytest.raises(StorageUnavailable) as caught:
        action()
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


# SQLite


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"check that the folder exists"):
        opened(f"sqlite:///{tmp_path}/nowhere/records.db")


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be opened"):
        opened(f"sqlite:///{tmp_path}")


def test_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    file.write_bytes(b"<html>" * 1000)
    with pytest.raises(StorageError, match=r"damaged, or not a database"):
        opened(f"sqlite:///{file}")
    assert file.read_bytes() == b"<html>" * 1000


def test_file_that_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    storage = opened(f"sqlite:///{file}")
    for _ in range(50):
        storage.record_call(call_record())
    storage.close()
    size = file.stat().st_size
    with file.open("r+b") as pages:
        pages.seek(4096)
        pages.write(b"\xa5" * (size - 4096))
    with pytest.raises(StorageError, match=r"damaged"):
        opened(f"sqlite:///{file}")


def test_file_that_may_not_be_written() -> None:
    with TemporaryDirectory() as folder:  # not in pytest's folder, which is for one user only
        file = Path(folder) / "records.db"
        opened(f"sqlite:///{file}").close()
        file.chmod(0o444)
        Path(folder).chmod(0o755)
        assert "may write" in told_to_nobody(lambda: opened(f"sqlite:///{file}"))


def told_to_nobody(action: Callable[[], object]) -> str:
    """What ``StorageError`` an action raises for a user without rights: root may write to everything."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            action()
        except StorageError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    with open(reading, "rb") as told:
        return told.read().decode()


def test_file_system_without_write_ahead_log() -> None:
    engine = create_engine("sqlite://")  # in memory there is none either
    with pytest.raises(StorageError, match=r"local disk"):
        database._write_ahead(engine)
    engine.dispose()


def test_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    storage = opened(f"sqlite:///{tmp_path}/records.db")
    storage.record_call(call_record())
    assert {one.stat().st_mode & 0o077 for one in tmp_path.glob("records.db*")} == {0}
    storage.close()


@pytest.mark.parametrize("mend", ["removed", "replaced"])
def test_file_that_is_taken_away_while_the_service_runs(tmp_path: Path, mend: str) -> None:
    file = tmp_path / "records.db"
    storage = opened(f"sqlite:///{file}")
    assert storage.reachable()
    if mend == "replaced":
        shutil.copy(file, tmp_path / "backup.db")
        (tmp_path / "backup.db").rename(file)
    else:
        file.unlink()
    for write in writes(storage):
        assert reason(write) == "replaced"  # written, it would be lost
    assert not storage.reachable()
    storage.close()


def test_lock_that_is_held_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "HURRIED_SECONDS", 0.2)
    storage = opened(f"sqlite:///{tmp_path}/records.db")
    other = sqlite3.connect(tmp_path / "records.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for write in writes(storage):
        with within(SOON):
            assert reason(write) == "busy"
    assert storage.reachable()  # it can be read
    other.execute("ROLLBACK")
    storage.record_call(call_record())
    other.close()
    storage.close()


def test_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    storage = opened(f"sqlite:///{tmp_path}/records.db")
    with storage._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    large = "x" * 100_000
    assert reason(lambda: storage.record_feedback([feedback(comment=large)])) == "full"
    (line,) = [one for one in caplog.records if one.levelname == "ERROR"]
    assert JsonFormatter().format(line).endswith('"reason":"full"}')
    storage.close()


def test_full_disk_is_told_until_there_is_room(tmp_path: Path) -> None:
    """Reading goes on there, and no call is answered: whether calls could be answered is found by writing."""
    storage = opened(f"sqlite:///{tmp_path}/records.db")
    with storage._database.write() as connection:  # a trigger stands in for the disk
        full = "BEFORE INSERT ON seen_tokens BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER full {full}")
    assert storage.reachable()
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            storage.first_use("issuer", "jti", datetime.now(UTC) + timedelta(hours=1))
        assert not storage.reachable()
    with storage._database.change() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    assert storage.reachable()
    assert storage.first_use("issuer", "jti", datetime.now(UTC) + timedelta(hours=1))
    storage.close()


# PostgreSQL


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_no_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with within(SOON), pytest.raises(StorageError, match=r"postgresql://u:\*\*\*@.*cannot be reached") as caught:
        opened(f"postgresql://u:s3cret@127.0.0.1:{port}/db")
    assert "s3cret" not in str(caught.value)


def test_server_that_never_answers() -> None:
    with silent_server() as port, within(SOON), pytest.raises(StorageError, match=r"cannot be reached"):
        opened(f"postgresql://u:s3cret@127.0.0.1:{port}/db")


def test_server_without_tls(cluster: Cluster) -> None:
    url = cluster.url() + "?sslmode=verify-full"
    with pytest.raises(StorageError, match=r"sslmode"):
        opened(url)


def test_unknown_user_or_name(cluster: Cluster) -> None:
    server = f"127.0.0.1:{cluster.port}"
    for url in (f"postgresql://{USER}@{server}/nowhere", f"postgresql://nobody@{server}/postgres"):
        with pytest.raises(StorageError, match=r"check user, password and name"):
            opened(url)


def test_unix_socket(cluster: Cluster) -> None:
    name = cluster.url().rpartition("/")[2]
    storage = opened(f"postgresql://{USER}@:{cluster.port}/{name}?host={cluster.folder}")
    assert storage.reachable()
    storage.close()


def test_standby_is_read_only(cluster: Cluster) -> None:
    url = cluster.url()
    storage = opened(url)
    with storage._database.change() as connection:
        name = url.rpartition("/")[2]
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    storage.close()
    with pytest.raises(StorageError, match=r"read-only.*standby"):
        opened(url)


def test_server_that_is_away_for_a_while(cluster: Cluster) -> None:
    storage = opened(cluster.url())
    storage.record_call(call_record())
    cluster.kill()
    try:
        for write in writes(storage):
            with within(SOON):
                assert reason(write) == "unreachable"
        assert not storage.reachable()
    finally:
        cluster.start()
    storage.record_call(call_record())
    assert storage.reachable()
    assert len(list(storage.calls())) == 2
    storage.close()


def test_server_that_hangs(cluster: Cluster) -> None:
    storage = opened(cluster.url())
    storage.record_call(call_record())
    os.kill(cluster.pid, signal.SIGSTOP)  # first, so that it starts no more
    children = Path(f"/proc/{cluster.pid}/task/{cluster.pid}/children").read_text().split()
    stopped = [cluster.pid, *map(int, children)]
    signal_all(stopped, signal.SIGSTOP)
    try:
        for write in writes(storage):
            with within(SOON):
                assert reason(write) == "unreachable"
    finally:
        signal_all(stopped, signal.SIGCONT)
    storage.record_feedback([feedback()])
    assert len(list(storage.calls())) == 1
    storage.close()


def signal_all(processes: list[int], number: signal.Signals) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):  # short-lived ones may have ended by themselves
            os.kill(pid, number)


# Both


def test_message_holds_neither_sql_nor_data(storage: Storage, caplog: pytest.LogCaptureFixture) -> None:
    with storage._database.change() as connection:
        connection.exec_driver_sql("DROP TABLE feedback")
    with pytest.raises(StorageUnavailable) as caught:
        storage.record_feedback([feedback(comment="canary")])
    assert str(caught.value) == "failed"
    assert caught.value.__suppress_context__
    assert "canary" not in caplog.text


def test_failed_write_leaves_nothing_and_harms_nothing(storage: Storage) -> None:
    with storage._database.change() as connection:
        connection.exec_driver_sql("ALTER TABLE cards RENAME TO away")
    assert reason(lambda: storage.record_call(call_record())) == "failed"
    with storage._database.change() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO cards")
    assert list(storage.calls()) == []
    written = call_record()
    storage.record_call(written)
    assert list(storage.calls()) == [written]
