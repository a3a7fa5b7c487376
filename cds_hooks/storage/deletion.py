"""Deleting what is too old."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, select, tuple_

from cds_hooks.storage.database import Database

BATCH = 1000
"""Rows deleted in one transaction."""


def delete_before(database: Database, column: Column[Any], moment: datetime) -> int:
    """Deletes the rows whose column lies before a moment, in parts that lock little; returns how many.

    Raises ``StorageUnavailable``; the parts that were deleted by then stay deleted.
    """
    table = column.table
    key = list(table.primary_key)
    old = select(*key).where(column < moment).limit(BATCH)
    statement = delete(table).where(tuple_(*key).in_(old))
    deleted = 0
    while True:
        with database.change() as connection:
            count = connection.execute(statement).rowcount
        deleted += count
        if count < BATCH:
            return deleted
