"""Collecting, or running, the tests that carry the marker."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import orjson

from tools.hooks_conformance.plugin import RESULT_FILE

ROOT = Path(__file__).resolve().parents[2]

Results = Mapping[str, Mapping[str, str]]
"""By requirement: its tests with their outcomes (passed, failed, skipped; collected when none was run)."""


_MARK = "pytest.mark.requirement("
_SAID = 30
"""Lines at the end of what pytest says that tell what is wrong."""


class CollectionError(RuntimeError):
    """The tests could not be collected; the message is what pytest said at the end."""


def run(*arguments: str) -> Results:
    """What the marked tests came to; with ``--collect-only``, which there are. Raises ``CollectionError``."""
    files = sorted(
        str(path) for path in (ROOT / "tests").rglob("test_*.py") if _MARK in path.read_text(encoding="utf-8")
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        # fmt: off
        command: list[str] = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tools.hooks_conformance.plugin",
            *arguments, *sorted(files),
        ]
        # fmt: on
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, RESULT_FILE: str(path)}, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1) or not path.exists():
            raise CollectionError("\n".join([*done.stdout.splitlines()[-_SAID:], done.stderr]))
        if done.returncode == 1:
            print(done.stdout, file=sys.stderr)
        found: Results = orjson.loads(path.read_bytes())
        return found
