"""Deleting old records while the service runs."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from cds_hooks.storage.errors import StorageUnavailable
from cds_hooks.storage.storage import Storage

_LOG = logging.getLogger(__name__)
EVERY_SECONDS = 3600.0
"""Records are kept for days, but of expired tokens there can be many."""
_STOP_SECONDS = 2.0


class Retention:
    """Purges the storage at the start and then every hour, in a thread of its own.

    Every worker process may have one: to delete what is deleted already is harmless. Where the database cannot be
    reached, it is tried again the next time.
    """

    def __init__(self, storage: Storage, every_seconds: float = EVERY_SECONDS) -> None:
        self._storage = storage
        self._every = every_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread. Call it before the storage is closed.

        A deletion that takes longer than the service may take to end is left to end with the process.
        """
        self._stopped.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while True:
            try:
                purged = self._storage.purge(datetime.now(UTC))
            except StorageUnavailable as error:
                _LOG.warning("old records were not deleted: the database is %s", error.reason)
            else:
                _LOG.info(
                    "deleted records whose time was over: %d calls, %d cards, %d feedback, %d tokens",
                    purged.calls,
                    purged.cards,
                    purged.feedback,
                    purged.tokens,
                )
            if self._stopped.wait(self._every):
                return
