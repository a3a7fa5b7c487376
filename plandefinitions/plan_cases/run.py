"""Running a case: the plan is applied as a hook call would have it applied, and the answer is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cql.errors import CqlError
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.model import Plan
from plandefinitions.apply.engine import Application
from plandefinitions.apply.evaluation import Evaluator
from plandefinitions.apply.hook_call import hook_request
from plandefinitions.apply.outcome import Applied
from plandefinitions.apply.request import ApplyProblem
from plandefinitions.cards import cards_of
from plandefinitions.plan_cases.case_files import NOT_JUDGED, PlanCase

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """What a case gave: nothing when the call could not be answered. ``faults`` are sentences, none when it passed.

    ``computed``: (library, define or function) of what was computed; empty unless the case was traced.
    """

    case: PlanCase
    applied: Applied | None
    faults: tuple[str, ...]
    computed: frozenset[tuple[str, str]] = frozenset()


def run_plan_case(content: Content, case: PlanCase, *, trace: bool = False) -> PlanOutcome:
    """Apply the case's plan to its patient and compare. Never raises for what the content or the case has wrong."""
    try:
        request = hook_request(
            case.resources, hook=case.hook, subject=case.subject, context=case.context, now=case.now, trace=trace
        )
        evaluator = Evaluator(content, request, content.parameters.of(case.plan))
        applied = Application(evaluator, request).run(case.plan)
        cards = [one.json for one in cards_of(applied, terminology=content.terminology)]
    except (ApplyProblem, CqlError) as problem:
        return PlanOutcome(case, None, (f"the plan cannot be applied: {problem}",))
    computed = evaluator.computed() if trace else frozenset()
    return PlanOutcome(case, applied, tuple(_faults(case, applied, cards)), computed)


def _faults(case: PlanCase, applied: Applied, cards: list[dict[str, Any]]) -> Iterator[str]:
    for name, expected in case.actions.items():
        found = _status(applied, case.plan, name)
        if found != expected:
            yield f"action {name}: expected {expected}, found {found}"
    errors = [one.message for one in applied.problems if one.severity == "error"]
    for words in case.problems:
        if not any(words in one for one in errors):
            yield f"problems: none has {words!r}; there are: {errors}"
    yield from (f"problem: {one}" for one in errors if not any(words in one for words in case.problems))
    if case.cards is None:
        return
    if len(cards) != len(case.cards):
        yield f"cards: expected {len(case.cards)}, found {[one['summary'] for one in cards]}"
        return
    for number, (card, wanted) in enumerate(zip(cards, case.cards, strict=True)):
        yield from (f"card {number}: {fault}" for fault in _card_faults(card, wanted))


def _status(applied: Applied, plan: Plan, name: str) -> str:
    try:
        return applied.decision(name).status
    except KeyError:
        return NOT_JUDGED if name in _names(plan) else "no such action"


def _names(plan: Plan) -> Iterator[str | None]:
    for top in plan.actions:
        for one in top.walk():
            yield from (one.id, one.address)
            if isinstance(one.definition, Plan):
                yield from _names(one.definition)


def _card_faults(card: Json, wanted: Json) -> Iterator[str]:
    for name, text in (
        ("summary", card["summary"]),
        ("detail", card.get("detail", "")),
        ("source", card["source"]["label"]),
    ):
        if str(wanted.get(name, "")) not in text:
            yield f"{name}: {wanted[name]!r} is not in {text!r}"
    if wanted.get("indicator", card["indicator"]) != card["indicator"]:
        yield f"indicator: expected {wanted['indicator']}, found {card['indicator']}"
    if "suggestions" in wanted:
        labels = [str(one["label"]) for one in card.get("suggestions", ())]
        expected = [str(one) for one in wanted["suggestions"]]
        if len(labels) != len(expected) or any(part not in label for part, label in zip(expected, labels, strict=True)):
            yield f"suggestions: expected {expected}, found {labels}"
