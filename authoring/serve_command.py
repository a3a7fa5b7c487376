"""``sarcoma-cds serve``: the CDS Hooks service."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``sarcoma-cds serve``."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="the port to listen on (default: 8000)")
    parser.add_argument("--workers", type=_positive, default=1, metavar="N", help="worker processes (default: 1)")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="also sample patients and their pages; without authentication, so on this machine only",
    )
    parser.add_argument(
        "--content",
        type=Path,
        metavar="DIR",
        help="serve another guideline: a folder with PlanDefinition, ActivityDefinition, Library, ValueSet as JSON",
    )
    parser.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace) -> int:
    """Serve until stopped; 2 when the settings must not be run with."""
    from cds_hooks.server import run
    from cds_hooks.settings import Settings, SettingsError

    try:
        settings = Settings(
            host=options.host,
            port=options.port,
            workers=options.workers,
            demo=options.demo,
            content=options.content,
            allowed_origins=("*",) if options.demo else (),
        )
    except SettingsError as problem:
        print(f"sarcoma-cds serve: {problem}", file=sys.stderr)
        return 2
    run(settings)
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("must be between 1 and 65535")
    return number
