"""``sarcoma-cds serve``: the CDS Hooks service."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``sarcoma-cds serve``."""
    parser.add_argument("--settings", type=Path, metavar="FILE.toml", help="settings; the options here come first")
    parser.add_argument("--host", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="the port to listen on (default: 8000)")
    parser.add_argument("--workers", type=int, metavar="N", help="worker processes (default: 1)")
    parser.add_argument(
        "--demo",
        action="store_true",
        default=None,
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
    """Serve until stopped; 1 when the content is not valid, 2 when the settings must not be run with."""
    from cds_hooks.settings import SettingsError, check_address, check_certificate, read_settings

    given = {
        name: getattr(options, name)
        for name in ("host", "port", "workers", "demo", "content")
        if getattr(options, name) is not None
    }
    try:
        settings = read_settings(options.settings, given)
        check_certificate(settings)
        check_address(settings)
    except SettingsError as problem:
        print(f"sarcoma-cds serve: {problem}", file=sys.stderr)
        return 2
    gc.disable()  # most of a start is loading modules; the server has it on again once it serves
    from cds_hooks.server import run

    try:
        run(settings)
    except ValueError as problem:  # the content's, or a setting's that only the content can judge
        print(f"sarcoma-cds serve: {problem}", file=sys.stderr)
        return 1
    return 0
