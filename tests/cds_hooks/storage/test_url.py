"""The database's URL is read strictly, and faults are said without the password."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage, StorageError
from cds_hooks.storage.url import read_url

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is not a database URL"),
        ("nonsense", "is not a database URL"),
        ("sqlite", "is not a database URL"),
        (f"postgresql://u:{SECRET}@host:port/db", "is not a database URL"),
        (f"mysql://u:{SECRET}@host/db", "'mysql' is not supported"),
        (f"postgres://u:{SECRET}@host/db", "'postgres' is not supported; use .*postgresql://"),
        (f"postgresql+psycopg2://u:{SECRET}@host/db", "is not supported"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("sqlite://records.db", "fourth slash"),
        ("sqlite:///records.db?mode=ro", "sqlite:///FILE"),
        (f"postgresql://u:{SECRET}@host", "lacks"),
        ("postgresql://host/db", "lacks the user"),
        (f"postgresql://u:{SECRET}@host/db?sslmode=maybe", "sslmode is one of"),
        (f"postgresql://u:{SECRET}@host/db?sslrootcert=/nowhere.pem", "sslrootcert cannot be read"),
        (f"postgresql://u:{SECRET}@host/db?connect_timeout=3", "'connect_timeout' is not known"),
        (f"postgresql://u:{SECRET}@host/db?host=/run/postgresql", "folder of a Unix socket"),
    ],
)
def test_fault_is_said_with_its_mend(url: str, says: str) -> None:
    with pytest.raises(StorageError, match=says) as caught:
        Storage.open(DatabaseSettings(url=url))
    assert str(caught.value).startswith("database.url: ")
    assert SECRET not in str(caught.value)


def test_plain_postgresql_uses_our_driver() -> None:
    address = read_url(f"postgresql://u:{SECRET}@127.0.0.1/db")
    assert address.url.drivername == "postgresql+pg8000"
    assert str(address) == "postgresql://u:***@127.0.0.1/db"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_server_on_this_machine_needs_no_tls(host: str) -> None:
    assert read_url(f"postgresql://u@{host}/db").arguments["ssl_context"] is False


@pytest.mark.parametrize(
    ("url", "verified"),
    [
        ("postgresql://u@db.example.org/db", True),
        ("postgresql://u@10.0.0.5/db", True),
        ("postgresql://u@localhost/db?sslmode=verify-full", True),
        ("postgresql://u@db.example.org/db?sslmode=require", False),
    ],
)
def test_server_elsewhere_is_verified_unless_said_otherwise(url: str, verified: bool) -> None:
    context = read_url(url).arguments["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname is verified
    assert context.verify_mode == (ssl.CERT_REQUIRED if verified else ssl.CERT_NONE)


def test_tls_can_be_switched_off() -> None:
    assert read_url("postgresql://u@db.example.org/db?sslmode=disable").arguments["ssl_context"] is False


def test_unix_socket() -> None:
    address = read_url("postgresql://u@/db?host=/run/postgresql")
    assert address.arguments["unix_sock"] == "/run/postgresql/.s.PGSQL.5432"
    assert read_url("postgresql://u@:5433/db?host=/run/pg/").arguments["unix_sock"] == "/run/pg/.s.PGSQL.5433"


def test_file_is_named_with_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_url("sqlite:///records.db").file == tmp_path / "records.db"
    assert read_url("sqlite:////var/lib/records.db").file == Path("/var/lib/records.db")
