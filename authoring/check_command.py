"""``sarcoma-cds check``: validate a folder of guideline content, and print every finding."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sarcoma-cds check``."""
    parser.add_argument("dir", type=Path, nargs="?", metavar="DIR", help="the guideline's files (default: our own)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check and print; 1 when there are errors or nothing to check, 2 when the folder is not there."""
    import plandefinitions
    from plandefinitions.apply import load
    from plandefinitions.apply.content.diagnostics import Findings
    from plandefinitions.plan_cases import read_plan_cases

    folder: Path = options.dir or Path(plandefinitions.__file__).parent / "content"
    if not folder.exists():
        print(f"{folder}: does not exist; give the folder of a guideline", file=sys.stderr)
        return 2
    loaded = load([folder])
    findings = Findings()
    read_plan_cases(loaded.content, [folder], findings)
    diagnostics = (*loaded.diagnostics, *findings.all)
    errors = sum(1 for one in diagnostics if one.severity == "error")
    count = len(loaded.content.plans)
    if options.json:
        listed = [
            {
                "severity": one.severity,
                "code": one.code,
                "message": one.message,
                "file": str(one.file) if one.file else None,
                "pointer": one.pointer,
                "place": one.place,
                "hint": one.hint,
            }
            for one in diagnostics
        ]
        document = {"plans": [one.canonical for one in loaded.content.plans], "refused": list(loaded.content.refused)}
        print(json.dumps({**document, "findings": listed}, indent=2, ensure_ascii=False))
    else:
        for one in diagnostics:
            print(one.render())
        print(
            f"{folder}: {count} plans valid, {len(loaded.content.refused)} refused; "
            f"{errors} errors, {len(diagnostics) - errors} warnings"
        )
    if not count and not errors:
        print(f"{folder}: holds no PlanDefinition", file=sys.stderr)
    return 1 if errors or not count else 0
