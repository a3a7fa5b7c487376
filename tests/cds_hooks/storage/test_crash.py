"""Acknowledged feedback survives ``kill -9`` (a short run of ``tools.crash``)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Timer
from uuid import uuid4

import pytest

from cds_hooks.feedback.feedback import Feedback
from cds_hooks.storage import Storage
from cds_hooks.storage import storage as storage_module
from cds_hooks.storage.convert import Row, feedback_rows
from tools.crash.__main__ import crash
from tools.crash.postgresql import Cluster
from tools.crash.run import Figures, run


def test_killed_writers_lose_and_double_nothing(url: str) -> None:
    figures = run(url, kills=10)
    assert figures.kills == 10
    assert figures.is_sound, str(figures)


def test_killed_server_loses_and_doubles_nothing(cluster: Cluster) -> None:
    figures = run(cluster.url(), kills=4, crash_server=lambda: crash(cluster), every=2)
    assert figures.server_kills == 2
    assert figures.is_sound, str(figures)


def test_run_notices_a_storage_that_acknowledges_too_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = Storage.record_feedback

    def later(storage: Storage, given: Sequence[Feedback]) -> None:
        Timer(0.05, record, (storage, given)).start()
        time.sleep(0.01)

    monkeypatch.setattr(Storage, "record_feedback", later)
    assert run(f"sqlite:///{tmp_path}/records.db", kills=10).lost > 0


def test_run_notices_a_storage_that_doubles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_other_keys(given: Sequence[Feedback], received: datetime) -> list[Row]:
        return [{**row, "digest": str(uuid4())} for row in feedback_rows(given, received)]

    monkeypatch.setattr(storage_module, "feedback_rows", with_other_keys)
    assert run(f"sqlite:///{tmp_path}/records.db", kills=5).doubled > 0


@pytest.mark.parametrize("faults", [{"lost": 1}, {"doubled": 1}, {"torn": 1}, {"acknowledged": 0}])
def test_run_with_a_fault_is_not_sound(faults: dict[str, int]) -> None:
    sound = {"kills": 1, "server_kills": 0, "acknowledged": 5, "resent": 1, "stored": 6, "lost": 0, "doubled": 0}
    assert Figures(**sound, torn=0, seconds=1.0).is_sound
    assert not Figures(**(sound | {"torn": 0} | faults), seconds=1.0).is_sound
