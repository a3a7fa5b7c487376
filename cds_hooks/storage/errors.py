"""What goes wrong with a database, as stable codes: neither SQL nor data gets into a message.

The driver's own words are not passed on once the service runs: they may quote values of the row that failed.
"""

from __future__ import annotations

import sqlite3
from typing import Literal

from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Reason = Literal["unreachable", "refused", "busy", "read-only", "full", "damaged", "replaced", "failed"]

_SQLITE: dict[int, Reason] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_IOERR: "unreachable",
    sqlite3.SQLITE_PERM: "refused",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest prefix counts.
_SQLSTATE: dict[str, Reason] = {
    "08": "unreachable",
    "57P": "unreachable",
    "28": "refused",
    "3D": "refused",
    "42501": "refused",
    "53": "busy",
    "53100": "full",
    "55P03": "busy",
    "57014": "busy",
    "40": "busy",
    "25006": "read-only",
    "XX001": "damaged",
    "XX002": "damaged",
}


class StorageError(ValueError):
    """The database that the settings name cannot be used, found at the start. The message says what to mend."""


class StorageUnavailable(Exception):
    """The database did not do what was asked of it. Nothing is kept, unless the commit was on its way.

    `reason` is one of: `unreachable`, `refused` (log-in or rights), `busy` (locked or too many connections),
    `read-only`, `full`, `damaged`, `replaced` (the file is not the one that was opened), `failed`.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def reason_of(error: Exception) -> Reason:
    """The code for an error of the database, its driver or the network."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, PoolTimeout):
        return "busy"
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "failed")
    state = sqlstate(cause)
    if state is None:  # not the server's words: its driver's, or the network's
        return "unreachable" if isinstance(error, (OSError, DBAPIError, DisconnectionError)) else "failed"
    return next((_SQLSTATE[state[:n]] for n in (5, 3, 2) if state[:n] in _SQLSTATE), "failed")


def is_broken(error: Exception) -> bool:
    """Whether the connection is of no more use: the server said nothing, so what it last did is not known."""
    if not isinstance(error, (OSError, DBAPIError)):
        return False
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return False
    state = sqlstate(cause)
    return state is None or state.startswith(("08", "57P"))


def sqlstate(cause: BaseException | None) -> str | None:
    """The five characters by which PostgreSQL names an error; None where the error did not come from the server."""
    fields = cause.args[0] if cause is not None and cause.args else None
    state = fields.get("C") if isinstance(fields, dict) else None
    return state if isinstance(state, str) else None
