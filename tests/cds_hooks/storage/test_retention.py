"""Records are deleted when their time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cds_hooks.settings.parts import DatabaseSettings
from cds_hooks.storage import Purged, Retention, Storage, deletion
from cds_hooks.storage.errors import StorageUnavailable
from tools.crash.records import call_record, card_shown, feedback

DAY = timedelta(days=1)


@pytest.fixture
def keeping(url: str) -> Iterator[Storage]:
    """Keeps audit records for 10 days, and cards and feedback for 100."""
    storage = Storage.open(DatabaseSettings(url=url, audit_days=10, feedback_days=100))
    yield storage
    storage.close()


def test_each_kind_has_its_own_time(keeping: Storage) -> None:
    now = datetime.now(UTC)
    card = card_shown()
    keeping.record_call(call_record(at=now, cards=(card,)))
    keeping.record_feedback([feedback(card.uuid)])
    keeping.first_use("issuer", "jti", now + DAY)

    assert keeping.purge(now) == Purged(0, 0, 0, 0)
    assert keeping.purge(now + 9 * DAY) == Purged(calls=0, cards=0, feedback=0, tokens=1)
    assert keeping.purge(now + 11 * DAY) == Purged(calls=1, cards=0, feedback=0, tokens=0)
    (outcome,) = keeping.outcomes()
    assert outcome.shown is not None  # rates can be told without the audit trail
    assert keeping.purge(now + 101 * DAY) == Purged(calls=0, cards=1, feedback=1, tokens=0)


def test_feedback_is_as_old_as_its_arrival_whatever_the_client_says(keeping: Storage) -> None:
    keeping.record_feedback(
        [feedback(at=datetime(1990, 1, 1, tzinfo=UTC)), feedback(at=datetime(2990, 1, 1, tzinfo=UTC))]
    )
    assert keeping.purge(datetime.now(UTC)).feedback == 0
    assert keeping.purge(datetime.now(UTC) + 101 * DAY).feedback == 2


def test_deletion_in_parts_leaves_nothing(keeping: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "BATCH", 4)
    now = datetime.now(UTC)
    for number in range(9):
        keeping.record_call(call_record(at=now - 20 * DAY + timedelta(seconds=number)))
    keeping.record_call(call_record(at=now))
    assert keeping.purge(now).calls == 9
    assert len(list(keeping.calls())) == 1


def test_thread_purges_at_the_start_and_again(keeping: Storage) -> None:
    retention = Retention(keeping, every_seconds=0.05)
    old = datetime.now(UTC) - 20 * DAY
    keeping.record_call(call_record(at=old))
    retention.start()
    await_empty(keeping)
    keeping.record_call(call_record(at=old))
    await_empty(keeping)
    retention.stop()


def test_thread_goes_on_after_a_failure(keeping: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.record_call(call_record(at=datetime.now(UTC) - 20 * DAY))
    purge = keeping.purge
    failures = iter([StorageUnavailable("unreachable"), StorageUnavailable("busy")])

    def failing(now: datetime) -> Purged:
        for failure in failures:
            raise failure
        return purge(now)

    monkeypatch.setattr(keeping, "purge", failing)
    retention = Retention(keeping, every_seconds=0.02)
    retention.start()
    await_empty(keeping)
    retention.stop()


def await_empty(storage: Storage) -> None:
    deadline = time.monotonic() + 10
    while list(storage.calls()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
