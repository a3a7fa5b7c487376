"""The tables. A change of them is a new migration (``migrations/versions``) and a new last entry of ``VERSIONS``.

Two things are kept apart, because they are kept for different times. ``calls`` is the audit trail: who was shown what
about whom. ``cards`` and ``feedback`` measure the guidance: they name no patient (but for what a clinician may write
into a comment) and outlive the audit trail if they are set to.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

VERSIONS = ("1",)
"""Every version of the schema, oldest first: the revisions of the migrations."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond: `timestamptz` in PostgreSQL, ISO 8601 text (which sorts) in SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """The column's type in this kind of database."""
        return DateTime(timezone=True) if dialect.name == "postgresql" else String(32)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """What is written."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """What is read."""
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return None if moment is None else moment.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON: `jsonb` in PostgreSQL, text in SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type in this kind of database; PostgreSQL's is loaded only if it is needed."""
        if dialect.name != "postgresql":
            return JSON()
        from sqlalchemy.dialects.postgresql import JSONB

        return JSONB()


metadata = MetaData()

calls = Table(
    "calls",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("service", Text, nullable=False),
    Column("content_version", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("milliseconds", Double, nullable=False),
    Column("code", Text),
    Column("hook", Text),
    Column("hook_instance", Text),
    Column("client", Text),
    Column("issuer", Text),
    Column("tenant", Text),
    Column("user_id", Text),
    Column("patient", Text),
    Column("encounter", Text),
    Column("cards", Json, nullable=False),
    Column("queries", Json, nullable=False),
    Index("calls_at", "at", "id"),
    Index("calls_patient", "patient", "at"),
)
"""The audit trail: one row a call."""

cards = Table(
    "cards",
    metadata,
    Column("card", Text, primary_key=True),
    Column("client", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("call", String(64), nullable=False),
    Column("service", Text, nullable=False),
    Column("content_version", Text, nullable=False),
    Column("recommendations", Json, nullable=False),
    Column("suggestions", Json, nullable=False),
    Index("cards_at", "at", "card", "client"),
)
"""The cards as each client was shown them last; feedback is joined with them by card and client."""

feedback = Table(
    "feedback",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("card", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("received", Instant, nullable=False),
    Column("accepted_suggestions", Json, nullable=False),
    Column("reason_system", Text),
    Column("reason_code", Text),
    Column("reason_display", Text),
    Column("comment", Text),
    Index("feedback_card", "card", "client", "at"),
    Index("feedback_received", "received"),
)
"""Everything that was fed back, once: `digest` is over the content. Rows are only ever added, so that the order in
which feedback comes, and how often, makes no difference; the newest `at` of a client's card is what counts."""

seen_tokens = Table(
    "seen_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("expires", Instant, nullable=False),
    Index("seen_tokens_expires", "expires"),
)
"""The tokens that were used: a digest of issuer and `jti`, until the token expires."""
