"""The statements that write, made once: SQLAlchemy caches their text by identity of structure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Column, Executable, Table, bindparam, delete, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from cds_hooks.storage.database import Database
from cds_hooks.storage.schema import Instant, calls, cards, feedback, seen_tokens

BATCH = 1000
"""Rows deleted in one transaction."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """Deletes what a column of a table says is too old."""

    table: Table
    column: Column[Any]

    def run(self, database: Database, before: datetime) -> int:
        """Deletes in parts; returns how many rows."""
        key = tuple_(*self.table.primary_key.columns)
        old = select(*self.table.primary_key.columns).where(self.column < before).limit(BATCH)
        deleted = 0
        while True:
            with database.change() as connection:
                count = connection.execute(delete(self.table).where(key.in_(old))).rowcount
            deleted += count
            if count < BATCH:
                return deleted


@dataclass(frozen=True, slots=True)
class Statements:
    """Every write of ours. All are harmless when repeated."""

    ask: Executable
    call: Executable
    cards: Executable
    feedback: Executable
    token: Executable
    delete: dict[str, Deletion]

    @classmethod
    def of(cls, is_sqlite: bool) -> Self:
        """The statements in the dialect of the database."""
        insert = sqlite.insert if is_sqlite else postgresql.insert
        shown = insert(cards)
        token = insert(seen_tokens).values(digest=bindparam("digest"), expires=bindparam("expires"))
        return cls(
            ask=select(literal(1)),
            call=insert(calls).on_conflict_do_nothing(),
            cards=shown.on_conflict_do_update(
                index_elements=[cards.c.card, cards.c.client],
                set_={one.name: shown.excluded[one.name] for one in cards.c if not one.primary_key},
                where=cards.c.at <= shown.excluded.at,
            ),
            feedback=insert(feedback).on_conflict_do_nothing(),
            # An expired token that was not deleted yet does not stop the `jti` from being used again.
            token=token.on_conflict_do_update(
                index_elements=[seen_tokens.c.digest],
                set_={"expires": token.excluded.expires},
                where=seen_tokens.c.expires <= bindparam("now", type_=Instant()),
            ).returning(seen_tokens.c.digest),
            delete={
                "calls": Deletion(calls, calls.c.at),
                "cards": Deletion(cards, cards.c.at),
                "feedback": Deletion(feedback, feedback.c.received),
                "seen_tokens": Deletion(seen_tokens, seen_tokens.c.expires),
            },
        )
