"""The page: requirement, level, tests, result."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby

from tools.hooks_conformance.requirements import Requirement
from tools.hooks_conformance.run import ROOT, Results

PAGE = ROOT / "docs" / "cds-hooks-conformance.md"
NOT_APPLICABLE = "not applicable"

_INTRODUCTION = """\
# Conformance to CDS Hooks

What CDS Hooks 2.0.1 asks of a service, with the parts of the 3.0 ballot that do no harm, the contexts of the CDS Hooks
Library, and rules of practice (level PRACTICE); and for each row the tests that check it. Written by
`python -m tools.hooks_conformance`, which runs these tests; do not edit.
"""
_ROW = re.compile(r"^\| (CH-\d{3}) \| .* \| ([^|]*) \| ([a-z ]+) \|$", re.MULTILINE)
_LINK = re.compile(r"\[`(\w+)`\]\(\.\./([^)]+)\)")


def result(requirement: Requirement, results: Results, reasons: Mapping[str, str]) -> str:
    """What a row came to: as its tests did, the worst of them; skipped ones count only where there is no other."""
    outcomes = set(results.get(requirement.id, {}).values())
    for outcome in ("failed", "passed", "skipped", "collected"):
        if outcome in outcomes:
            return outcome
    return NOT_APPLICABLE if requirement.id in reasons else "not checked"


def page(requirements: Iterable[Requirement], results: Results, reasons: Mapping[str, str]) -> str:
    """The whole page."""
    rows = list(requirements)
    counts = Counter(result(row, results, reasons) for row in rows)
    parts = [_INTRODUCTION, _summary(counts, len(rows))]
    for section, members in groupby(rows, key=lambda row: row.section):
        lines = [_row(row, results, reasons) for row in members]
        head = ["| row | level | since | requirement | tests, or why not applicable | result |"]
        parts.append("\n".join([f"## {section}", "", *head, "| --- " * 6 + "|", *lines]) + "\n")
    return "\n".join(parts)


def claims_on_page(text: str) -> dict[str, set[str]]:
    """The tests that the page names for each row, as ``path::name``."""
    return {found[1]: {f"{path}::{name}" for name, path in _LINK.findall(found[2])} for found in _ROW.finditer(text)}


def results_on_page(text: str) -> dict[str, str]:
    """The result that the page gives for each row."""
    return {found[1]: found[3] for found in _ROW.finditer(text)}


def _summary(counts: Counter[str], rows: int) -> str:
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    return f"{rows} rows: {told}.\n"


def _row(row: Requirement, results: Results, reasons: Mapping[str, str]) -> str:
    tests = "<br>".join(_link(test) for test in sorted(results.get(row.id, ())))
    cells = (
        row.id,
        row.level,
        row.version,
        row.requirement.replace("|", "\\|"),
        tests or reasons.get(row.id, ""),
        result(row, results, reasons),
    )
    return f"| {' | '.join(cells)} |"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[`{name}`](../{path})"
