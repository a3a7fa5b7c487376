"""``sarcoma-cds facts``: the facts of one patient, with the evidence behind each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from authoring.files import FileProblem
from authoring.record_file import read_record
from mappers import Fact, PatientFacts, map_patient


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "bundle", type=Path, metavar="BUNDLE.json", help="a FHIR Bundle, a list of resources, a demo patient, or -"
    )
    parser.add_argument("--patient", metavar="ID", help="whose facts, when the bundle holds several patients")
    parser.add_argument("--as-of", metavar="DATE", help="the day of the call (default: today, or the demo patient's)")
    parser.add_argument("--json", action="store_true", help="print the explanation and the problems as JSON")
    parser.add_argument("--observations", action="store_true", help="print the facts as FHIR Observations (JSON)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the facts; 1 when the file is no record in FHIR R4, 2 when it or an argument cannot be used."""
    try:
        record = read_record(options.bundle)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    fault = record.fault()
    if fault is not None:
        print(f"{options.bundle}: {fault}", file=sys.stderr)
        return 1
    as_of = options.as_of or record.as_of
    try:
        patient = record.whose(options.patient)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        found = map_patient(record.resources, patient_id=patient, as_of=as_of)
    except ValueError as error:
        print(f"--as-of {as_of}: {error}; give a day such as 2026-11-21", file=sys.stderr)
        return 2
    if options.observations:
        print(json.dumps(found.observations(), indent=2, ensure_ascii=False))
    elif options.json:
        problems = [{"reference": p.reference, "reason": p.reason} for p in found.problems]
        print(json.dumps({"facts": found.to_explanation(), "problems": problems}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(_table(found)))
    return 0


def _table(found: PatientFacts) -> Iterable[str]:
    """One line for each fact, its evidence below it; facts with nothing on record in one line at the end."""
    width = max(len(key) for key in found.facts)
    silent: list[str] = []
    for key, fact in found.facts.items():
        if fact.value in (None, "none", [], {}) and not fact.evidence:
            silent.append(f"{key} ({'none on record' if fact.status == 'known' else 'unknown'})")
            continue
        shown = _words(fact)
        yield f"{key:<{width}}  {shown}" + (f"  [{fact.status}]" if fact.status != "known" else "")
        for item in fact.evidence:
            dated = f", {item.date}" if item.date else ""
            words = f': "{item.words}"' if item.words else ""
            yield f"{'':<{width}}    {item.reference} ({item.rule}{dated}){words}"
    if silent:
        yield ""
        yield "Nothing read for: " + ", ".join(silent)
    for problem in found.problems:
        yield f"Not read: {problem.reference}: {problem.reason}"


def _words(fact: Fact) -> str:
    if fact.value is None:
        return "-"
    if isinstance(fact.value, str):
        return fact.value
    return json.dumps(fact.value, ensure_ascii=False)
