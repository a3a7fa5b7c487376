"""Some hundred mutated requests; ``python -m tools.mutate`` sends thousands."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tools.mutate.run import HANG_SECONDS, run
from tools.mutate.tree import mutated


@pytest.fixture
def deep() -> Iterator[None]:
    """Room for comparing what is nested deeply."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("deep")
def test_mutations_differ_and_leave_the_seed_alone() -> None:
    body = {"a": [1, {"b": "c"}], "resourceType": "Patient", "d": {"e": None}}
    before = copy.deepcopy(body)
    made = [mutated(body, [body], Random(number)) for number in range(200)]
    assert body == before
    assert sum(one != body for one in made) > 180
    assert made[:50] == [mutated(body, [body], Random(number)) for number in range(50)]


def test_no_mutated_request_makes_the_service_fail_or_hang(tmp_path: Path) -> None:
    limit = sys.getrecursionlimit()
    result = run(300, 11, tmp_path)
    assert sys.getrecursionlimit() == limit
    assert result.failed == []
    assert sum(result.statuses.values()) == 300
    assert result.statuses[200] > 50
    assert result.statuses[400] > 30
    assert result.slowest < HANG_SECONDS
