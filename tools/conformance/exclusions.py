"""The one list of tests that are known not to pass, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from tools.conformance.run import Source

_FILE = Path(__file__).with_name("exclusions.yaml")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A test that does not pass: ``cause`` is a heading of the file, ``sources`` where it does not pass."""

    test: str
    cause: str
    reason: str
    sources: tuple[Source, ...]


def exclusions(source: Source) -> dict[str, Exclusion]:
    """The exclusions that hold for ``source``, by test id."""
    groups = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    rows = (
        Exclusion(row["test"], cause, row["reason"], tuple(row.get("sources", ("text", "elm"))))
        for cause, group in groups.items()
        for row in group
    )
    return {row.test: row for row in rows if source in row.sources}
