"""Patient ids stored as a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cds_hooks.audit.record import FhirQuery
from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Storage, StorageError
from cds_hooks.storage.identifiers import HashedIds
from cds_hooks.storage.url import read_url
from tools.crash.records import call_record

KEY = bytes(range(32))


def hashed(kind: str, identifier: str) -> str:
    return hmac.new(KEY, f"{kind}/{identifier}".encode(), hashlib.sha256).hexdigest()


PATIENT = hashed("Patient", "p-1")
ENCOUNTER = hashed("Encounter", "e-1")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_bytes(KEY)
    return file


def test_neither_patient_nor_encounter_is_in_the_database(url: str, key_file: Path) -> None:
    storage = Storage.open(DatabaseSettings(url=url, patient_ids="hashed", patient_ids_key_file=key_file))
    query = FhirQuery("https://fhir.example.org", "Observation?patient=Patient/canary-p&encounter=canary-e", 200, 1.0)
    storage.record_call(
        call_record(patient="canary-p", encounter="canary-e", user="Patient/canary-p", queries=(query,))
    )
    (read,) = storage.calls(patient="canary-p")
    storage.close()
    assert read.patient == hashed("Patient", "canary-p")
    engine = create_engine(read_url(url).url, connect_args=dict(read_url(url).arguments))
    with engine.connect() as connection:
        rows = [
            row
            for table in ("calls", "cards", "feedback", "seen_tokens")
            for row in connection.execute(text(f"SELECT * FROM {table}")).all()
        ]
    engine.dispose()
    assert len(rows) == 3
    assert "canary" not in str(rows)


def test_hash_is_a_valid_fhir_id_and_always_the_same() -> None:
    assert HashedIds(KEY).patient("p-1") == PATIENT
    assert len(PATIENT) == 64
    assert HashedIds(KEY[::-1]).patient("p-1") != PATIENT


@pytest.mark.parametrize(
    ("user", "stored"),
    [
        ("Practitioner/p-1", "Practitioner/p-1"),
        ("PractitionerRole/r-1", "PractitionerRole/r-1"),
        ("Patient/p-1", f"Patient/{PATIENT}"),
        ("RelatedPerson/r-1", f"RelatedPerson/{hashed('RelatedPerson', 'r-1')}"),
        (None, None),
    ],
)
def test_user_is_named_unless_it_is_the_patient_or_a_relative(user: str | None, stored: str | None) -> None:
    assert HashedIds(KEY).stored(call_record(user=user)).user == stored


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("Patient/p-1", f"Patient/{PATIENT}"),
        ("Condition?patient=p-1", f"Condition?patient={PATIENT}"),
        ("Condition?subject=Patient/p-1&_count=200", f"Condition?subject=Patient/{PATIENT}&_count=200"),
        ("Condition?subject=Patient%2Fp-1", f"Condition?subject=Patient%2F{PATIENT}"),
        ("Observation?patient=p-1,p-1", f"Observation?patient={PATIENT},{PATIENT}"),
        ("Observation?encounter=Encounter/e-1", f"Observation?encounter=Encounter/{ENCOUNTER}"),
        ("Observation?patient=p-12", "Observation?patient=p-12"),
        ("Observation?patient=xp-1", "Observation?patient=xp-1"),
    ],
)
def test_ids_in_queries_are_hashed_as_whole_words(query: str, stored: str) -> None:
    record = call_record(queries=(FhirQuery("https://fhir.example.org", query, 200, 1.0),))
    assert HashedIds(KEY).stored(record).queries[0].query == stored


def test_call_without_patient_is_no_trouble() -> None:
    record = call_record(patient=None, encounter=None, user=None)
    assert HashedIds(KEY).stored(record) == record


@pytest.mark.parametrize(("content", "says"), [(b"short", "holds 5 bytes"), (None, "cannot be read")])
def test_key_that_is_missing_or_short_is_refused(content: bytes | None, says: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    settings = DatabaseSettings(url=f"sqlite:///{tmp_path}/records.db", patient_ids="hashed", patient_ids_key_file=file)
    with pytest.raises(StorageError, match=f"{says}.*openssl rand"):
        Storage.open(settings)


def test_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="patient_ids_key_file"):
        Storage.open(DatabaseSettings(url=f"sqlite:///{tmp_path}/records.db", patient_ids="hashed"))
