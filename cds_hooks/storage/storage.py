"""What the service keeps: the audit trail, the cards shown, feedback, and the tokens that were used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

from cds_hooks.audit.record import CallRecord
from cds_hooks.feedback.feedback import Feedback
from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import reports, schema
from cds_hooks.storage.convert import call_row, card_rows, feedback_rows, moment, token_digest
from cds_hooks.storage.database import Database
from cds_hooks.storage.deletion import delete_before
from cds_hooks.storage.errors import StorageUnavailable
from cds_hooks.storage.identifiers import Identifiers, identifiers
from cds_hooks.storage.migrate import migrate
from cds_hooks.storage.rows import CardFired, CardOutcome, Purged
from cds_hooks.storage.url import read_url
from cds_hooks.storage.writes import PostgresqlWrites, SqliteWrites, Writes


class Storage:
    """One process's access to the database. Every method may be called from any thread, and blocks.

    All but ``open`` and ``close`` raise ``StorageUnavailable``; nothing is written then, except where the connection
    broke off during the commit. Writing the same again is harmless.
    """

    def __init__(self, database: Database, ids: Identifiers, settings: DatabaseSettings) -> None:
        self._database = database
        self._ids = ids
        self._settings = settings
        self._writes: Writes = SqliteWrites() if database.is_sqlite else PostgresqlWrites()

    @classmethod
    def open(cls, settings: DatabaseSettings) -> Self:
        """Connects, and creates or migrates the tables; several processes may do so at once.

        Raises ``StorageError``, whose message says what to mend, and holds no password.
        """
        ids = identifiers(settings)
        database = Database(read_url(settings.url))
        try:
            migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(database, ids, settings)

    def close(self) -> None:
        """Closes the connections."""
        self._database.close()

    def reachable(self) -> bool:
        """Whether the database answers, within about two seconds, and is still the one that was opened.

        Where writing failed last, as on a full disk, it is tried again.
        """
        try:
            self._database.ask()
            if self._database.refused_writing:
                self.first_use("readiness", "", datetime.now(UTC))  # expired at once: written each time
        except StorageUnavailable:
            return False
        return True

    def record_call(self, record: CallRecord) -> None:
        """Writes the audit record of a call, and the cards that were shown."""
        call, shown = call_row(self._ids.stored(record)), card_rows(record)
        with self._database.write() as connection:
            self._writes.call(connection, call, shown)

    def record_feedback(self, given: Sequence[Feedback]) -> None:
        """Writes feedback, all of it or none; it is on the disk when this returns.

        What is there already is not written again, whatever came in between.
        """
        if not given:
            return
        rows = feedback_rows(given, datetime.now(UTC))
        with self._database.write(durable=True) as connection:
            self._writes.feedback(connection, rows)

    def first_use(self, issuer: str, token_id: str, expires: datetime) -> bool:
        """Whether a token is used for the first time, here or in any other process; it is remembered until `expires`.

        `expires` is when the token would be refused anyway, so the allowance for clocks belongs into it.
        """
        digest = token_digest(issuer, token_id)
        with self._database.write() as connection:
            return self._writes.first_use(connection, digest, moment(expires), datetime.now(UTC))

    def calls(
        self, since: datetime | None = None, until: datetime | None = None, *, patient: str | None = None
    ) -> Iterator[CallRecord]:
        """The audit records with `since` <= `at` < `until`, oldest first, read in parts as they are asked for.

        With `patient`, the bare id of a patient, only the records about that patient; the id is hashed first where ids
        are stored hashed.
        """
        stored = None if patient is None else self._ids.patient(patient)
        return reports.calls(self._database, since, until, stored)

    def fired(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[CardFired]:
        """The cards shown with `since` <= `at` < `until`, oldest first."""
        return reports.fired(self._database, since, until)

    def outcomes(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[CardOutcome]:
        """What became of the cards shown in this time: the newest feedback on each.

        Feedback on a card that is not known counts by the time of the action.
        """
        return reports.outcomes(self._database, since, until)

    def purge(self, now: datetime) -> Purged:
        """Deletes what is older than the settings allow to keep, and the tokens that have expired.

        Feedback is as old as its arrival here, not as the client says. Deletes in parts, so that calls need not wait.
        """
        audit = now - timedelta(days=self._settings.audit_days)
        quality = now - timedelta(days=self._settings.feedback_days)
        return Purged(
            calls=delete_before(self._database, schema.calls.c.at, audit),
            cards=delete_before(self._database, schema.cards.c.at, quality),
            feedback=delete_before(self._database, schema.feedback.c.received, quality),
            tokens=delete_before(self._database, schema.seen_tokens.c.expires, now),
        )
