"""The pytest plugin: keeps the tests that carry the marker, and notes what each of them checked and came to."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import orjson
import pytest

from tools.hooks_conformance.requirements import requirements

MARKER = "requirement"
RESULT_FILE = "SARCOMA_CDS_CONFORMANCE_RESULT"
"""The environment variable that names the file to write to: ``{requirement: {test: outcome}}``."""

_WORST_FIRST = ("failed", "passed", "skipped", "collected")

_claims: dict[str, list[str]] = {}
_outcomes: dict[str, str] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drops tests without the marker. Raises ``pytest.UsageError`` for a marker that names no requirement."""
    known = requirements()
    kept = []
    for item in items:
        ids = [one for marker in item.iter_markers(MARKER) for one in marker.args]
        unknown = sorted(set(ids) - known.keys())
        if unknown:
            raise pytest.UsageError(f"{item.nodeid}: there is no requirement {', '.join(unknown)}")
        if ids:
            kept.append(item)
            _claims[item.nodeid] = ids
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in _claims])
    items[:] = kept


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes the outcome of a test; a failing fixture fails it."""
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = _worse(report.outcome, _outcomes.get(report.nodeid, "collected"))


def pytest_sessionfinish() -> None:
    """Writes the file. The cases of a parametrised test are one test, whose outcome is the worst of theirs."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for nodeid, ids in _claims.items():
        test = nodeid.partition("[")[0]
        for one in ids:
            found[one][test] = _worse(_outcomes.get(nodeid, "collected"), found[one].get(test, "collected"))
    Path(os.environ[RESULT_FILE]).write_bytes(orjson.dumps(found))


def _worse(first: str, second: str) -> str:
    return min(first, second, key=_WORST_FIRST.index)
