"""``sarcoma-cds cql eval`` and ``sarcoma-cds cql elm``: run or translate one CQL library."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from authoring.files import FileProblem, read_json, read_text
from authoring.values import plain


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two commands to ``sarcoma-cds cql``."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    evaluate = commands.add_parser("eval", help="evaluate a library and print its defines")
    evaluate.add_argument("file", type=Path, metavar="FILE.cql", help="the library (- for standard input)")
    evaluate.add_argument(
        "--data",
        type=Path,
        metavar="BUNDLE.json",
        help="the patient's resources: a FHIR Bundle, a list or one resource",
    )
    evaluate.add_argument(
        "--valuesets", type=Path, metavar="DIR", help="FHIR ValueSet and CodeSystem resources, or Bundles of them"
    )
    evaluate.add_argument(
        "--include", type=Path, metavar="DIR", help="where included libraries lie (default: beside FILE.cql)"
    )
    evaluate.add_argument(
        "--parameters", type=Path, metavar="FILE.json", help="parameter values: an object of name to value"
    )
    evaluate.add_argument("--define", action="append", metavar="NAME", help="only this define (may be repeated)")
    evaluate.add_argument(
        "--now", metavar="DATETIME", help="the moment of evaluation, with its time zone (default: now, UTC)"
    )
    evaluate.add_argument("--trace", action="store_true", help="show why: what each define read and decided")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.set_defaults(run=run_eval)
    elm = commands.add_parser("elm", help="translate a library to ELM JSON")
    elm.add_argument("file", type=Path, metavar="FILE.cql", help="the library (- for standard input)")
    elm.add_argument(
        "--include", type=Path, metavar="DIR", help="where included libraries lie (default: beside FILE.cql)"
    )
    elm.set_defaults(run=run_elm)


def run_eval(options: argparse.Namespace) -> int:
    """Evaluate and print; 1 when the library or its evaluation is wrong, 2 when a file or argument is."""
    from cql import Engine, Library
    from cql.errors import CqlError
    from cql.terminology import Terminology
    from cql.values import DateTime

    try:
        text = read_text(options.file)
        data = read_json(options.data) if options.data else []
        parameters = read_json(options.parameters) if options.parameters else None
        now = DateTime.parse(options.now) if options.now else None
        valuesets = Terminology.from_directory(options.valuesets) if options.valuesets else None
    except (FileProblem, OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        library = Library.from_cql(text, includes=_include_folder(options), name=options.file.stem)
        unknown = [name for name in options.define or () if name not in library.defines]
        if unknown:
            print(
                f"{options.file}: has no define {unknown[0]!r}; it has: {', '.join(library.defines)}", file=sys.stderr
            )
            return 2
        engine = Engine(library, valuesets=valuesets)
        result = engine.evaluate(data, parameters=parameters, now=now, defines=options.define, trace=options.trace)
    except CqlError as error:
        print(error, file=sys.stderr)
        return 1
    shown = [one.render() for one in library.warnings] + [one.render() for one in result.warnings]
    shown += [str(error) for error in result.errors.values()]
    for line in shown:
        print(line, file=sys.stderr)
    _print(dict(result.defines), result, options)
    return 1 if result.errors else 0


def _print(values: dict[str, Any], result: Any, options: argparse.Namespace) -> None:
    if options.json:
        document: dict[str, Any] = {"defines": {name: plain(value) for name, value in values.items()}}
        if options.trace:
            document["trace"] = result.trace.to_json()
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for name, value in values.items():
        print(f"{name}: {json.dumps(plain(value), ensure_ascii=False)}")
    if options.trace:
        print()
        print(result.trace.render(defines=list(values)))


def run_elm(options: argparse.Namespace) -> int:
    """Print the library's ELM; 1 when it does not compile, 2 when the file cannot be read."""
    from cql import Library
    from cql.errors import CqlError

    try:
        text = read_text(options.file)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        library = Library.from_cql(text, includes=_include_folder(options), name=options.file.stem)
    except CqlError as error:
        print(error, file=sys.stderr)
        return 1
    for warning in library.warnings:
        print(warning.render(), file=sys.stderr)
    print(json.dumps(library.to_elm(), indent=2, ensure_ascii=False))
    return 0


def _include_folder(options: argparse.Namespace) -> Path:
    folder: Path = options.include or (Path.cwd() if str(options.file) == "-" else options.file.parent)
    return folder
