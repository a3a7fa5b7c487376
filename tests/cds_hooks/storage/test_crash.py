"""Acknowledged feedback survives ``kill -9`` (a short run of ``tools.crash``)."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("faults", [{"lost": 1}, {"doubled": 1}, {"torn": 1}, {"acknowledged": 0}])
def test_run_with_a_fault_is_not_sound(faults: dict[str, int]) -> None:
    sound = {"kills": 1, "server_kills": 0, "acknowledged": 5, "resent": 1, "stored": 6, "lost": 0, "doubled": 0}
    assert Figures(**sound, torn=0, seconds=1.0).is_sound
    assert not Figures(**(sound | {"torn": 0} | faults), seconds=1.0).is_sound
