"""The first tables: calls, cards, feedback, seen tokens.

The types are written out, not taken from ``schema``: a migration stays what it was when the schema moves on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

revision = "1"
down_revision = None
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_INSTANT = sa.String(32).with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "calls",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("content_version", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("milliseconds", sa.Double, nullable=False),
        *(
            sa.Column(name, sa.Text)
            for name in (
                "code",
                "hook",
                "hook_instance",
                "client",
                "issuer",
                "tenant",
                "user_id",
                "patient",
                "encounter",
            )
        ),
        sa.Column("cards", _JSON, nullable=False),
        sa.Column("queries", _JSON, nullable=False),
    )
    op.create_index("calls_at", "calls", ["at", "id"])
    op.create_index("calls_patient", "calls", ["patient", "at"])
    op.create_table(
        "cards",
        sa.Column("card", sa.Text, primary_key=True),
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("call", sa.String(64), nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("content_version", sa.Text, nullable=False),
        sa.Column("recommendations", _JSON, nullable=False),
        sa.Column("suggestions", _JSON, nullable=False),
    )
    op.create_index("cards_at", "cards", ["at", "card", "client"])
    op.create_table(
        "feedback",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("received", _INSTANT, nullable=False),
        sa.Column("accepted_suggestions", _JSON, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("reason_system", "reason_code", "reason_display", "comment")),
    )
    op.create_index("feedback_card", "feedback", ["card", "client", "at"])
    op.create_index("feedback_received", "feedback", ["received"])
    op.create_table(
        "seen_tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("expires", _INSTANT, nullable=False),
    )
    op.create_index("seen_tokens_expires", "seen_tokens", ["expires"])
