"""Patient ids as a keyed hash, where they are not to be stored as they are."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace
from pathlib import Path

from cds_hooks.audit.record import CallRecord, FhirQuery
from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage.errors import StorageError

KEY_BYTES = 32
"""The least length of the key."""


class PlainIds:
    """Stores ids as they are."""

    def patient(self, identifier: str) -> str:
        """A patient's id as it is stored."""
        return identifier

    def stored(self, record: CallRecord) -> CallRecord:
        """The record as it is stored."""
        return record


class HashedIds:
    """Replaces the ids of patients and of their encounters by HMAC-SHA-256 over `Patient/ID` and `Encounter/ID`.

    64 hexadecimal digits, which are a valid FHIR id. The same id gives the same hash, so that who has the key can find
    a patient's records. Users are not hashed, because an audit trail is there to say who it was; unless the user is the
    patient, or a person related to the patient. In queries to FHIR servers the ids are replaced as well.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def patient(self, identifier: str) -> str:
        """A patient's id as it is stored."""
        return self._hash("Patient", identifier)

    def stored(self, record: CallRecord) -> CallRecord:
        """The record as it is stored."""
        hashes: dict[str, str] = {}
        if record.encounter:
            hashes[record.encounter] = self._hash("Encounter", record.encounter)
        if record.patient:
            hashes[record.patient] = self.patient(record.patient)
        return replace(
            record,
            user=self._user(record.user),
            patient=record.patient and hashes[record.patient],
            encounter=record.encounter and hashes[record.encounter],
            queries=tuple(_without(one, hashes) for one in record.queries),
        )

    def _user(self, user: str | None) -> str | None:
        kind, _, identifier = (user or "").partition("/")
        return f"{kind}/{self._hash(kind, identifier)}" if kind in ("Patient", "RelatedPerson") else user

    def _hash(self, kind: str, identifier: str) -> str:
        return hmac.new(self._key, f"{kind}/{identifier}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


Identifiers = PlainIds | HashedIds


def identifiers(settings: DatabaseSettings) -> Identifiers:
    """How ids are to be stored. Raises ``StorageError`` where the key is missing or too short."""
    path = settings.patient_ids_key_file
    if settings.patient_ids == "plain":
        return PlainIds()
    if path is None:
        raise StorageError("database.patient_ids_key_file: hashed patient ids need a key; name the file that holds it")
    return HashedIds(_key(path))


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"database.patient_ids_key_file: {path} cannot be read ({error.strerror}); "
            "make one with: openssl rand -out FILE 32"
        ) from None
    if len(key) < KEY_BYTES:
        raise StorageError(
            f"database.patient_ids_key_file: {path} holds {len(key)} bytes, a key has {KEY_BYTES} or more; "
            "make one with: openssl rand -out FILE 32"
        )
    return key


def _without(query: FhirQuery, hashes: dict[str, str]) -> FhirQuery:
    """The query with each id in it replaced, where it stands as a whole word: plain, or after a percent escape."""
    if not hashes:
        return query
    words = "|".join(re.escape(one) for one in sorted(hashes, key=len, reverse=True))
    pattern = rf"(?:(?<![A-Za-z0-9.-])|(?<=%[0-9A-Fa-f]{{2}}))(?:{words})(?![A-Za-z0-9.-])"
    return replace(query, query=re.sub(pattern, lambda found: hashes[found.group()], query.query))
