"""Options of the commands that read the service's database, and opening it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from cds_hooks.settings import Settings, SettingsError, read_settings
from cds_hooks.storage import Storage, StorageError, StorageUnavailable
from cds_hooks.storage.url import read_url


class DatabaseProblem(Exception):
    """A database that cannot be read; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked for, both included and in UTC; None where there is no bound."""

    since: date | None
    until: date | None

    @property
    def start(self) -> datetime | None:
        """The first moment."""
        return None if self.since is None else datetime.combine(self.since, time(), UTC)

    @property
    def end(self) -> datetime | None:
        """The moment after the last."""
        return None if self.until is None else datetime.combine(self.until, time(), UTC) + timedelta(days=1)

    def __str__(self) -> str:
        bounds = [f"{word} {day}" for word, day in (("from", self.since), ("until", self.until)) if day]
        return f"Cards shown {' '.join(bounds)} (UTC)" if bounds else "All cards shown"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds ``--settings``, ``--database``, ``--since`` and ``--until``."""
    parser.add_argument("--settings", type=Path, metavar="FILE.toml", help="the service's settings")
    parser.add_argument(
        "--database", metavar="URL", help="the database, instead of the settings' (sqlite:///FILE or postgresql://...)"
    )
    parser.add_argument("--since", type=_day, metavar="DAY", help="the first day, such as 2026-11-01 (UTC)")
    parser.add_argument("--until", type=_day, metavar="DAY", help="the last day, included (UTC)")


def span_of(options: argparse.Namespace) -> Span:
    """The days that the options ask for. Raises ``DatabaseProblem`` where they are the wrong way round."""
    span = Span(options.since, options.until)
    if span.since and span.until and span.since > span.until:
        raise DatabaseProblem("--since is after --until; give the earlier day first")
    return span


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings in the file; without one, the defaults. ``--database`` comes first.

    Raises ``DatabaseProblem``.
    """
    # Without a file there are no clients, and the settings would say that nothing can be served.
    given = {} if options.settings else {"demo": True}
    try:
        settings = read_settings(options.settings, given)
    except SettingsError as problem:
        raise DatabaseProblem(str(problem)) from problem
    if options.database is None:
        return settings
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": options.database})})


@contextmanager
def opened(settings: Settings) -> Iterator[Storage]:
    """The database, which must be there: a report makes none. Raises ``DatabaseProblem``."""
    try:
        file = read_url(settings.database.url).file
        if file is not None and not file.exists():
            raise DatabaseProblem(
                f"{file}: there is no database; name the service's with --settings FILE.toml or --database URL"
            )
        storage = Storage.open(settings.database)
    except StorageError as problem:
        raise DatabaseProblem(str(problem)) from problem
    try:
        yield storage
    finally:
        storage.close()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("give a day such as 2026-11-01") from error


def guarded(command: str, run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """The exit status of `run`: 2 where the options or the database are not right, 1 where reading it failed."""
    try:
        return run(options)
    except DatabaseProblem as problem:
        print(f"sarcoma-cds {command}: {problem}", file=sys.stderr)
        return 2
    except StorageUnavailable as problem:
        print(f"sarcoma-cds {command}: the database cannot be read ({problem.reason}); try again", file=sys.stderr)
        return 1
