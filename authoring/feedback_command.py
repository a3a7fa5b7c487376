"""``sarcoma-cds feedback``: what clinicians did with the cards."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from authoring.database import DatabaseProblem, add_options, guarded, opened, settings_of, span_of
from cds_hooks.settings import Settings

_Row = TypeVar("_Row")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands ``report`` and ``comments``."""
    commands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    report = "how often each recommendation fired, was accepted and overridden, and why"
    made = commands.add_parser("report", help=report, description=report)
    _common(made)
    made.add_argument("--json", action="store_true", help="print the report as JSON")
    made.add_argument("--plot", type=Path, metavar="FILE.svg", help="also draw it")
    made.set_defaults(run=_guarded(run_report))
    comments = "the comments of clinicians, which may name patients: keep them accordingly"
    told = commands.add_parser("comments", help=comments, description=comments)
    _common(told)
    told.set_defaults(run=_guarded(run_comments))


def run_report(options: argparse.Namespace) -> int:
    """Print the report on the cards shown in the time, and draw it if asked to. Raises ``DatabaseProblem``."""
    from cds_hooks.feedback.document import document
    from cds_hooks.feedback.plot import plot
    from cds_hooks.feedback.report import make_report
    from cds_hooks.feedback.table import table

    if options.plot is not None and options.plot.suffix.lower() != ".svg":
        raise DatabaseProblem(f"--plot {options.plot}: the picture is SVG; give a file that ends in .svg")
    span, settings = span_of(options), settings_of(options)
    words = f"{span}, client {options.client}" if options.client else str(span)
    with opened(settings) as storage:
        report = make_report(
            _of_client(storage.calls(span.start, span.end), lambda one: one.client, options.client),
            _of_client(storage.fired(span.start, span.end), lambda one: one.client, options.client),
            _of_client(storage.outcomes(span.start, span.end), lambda one: one.feedback.client, options.client),
            datetime.now(UTC),
            _titles(settings),
        )
    if options.json:
        print(json.dumps(document(report), indent=2, ensure_ascii=False))
    else:
        print("\n".join(table(report, words)))
    if options.plot is not None:
        try:
            options.plot.write_text(plot(report, words), encoding="utf-8")
        except OSError as error:
            raise DatabaseProblem(f"--plot {options.plot}: cannot be written ({error.strerror})") from error
    return 0


def run_comments(options: argparse.Namespace) -> int:
    """Print the comments of the newest feedback on each card shown in the time. Raises ``DatabaseProblem``."""
    from cds_hooks.feedback.printable import printable

    span, settings = span_of(options), settings_of(options)
    with opened(settings) as storage:
        outcomes = storage.outcomes(span.start, span.end)
        for one in _of_client(outcomes, lambda one: one.feedback.client, options.client):
            given = one.feedback
            if given.comment is None:
                continue
            about = ", ".join(name for name, _ in one.shown.recommendations) if one.shown else "card not known"
            heading = f"{given.at:%Y-%m-%d %H:%M} {given.client}, {about}: {given.reason_code or 'no coded reason'}"
            print(printable(heading))
            print("\n".join(f"    {printable(line)}" for line in given.comment.splitlines()))
    return 0


def _common(parser: argparse.ArgumentParser) -> None:
    add_options(parser)
    parser.add_argument("--client", metavar="NAME", help="only what this client was shown")


def _guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    return lambda options: guarded("feedback", run, options)


def _of_client(rows: Iterable[_Row], client_of: Callable[[_Row], str | None], wanted: str | None) -> Iterable[_Row]:
    return rows if wanted is None else (one for one in rows if client_of(one) == wanted)


def _titles(settings: Settings) -> Mapping[str, str]:
    """The titles of recommendations; without content that can be read the report shows their ids."""
    from plandefinitions.guideline.entry import read_entries
    from plandefinitions.guideline.settings import CONTENT

    try:
        if settings.content is not None:
            from cds_hooks.published import PublishedGuidance

            return PublishedGuidance.load(settings.content).titles
        return {entry.id: entry.title for entry in read_entries(settings.guideline or CONTENT)}
    except ValueError as problem:
        print(f"sarcoma-cds feedback: recommendations are shown by id, since {problem}", file=sys.stderr)
        return {}
