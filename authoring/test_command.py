"""``sarcoma-cds test``: a guideline's own test cases, which conditions they tried, and the CQL they never needed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plandefinitions.apply import Content, Plan

_SHOWN_NAMES = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sarcoma-cds test``."""
    parser.add_argument(
        "directory",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="the guideline, or another's FHIR content (default: the guideline of this product)",
    )
    parser.add_argument("--entry", action="append", metavar="ID", help="only this entry or plan (may be repeated)")
    parser.add_argument("--verbose", action="store_true", help="name the cases that passed, too; list all unused CQL")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Tried:
    """One case that was run: whose it is, and what it got wrong."""

    entry: str
    name: str
    place: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Untried:
    """A condition with the states that no case reached (none: it was tried in all)."""

    entry: str
    condition: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """What is printed. ``unused``: (library, define or function) of what no case needed; None for a part of it."""

    tried: Sequence[_Tried]
    conditions: Sequence[_Untried]
    without: Sequence[str]
    unused: Sequence[tuple[str, str]] | None
    words: tuple[str, str]
    """What conditions are called, and the states they should have had."""


class _CannotRun(Exception):
    """Why there is nothing to report, and the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def run(options: argparse.Namespace) -> int:
    """Run the cases; 1 when one fails or the content is wrong, 2 when the call is."""
    from plandefinitions.guideline.settings import CONTENT, holds_guideline

    directory = options.directory or CONTENT
    if not directory.is_dir():
        print(f"{directory}: there is no such directory", file=sys.stderr)
        return 2
    report: Callable[[Path, list[str] | None], _Report]
    report = _of_guideline if holds_guideline(directory) else _of_content
    try:
        found = report(directory, options.entry)
    except _CannotRun as problem:
        print(problem, file=sys.stderr)
        return problem.status
    _print(found, verbose=options.verbose)
    return 1 if any(one.faults for one in found.tried) else 0


def _of_guideline(directory: Path, wanted: list[str] | None) -> _Report:
    from plandefinitions.guideline import Guideline, GuidelineSettings
    from plandefinitions.guideline.cases import coverage, never_computed, read_cases, run_case
    from plandefinitions.guideline.errors import ContentError

    try:
        guideline = Guideline.load(GuidelineSettings(content=directory))
        entries = [one for one in guideline.entries if not wanted or one.id in wanted]
        _check_names(directory, wanted, [one.id for one in entries])
        cases = {one.id: read_cases(one) for one in entries}
    except ContentError as problem:
        raise _CannotRun(str(problem), 1) from problem
    outcomes = [run_case(guideline, case) for found in cases.values() for case in found]
    return _Report(
        [_Tried(one.case.entry, one.case.name, str(one.case.file), one.faults) for one in outcomes],
        [_Untried(one.entry, f"{one.criterion} ({one.role})", one.lacking) for one in coverage(outcomes)],
        [name for name, found in cases.items() if not found],
        None if wanted else never_computed(guideline, [one.case for one in outcomes]),
        ("criteria", "met and not met"),
    )


def _of_content(directory: Path, wanted: list[str] | None) -> _Report:
    from plandefinitions.apply import load
    from plandefinitions.apply.content.diagnostics import Findings
    from plandefinitions.plan_cases import condition_coverage, never_computed, read_plan_cases, run_plan_case

    loaded = load([directory])
    findings = Findings()
    cases = read_plan_cases(loaded.content, [directory], findings).cases
    errors = [*loaded.errors, *findings.all]
    if errors:
        raise _CannotRun("\n".join(one.render() for one in errors), 1)
    if not loaded.content.plans:
        raise _CannotRun(f"{directory}: holds no PlanDefinition", 1)
    plans = _plans(directory, loaded.content, wanted)
    tested = [one for one in cases if one.plan in plans]
    outcomes = [run_plan_case(loaded.content, case, trace=True) for case in tested]
    return _Report(
        [
            _Tried(one.case.plan.id, one.case.name, f"{one.case.at.file}#{one.case.at.pointer}", one.faults)
            for one in outcomes
        ],
        [_Untried(one.plan, f"{one.label}: {one.expression}", one.lacking) for one in condition_coverage(outcomes)],
        [plan.id for plan in plans if all(case.plan is not plan for case in tested)],
        None if wanted else never_computed(loaded.content, outcomes),
        ("conditions", "true and false"),
    )


def _plans(directory: Path, content: Content, wanted: list[str] | None) -> list[Plan]:
    names = wanted or ()
    plans = [one for one in content.plans if not names or {one.id, one.canonical}.intersection(names)]
    _check_names(directory, wanted, [name for one in plans for name in (one.id, one.canonical)])
    return plans


def _check_names(directory: Path, wanted: list[str] | None, known: Iterable[str]) -> None:
    unknown = set(wanted or ()).difference(known)
    if unknown:
        raise _CannotRun(f"{directory}: there is no entry {', '.join(sorted(unknown))}", 2)


def _print(report: _Report, *, verbose: bool) -> None:
    for one in report.tried:
        if one.faults:
            print(f"FAILED {one.entry}: {one.name} ({one.place})")
            for fault in one.faults:
                print(f"    {fault}")
        elif verbose:
            print(f"passed {one.entry}: {one.name}")
    lacking = [one for one in report.conditions if one.states]
    for untried in lacking:
        print(f"not covered {untried.entry}: {untried.condition} was never {' nor '.join(untried.states)}")
    if report.unused is not None:
        _print_unused(report.unused, verbose=verbose)
    if report.without:
        print(f"entries without cases: {', '.join(report.without)}")
    if report.conditions:
        words, states = report.words
        print(f"{len(report.conditions) - len(lacking)} of {len(report.conditions)} {words} were both {states}")
    failed = sum(1 for one in report.tried if one.faults)
    print(f"{len(report.tried)} cases, {failed} failed")


def _print_unused(unused: Sequence[tuple[str, str]], *, verbose: bool) -> None:
    shown = unused if verbose else unused[:_SHOWN_NAMES]
    for library, name in shown:
        print(f'never computed {library}."{name}"')
    if len(shown) < len(unused):
        print(f"never computed: {len(unused) - len(shown)} more (--verbose lists them)")
