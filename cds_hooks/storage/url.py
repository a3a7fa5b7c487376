"""The database's URL, read strictly: what SQLAlchemy is to connect to, and how."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from cds_hooks.storage.errors import StorageError

_FORMS = "use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
_TLS = ("disable", "require", "verify-full")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is: SQLAlchemy's URL, the driver's arguments, and the file, where it is one (SQLite)."""

    url: URL
    arguments: Mapping[str, Any]
    file: Path | None

    def __str__(self) -> str:
        return self.url.set(drivername=self.url.get_backend_name(), query={}).render_as_string(hide_password=True)


def read_url(text: str) -> Address:
    """The address that a URL of the settings stands for. Raises ``StorageError``; the message holds no password.

    PostgreSQL takes three parameters of libpq: `sslmode` (`disable`, `require`, `verify-full`), `sslrootcert`, and
    `host` for the folder of a Unix socket. Without `sslmode`, the connection is encrypted and the server's certificate
    verified, unless the server is on this machine.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StorageError(f"database.url: is not a database URL; {_FORMS}") from None
    match url.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite(url)
        case "postgresql" | "postgresql+pg8000":
            return _postgresql(url.set(drivername="postgresql+pg8000"))
    raise StorageError(f"database.url: {url.drivername!r} is not supported; {_FORMS}")


def _sqlite(url: URL) -> Address:
    if url.query or url.host:
        raise StorageError("database.url: a SQLite URL is sqlite:///FILE (with a fourth slash for an absolute path)")
    if not url.database or url.database == ":memory:":
        raise StorageError("database.url: a database in memory does not outlive its process; name a file")
    file = Path(url.database).absolute()
    return Address(url.set(drivername="sqlite", database=str(file)), {}, file)


def _postgresql(url: URL) -> Address:
    query = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    mode, root, folder = query.pop("sslmode", None), query.pop("sslrootcert", None), query.pop("host", None)
    if query:
        raise StorageError(
            f"database.url: the parameter {min(query)!r} is not known; there are host, sslmode and sslrootcert"
        )
    if not url.database or not url.username:
        raise StorageError("database.url: lacks the user or the database's name; " + _FORMS)
    arguments: dict[str, Any] = {"application_name": "sarcoma-cds", "startup_params": {"TimeZone": "UTC"}}
    if folder is not None:
        if not folder.startswith("/") or url.host:
            raise StorageError("database.url: the parameter 'host' is for the folder of a Unix socket, without a HOST")
        arguments |= {"unix_sock": f"{folder.rstrip('/')}/.s.PGSQL.{url.port or 5432}", "ssl_context": False}
    else:
        arguments["ssl_context"] = _tls(mode or ("disable" if _is_local(url.host) else "verify-full"), root)
    return Address(url.set(query={}), arguments, None)


def _tls(mode: str, root: str | None) -> ssl.SSLContext | bool:
    if mode not in _TLS:
        raise StorageError(f"database.url: sslmode is one of {', '.join(_TLS)}")
    if mode == "disable":
        return False
    try:
        context = ssl.create_default_context(cafile=root)
    except OSError as error:  # of which SSLError is one
        raise StorageError(f"database.url: sslrootcert cannot be read ({error.strerror}); name a PEM file") from None
    if mode == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_local(host: str | None) -> bool:
    if host is None or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
