"""``sarcoma-cds test``: the guideline's own test cases, and which criteria they tried in which state."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plandefinitions.guideline.cases import Coverage, Outcome


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sarcoma-cds test``."""
    parser.add_argument(
        "directory", type=Path, nargs="?", metavar="DIR", help="the guideline (default: the one of this product)"
    )
    parser.add_argument("--entry", action="append", metavar="ID", help="only this entry (may be repeated)")
    parser.add_argument("--verbose", action="store_true", help="name the cases that passed, too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the cases; 1 when one fails or the content is wrong, 2 when the call is."""
    from plandefinitions.guideline import Guideline, GuidelineSettings
    from plandefinitions.guideline.cases import coverage, read_cases, run_case
    from plandefinitions.guideline.errors import ContentError
    from plandefinitions.guideline.settings import CONTENT

    directory = options.directory or CONTENT
    if not directory.is_dir():
        print(f"{directory}: there is no such directory", file=sys.stderr)
        return 2
    try:
        guideline = Guideline.load(GuidelineSettings(content=directory))
        entries = [one for one in guideline.entries if not options.entry or one.id in options.entry]
        unknown = set(options.entry or ()) - {one.id for one in entries}
        if unknown:
            print(f"{directory}: there is no entry {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        outcomes = [run_case(guideline, case) for entry in entries for case in read_cases(entry)]
    except ContentError as problem:
        print(problem, file=sys.stderr)
        return 1
    _print_outcomes(outcomes, verbose=options.verbose)
    _print_coverage(coverage(outcomes))
    without = [one.id for one in entries if one.id not in {outcome.case.entry for outcome in outcomes}]
    if without:
        print(f"entries without cases: {', '.join(without)}")
    failed = sum(1 for one in outcomes if one.faults)
    print(f"{len(outcomes)} cases, {failed} failed")
    return 1 if failed else 0


def _print_outcomes(outcomes: list[Outcome], *, verbose: bool) -> None:
    for one in outcomes:
        if one.faults:
            print(f"FAILED {one.case.entry}: {one.case.name} ({one.case.file})")
            for fault in one.faults:
                print(f"    {fault}")
        elif verbose:
            print(f"passed {one.case.entry}: {one.case.name}")


def _print_coverage(found: tuple[Coverage, ...]) -> None:
    lacking = [one for one in found if one.lacking]
    for one in lacking:
        print(f"not covered {one.entry}: {one.criterion} ({one.role}) was never {' nor '.join(one.lacking)}")
    if found:
        print(f"{len(found) - len(lacking)} of {len(found)} criteria were both met and not met")
