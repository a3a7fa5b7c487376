"""``sarcoma-cds evaluate``: one patient's record to cards, as a hook call would answer."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from authoring.card_view import card_lines, decision_lines
from authoring.files import FileProblem, read_json
from authoring.record_file import RecordFile, read_record
from mappers import PatientFacts, map_patient
from plandefinitions.guideline import Guideline
from plandefinitions.guideline.cards import build_cards
from plandefinitions.guideline.entry import ORDER_HOOKS

_HOOKS = ("patient-view", "order-select", "order-sign", "encounter-start")
_GUIDANCE_URL = "http://127.0.0.1:8000/guidance"
_NARROWEST, _WIDEST = 60, 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "bundle", type=Path, metavar="BUNDLE.json", help="a FHIR Bundle, a list of resources, a demo patient, or -"
    )
    parser.add_argument("--hook", choices=_HOOKS, default="patient-view", help="what happens (default: patient-view)")
    parser.add_argument(
        "--orders", type=Path, metavar="FILE", help="the draft orders: a Bundle, or a hook context with draftOrders"
    )
    parser.add_argument("--patient", metavar="ID", help="whose record, when the bundle holds several patients")
    parser.add_argument("--as-of", metavar="DATE", help="the day of the call (default: today, or the demo patient's)")
    parser.add_argument("--json", action="store_true", help="print the explanation as JSON")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class _Call:
    """What a hook call would bring besides the resources: whose they are, the draft orders and the day."""

    patient: str | None
    drafts: Any
    selections: Any
    as_of: str | None


def run(options: argparse.Namespace) -> int:
    """Print the cards; 1 when the file is no record in FHIR R4, 2 when it or an argument cannot be used."""
    try:
        record, call = _read(options)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    fault = record.fault()
    if fault is not None:
        print(f"{options.bundle}: {fault}", file=sys.stderr)
        return 1
    if options.hook in ORDER_HOOKS and not call.drafts:
        print(f"--hook {options.hook} is about draft orders; give them with --orders FILE", file=sys.stderr)
        return 2
    try:
        patient = record.whose(call.patient)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        facts = map_patient(
            record.resources,
            patient_id=patient,
            drafts=call.drafts or (),
            selections=call.selections,
            as_of=call.as_of,
        )
    except ValueError as error:
        print(f"--as-of {call.as_of}: {error}; give a day such as 2026-11-21", file=sys.stderr)
        return 2
    _print(facts, options)
    return 0


def _print(facts: PatientFacts, options: argparse.Namespace) -> None:
    decisions = Guideline.load().decide(facts, options.hook, datetime.combine(facts.as_of, time(12), UTC))
    cards = build_cards(decisions, _GUIDANCE_URL)
    if options.json:
        explanation: dict[str, Any] = {
            "facts": facts.to_explanation(),
            "recommendations": decisions.to_explanation(),
            "cards": cards,
        }
        if facts.problems:
            explanation["problems"] = [{"reference": one.reference, "reason": one.reason} for one in facts.problems]
        print(json.dumps(explanation, indent=2, ensure_ascii=False))
        return
    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
    for card in cards:
        print("\n".join(card_lines(card, width)), end="\n\n")
    if not cards:
        print("No card.\n")
    print("\n".join(decision_lines(decisions, width)))
    for problem in facts.problems:
        print(f"Not read: {problem.reference}: {problem.reason}")


def _read(options: argparse.Namespace) -> tuple[RecordFile, _Call]:
    record = read_record(options.bundle, options.hook)
    context = record.context
    if options.orders is not None:
        orders = read_json(options.orders)
        context = orders if isinstance(orders, dict) and "draftOrders" in orders else {"draftOrders": orders}
    patient = options.patient or context.get("patientId")
    as_of = options.as_of or record.as_of
    return record, _Call(patient, context.get("draftOrders"), context.get("selections"), as_of)
