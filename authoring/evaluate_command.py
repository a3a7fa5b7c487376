"""``sarcoma-cds evaluate``: one patient's record to cards, as a hook call would answer."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from authoring.card_view import card_lines, decision_lines
from authoring.files import FileProblem, read_json
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
    """What a hook call would bring: the resources, whose they are, the draft orders and the day."""

    resources: Any
    patient: str | None
    drafts: Any
    selections: Any
    as_of: str | None


def run(options: argparse.Namespace) -> int:
    """Print the cards; 1 when the file holds no FHIR resource, 2 when it or an argument cannot be used."""
    try:
        call = _read(options)
    except FileProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    if not _holds_resources(call.resources):
        print(f"{options.bundle}: holds no FHIR resource; give a Bundle or a list of resources", file=sys.stderr)
        return 1
    if options.hook in ORDER_HOOKS and not call.drafts:
        print(f"--hook {options.hook} is about draft orders; give them with --orders FILE", file=sys.stderr)
        return 2
    try:
        facts = map_patient(
            call.resources,
            patient_id=call.patient,
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
        explanation = {
            "facts": facts.to_explanation(),
            "recommendations": decisions.to_explanation(),
            "cards": cards,
        }
        print(json.dumps(explanation, indent=2, ensure_ascii=False))
        return
    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
    for card in cards:
        print("\n".join(card_lines(card, width)), end="\n\n")
    if not cards:
        print("No card.\n")
    print("\n".join(decision_lines(decisions, width)))


def _read(options: argparse.Namespace) -> _Call:
    content = read_json(options.bundle)
    context: Mapping[str, Any] = {}
    as_of = options.as_of
    if isinstance(content, dict) and "bundle" in content and "hooks" in content:  # a demo patient
        context = _mapping(_mapping(content["hooks"], options.hook), "context")
        as_of = as_of or content.get("as_of")
        content = content["bundle"]
    if options.orders is not None:
        orders = read_json(options.orders)
        context = orders if isinstance(orders, dict) and "draftOrders" in orders else {"draftOrders": orders}
    patient = options.patient or context.get("patientId")
    return _Call(content, patient, context.get("draftOrders"), context.get("selections"), as_of)


def _mapping(holder: Any, key: str) -> Mapping[str, Any]:
    found = holder.get(key) if isinstance(holder, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _holds_resources(content: Any) -> bool:
    if isinstance(content, dict):
        return isinstance(content.get("resourceType"), str)
    return isinstance(content, list) and any(isinstance(item, dict) for item in content)
