"""The statements that write, in each kind of database. All are harmless when repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import orjson
from sqlalchemy import Connection, Insert, TextClause, bindparam, text

if TYPE_CHECKING:  # each takes a while to load, and a service needs one of them
    from sqlalchemy.dialects import postgresql, sqlite

from cds_hooks.storage.convert import Row
from cds_hooks.storage.schema import Instant, calls, cards, feedback, seen_tokens


class Writes(Protocol):
    """Writes within the transaction of a connection."""

    def call(self, connection: Connection, call: Row, shown: Sequence[Row]) -> None:
        """A row of ``calls``, where there is none of its id, and rows of ``cards``, where there is no newer one."""

    def feedback(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Rows of ``feedback``, where there are none of that digest."""

    def first_use(self, connection: Connection, digest: str, expires: datetime, now: datetime) -> bool:
        """Whether there was no row of ``seen_tokens`` that has not expired; there is one afterwards."""


class SqliteWrites:
    """One statement for each table; rows are sent one by one, which costs little within a process."""

    def __init__(self) -> None:
        from sqlalchemy.dialects import sqlite

        self._call = sqlite.insert(calls).on_conflict_do_nothing()
        shown = sqlite.insert(cards)
        self._cards = shown.on_conflict_do_update(
            index_elements=[cards.c.card, cards.c.client],
            set_={one.name: shown.excluded[one.name] for one in cards.c if not one.primary_key},
            where=cards.c.at <= shown.excluded.at,
        )
        self._feedback = sqlite.insert(feedback).on_conflict_do_nothing()
        self._token = _first_use(sqlite.insert(seen_tokens))

    def call(self, connection: Connection, call: Row, shown: Sequence[Row]) -> None:
        """See ``Writes``."""
        connection.execute(self._call, call)
        if shown:
            connection.execute(self._cards, shown)

    def feedback(self, connection: Connection, rows: Sequence[Row]) -> None:
        """See ``Writes``."""
        connection.execute(self._feedback, rows)

    def first_use(self, connection: Connection, digest: str, expires: datetime, now: datetime) -> bool:
        """See ``Writes``."""
        row = {"digest": digest, "expires": expires, "now": now}
        return connection.execute(self._token, row).first() is not None


class PostgresqlWrites:
    """One statement for everything, with the rows as JSON.

    The driver needs several round trips for a statement, and walks through its text character by character: a row at a
    time, with a parameter for each column, takes four times as long.
    """

    def __init__(self) -> None:
        from sqlalchemy.dialects import postgresql

        values = ", ".join(f'"{one.name}" = excluded."{one.name}"' for one in cards.c if not one.primary_key)
        self._call = text(
            "WITH call AS (INSERT INTO calls SELECT * FROM jsonb_populate_record(NULL::calls, CAST(:call AS jsonb)) "
            "ON CONFLICT DO NOTHING) "
            "INSERT INTO cards AS old SELECT * FROM jsonb_populate_recordset(NULL::cards, CAST(:cards AS jsonb)) "
            f"ON CONFLICT (card, client) DO UPDATE SET {values} WHERE old.at <= excluded.at"
        )
        self._feedback = text(
            "INSERT INTO feedback SELECT * FROM jsonb_populate_recordset(NULL::feedback, CAST(:rows AS jsonb)) "
            "ON CONFLICT DO NOTHING"
        )
        self._token = _first_use(postgresql.insert(seen_tokens))

    def call(self, connection: Connection, call: Row, shown: Sequence[Row]) -> None:
        """See ``Writes``."""
        _execute(connection, self._call, call=call, cards=shown)

    def feedback(self, connection: Connection, rows: Sequence[Row]) -> None:
        """See ``Writes``."""
        _execute(connection, self._feedback, rows=rows)

    def first_use(self, connection: Connection, digest: str, expires: datetime, now: datetime) -> bool:
        """See ``Writes``."""
        row = {"digest": digest, "expires": expires, "now": now}
        return connection.execute(self._token, row).first() is not None


def _execute(connection: Connection, statement: TextClause, **rows: Row | Sequence[Row]) -> None:
    connection.execute(statement, {name: orjson.dumps(value).decode() for name, value in rows.items()})


def _first_use(insert: sqlite.Insert | postgresql.Insert) -> Insert:
    token = insert.values(digest=bindparam("digest"), expires=bindparam("expires"))
    # An expired token that was not deleted yet does not stop the `jti` from being used again.
    return token.on_conflict_do_update(
        index_elements=[seen_tokens.c.digest],
        set_={"expires": token.excluded.expires},
        where=seen_tokens.c.expires <= bindparam("now", type_=Instant()),
    ).returning(seen_tokens.c.digest)
