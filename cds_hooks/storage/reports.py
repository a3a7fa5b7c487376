"""Reading what was recorded, in parts: no transaction stays open while the caller works on a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, func, select, tuple_

from cds_hooks.audit.record import CallRecord
from cds_hooks.storage import schema
from cds_hooks.storage.convert import Row, call_record, card_fired, feedback_given
from cds_hooks.storage.database import Database
from cds_hooks.storage.rows import CardFired, CardOutcome

PART = 1000
"""Rows read at once."""


def calls(
    database: Database, since: datetime | None, until: datetime | None, patient: str | None
) -> Iterator[CallRecord]:
    """The audit records of a time, oldest first; of one patient, if given (the id as it is stored)."""
    table = schema.calls
    query = select(table).where(*_within(table.c.at, since, until))
    if patient is not None:
        query = query.where(table.c.patient == patient)
    return map(call_record, _in_parts(database, query, (table.c.at, table.c.id)))


def fired(database: Database, since: datetime | None, until: datetime | None) -> Iterator[CardFired]:
    """The cards shown in a time, oldest first."""
    table = schema.cards
    query = select(table).where(*_within(table.c.at, since, until))
    return map(card_fired, _in_parts(database, query, (table.c.at, table.c.card, table.c.client)))


def outcomes(database: Database, since: datetime | None, until: datetime | None) -> Iterator[CardOutcome]:
    """The newest feedback on each card that was shown in a time."""
    given, shown = schema.feedback, schema.cards
    of_card = (given.c.client, given.c.card)
    recent = func.row_number().over(partition_by=of_card, order_by=(given.c.at.desc(), given.c.digest.desc()))
    ranked = select(given, recent.label("recent"), func.count().over(partition_by=of_card).label("count")).subquery()
    columns = [one.label(f"shown_{one.name}") for one in shown.c]
    when = func.coalesce(shown.c.at, ranked.c.at)
    joined = ranked.outerjoin(shown, and_(shown.c.card == ranked.c.card, shown.c.client == ranked.c.client))
    query = (
        select(ranked, *columns)
        .select_from(joined)
        .where(ranked.c.recent == 1, *_within(when, since, until))
        .order_by(when, ranked.c.digest)
    )
    for row in _at_once(database, query):
        card = {one.name: row[f"shown_{one.name}"] for one in shown.c}
        yield CardOutcome(
            feedback_given(row), None if card["card"] is None else card_fired(card), earlier=row["count"] - 1
        )


def _within(
    column: ColumnElement[Any], since: datetime | None, until: datetime | None
) -> Sequence[ColumnElement[bool]]:
    bounds = []
    if since is not None:
        bounds.append(column >= since)
    if until is not None:
        bounds.append(column < until)
    return bounds


def _in_parts(database: Database, query: Select[Any], key: Sequence[Column[Any]]) -> Iterator[Row]:
    """The rows in the order of a unique key, each part starting after the last row of the one before."""
    last: tuple[Any, ...] | None = None
    while True:
        part = query.order_by(*key).limit(PART)
        if last is not None:
            part = part.where(tuple_(*key) > last)
        with database.read() as connection:
            rows: Sequence[Row] = connection.execute(part).mappings().all()  # type: ignore[assignment]
        yield from rows
        if len(rows) < PART:
            return
        last = tuple(rows[-1][one.name] for one in key)


def _at_once(database: Database, query: Select[Any]) -> Sequence[Row]:
    with database.read() as connection:
        return connection.execute(query).mappings().all()  # type: ignore[return-value]
