"""The plugin that notes which test checks which row, on tests made for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.hooks_conformance.plugin import RESULT_FILE
from tools.hooks_conformance.report import NOT_APPLICABLE, claims_on_page, page, result, results_on_page
from tools.hooks_conformance.requirements import Requirement
from tools.hooks_conformance.run import ROOT

TESTS = """
import pytest

@pytest.mark.requirement("CH-001", "CH-002")
@pytest.mark.parametrize("value", [1, 2])
def test_one(value):
    assert value == 1

@pytest.mark.parametrize("value", [pytest.param(1, marks=pytest.mark.requirement("CH-003")), 2])
def test_two(value):
    pass

@pytest.mark.requirement("CH-004")
def test_three():
    pytest.skip("not here")

@pytest.fixture
def broken():
    raise RuntimeError

@pytest.mark.requirement("CH-005")
def test_four(broken):
    pass

def test_without():
    assert False
"""


def _run(folder: Path, text: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_made.py").write_text(text, encoding="utf-8")
    # fmt: off
    command = [
        sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder),
        "-p", "no:cacheprovider", "-p", "tools.hooks_conformance.plugin", *arguments, str(folder / "test_made.py"),
    ]
    # fmt: on
    environment = {**os.environ, RESULT_FILE: str(folder / "results.json")}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_worst_of_its_cases_is_the_outcome_of_a_test(tmp_path: Path) -> None:
    assert _run(tmp_path, TESTS).returncode == 1
    assert json.loads((tmp_path / "results.json").read_text()) == {
        "CH-001": {"test_made.py::test_one": "failed"},
        "CH-002": {"test_made.py::test_one": "failed"},
        "CH-003": {"test_made.py::test_two": "passed"},
        "CH-004": {"test_made.py::test_three": "skipped"},
        "CH-005": {"test_made.py::test_four": "failed"},
    }


def test_collecting_runs_nothing(tmp_path: Path) -> None:
    assert _run(tmp_path, TESTS, "--collect-only").returncode == 0
    assert json.loads((tmp_path / "results.json").read_text())["CH-001"] == {"test_made.py::test_one": "collected"}


def test_a_row_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = _run(tmp_path, TESTS.replace("CH-003", "CH-999"), "--collect-only")
    assert done.returncode == 4
    assert "there is no requirement CH-999" in done.stderr


def test_the_page_can_be_read_again() -> None:
    rows = [Requirement(f"CH-00{number}", "SHALL", "2.0", "A. One", "Use `a|b`.") for number in range(1, 5)]
    results = {
        "CH-001": {"tests/a/test_x.py::test_one": "passed", "tests/a/test_y.py::test_two": "skipped"},
        "CH-002": {"tests/a/test_x.py::test_one": "failed", "tests/a/test_y.py::test_two": "passed"},
    }
    reasons = {"CH-003": "There is none."}
    text = page(rows, results, reasons)
    assert claims_on_page(text) == {row.id: set(results.get(row.id, ())) for row in rows}
    told = {"CH-001": "passed", "CH-002": "failed", "CH-003": NOT_APPLICABLE, "CH-004": "not checked"}
    assert results_on_page(text) == told == {row.id: result(row, results, reasons) for row in rows}
