"""The database: audit trail, cards shown, feedback, seen tokens."""

from cds_hooks.storage.errors import StorageError, StorageUnavailable
from cds_hooks.storage.retention import Retention
from cds_hooks.storage.rows import CardFired, CardOutcome, Purged
from cds_hooks.storage.storage import Storage

__all__ = [
    "CardFired",
    "CardOutcome",
    "Purged",
    "Retention",
    "Storage",
    "StorageError",
    "StorageUnavailable",
]
