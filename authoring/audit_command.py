"""``sarcoma-cds audit``: the audit trail of the service."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from authoring.database import DatabaseProblem, add_options, guarded, opened, settings_of, span_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand ``export``."""
    commands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    export = "FHIR R4 AuditEvents (IHE BALP), one JSON object a line; they name patients and users"
    made = commands.add_parser("export", help=export, description=export)
    add_options(made)
    made.add_argument("--patient", metavar="ID", help="only what concerns this patient")
    made.add_argument("--output", type=Path, metavar="FILE.ndjson", help="the file to write (default: standard output)")
    made.set_defaults(run=lambda options: guarded("audit", run_export, options))


def run_export(options: argparse.Namespace) -> int:
    """Write the events of the calls in the time. Raises ``DatabaseProblem``."""
    from cds_hooks.audit.events import AuditEvents

    span, settings = span_of(options), settings_of(options)
    events = AuditEvents(settings.base_url, hashed=settings.database.patient_ids == "hashed")
    with opened(settings) as storage, _output(options.output) as output:
        for call in storage.calls(span.start, span.end, patient=options.patient):
            output.writelines(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in events.of(call))
    return 0


@contextmanager
def _output(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that only its owner can read. Raises ``DatabaseProblem``."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        stream = open(path, "wb", opener=_private)  # noqa: SIM115
    except OSError as error:
        raise DatabaseProblem(f"--output {path}: cannot be written ({error.strerror})") from error
    with stream:
        yield stream


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
