"""Runs the migrations over the connection, and within the transaction, that ``migrate`` holds."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
