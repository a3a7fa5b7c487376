"""``sarcoma-cds preview``: what a draft of a guideline changes, over some patients.

Exit status as of ``diff``: 0 nothing differs, 1 something does, 2 the versions cannot be compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from authoring.files import FileProblem, read_json
from authoring.record_file import RecordFile, read_record

if TYPE_CHECKING:
    from authoring.preview import Call, Difference, Version

_HOOKS = ("patient-view", "order-select", "order-sign", "encounter-start")
_PATIENTS = Path(__file__).resolve().parent.parent / "fixtures" / "patients"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``sarcoma-cds preview``."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="the draft: a guideline's folder")
    parser.add_argument(
        "--against", type=Path, metavar="DIR2", help="what it is compared with (default: the guideline of this product)"
    )
    parser.add_argument(
        "--patient",
        type=Path,
        action="append",
        metavar="BUNDLE.json",
        help="a patient's record (may be repeated; default: the demo patients)",
    )
    parser.add_argument(
        "--hook", metavar="NAME", help="only this hook (default: those told with a demo patient, else patient-view)"
    )
    parser.add_argument("--as-of", metavar="DATE", help="the day of the calls (default: the demo patient's, or today)")
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare and print."""
    from authoring.preview import compare

    try:
        before, after = _versions(options.directory, options.against)
        calls = list(_calls(options))
        found = [one for call in calls if (one := compare(before, after, call)) is not None]
    except (FileProblem, ValueError) as problem:  # of a file, or of the content
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"calls": len(calls), "differences": [one.to_json() for one in found]}, indent=2))
    else:
        print("\n".join(_lines(found, calls)))
    return 1 if found else 0


def _versions(draft: Path, against: Path | None) -> tuple[Version, Version]:
    """(before, after)."""
    from plandefinitions.guideline.settings import CONTENT, holds_guideline

    before = against or CONTENT
    for folder in (draft, before):
        if not folder.is_dir():
            raise FileProblem(f"{folder}: there is no such directory")
    if holds_guideline(draft) != holds_guideline(before):
        raise FileProblem(
            f"{draft} and {before} are not of the same form; name the version to compare with by --against DIR2"
        )
    return _version(before), _version(draft)


def _version(folder: Path) -> Version:
    from authoring.preview import ContentVersion, GuidelineVersion
    from plandefinitions.guideline.settings import holds_guideline

    if holds_guideline(folder):
        return GuidelineVersion(folder)
    content = ContentVersion(folder)
    for one in content.errors:
        print(one.render(), file=sys.stderr)
    return content


def _calls(options: argparse.Namespace) -> Iterator[Call]:
    from authoring.preview import Call

    files = options.patient or sorted(_PATIENTS.glob("*.json"))
    if not files:
        raise FileProblem("there are no demo patients here; name a patient's record by --patient BUNDLE.json")
    for file in files:
        for hook in [options.hook] if options.hook else _hooks(file):
            record = read_record(file, hook)
            fault = record.fault()
            if fault is not None:
                raise FileProblem(f"{file}: {fault}")
            yield Call(file.stem, hook, RecordFile(record.resources, record.context, options.as_of or record.as_of))


def _hooks(file: Path) -> tuple[str, ...]:
    """The hooks told with a demo patient; those of orders only with their draft orders."""
    content = read_json(file)
    told = content.get("hooks") if isinstance(content, dict) and "bundle" in content else None
    found = [one for one in _HOOKS if isinstance(told, dict) and one in told]
    return tuple(found) or ("patient-view",)


def _lines(found: list[Difference], calls: list[Call]) -> Iterator[str]:
    for one in found:
        yield f"{one.call.patient}, {one.call.hook}:"
        yield from (f"  {name}: {before} -> {after}" for name, before, after in one.statuses)
        yield from (f"  {line}" for line in one.card_diff())
        yield ""
    patients = len({one.call.patient for one in found})
    yield f"{patients} of {len({one.patient for one in calls})} patients differ"
