"""The tests of the suite, as data."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUITE = Path(
    os.environ.get(
        "CQL_CONFORMANCE_SUITE",
        Path(__file__).resolve().parents[3] / "shared" / "conformance" / "cql" / "tests.json.gz",
    )
)


@dataclass(frozen=True, slots=True)
class SuiteTest:
    """One expression of the suite with what it must give.

    ``elm`` and ``expected_elm`` are the official translator's libraries with the define ``Test``; ``elm`` is None where
    that translator refused the expression, ``expected_elm`` is None where the suite wants an error (``invalid``).
    """

    file: str
    group: str
    name: str
    expression: str
    expected: str | None
    invalid: bool
    elm: dict[str, Any] | None
    expected_elm: dict[str, Any] | None

    @property
    def id(self) -> str:
        """``CqlListOperatorsTest/Skip/SkipNull``: unique within the suite."""
        return f"{self.file.removesuffix('.xml')}/{self.group}/{self.name}"


def load(path: Path = SUITE) -> tuple[SuiteTest, ...]:
    """Every test of the suite. Raises ``FileNotFoundError`` where the suite is not on this machine."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = json.load(stream)
    return tuple(_test(row) for row in rows)


def _test(row: dict[str, Any]) -> SuiteTest:
    actual, expected = row["actual"], row.get("exp")
    return SuiteTest(
        file=row["file"],
        group=row["group"],
        name=row["name"],
        expression=row["expr"],
        expected=row["expected"],
        invalid=row["invalid"] is not None and expected is None,
        elm=None if actual["errors"] else actual["elm"],
        expected_elm=expected["elm"] if expected else None,
    )
