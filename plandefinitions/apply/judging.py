"""Does an action apply? Its applicability conditions, all of which must be true (R4,
PlanDefinition.action.condition).
"""

from __future__ import annotations

from plandefinitions.apply.content.model import Action, Plan
from plandefinitions.apply.evaluation import Evaluator, Truth
from plandefinitions.apply.outcome import ConditionOutcome, Decision, Status
from plandefinitions.apply.request import Request


def judge(action: Action, plan: Plan, evaluator: Evaluator, request: Request) -> tuple[Decision, list[str]]:
    """The decision, and the errors met. False settles it, whatever is unknown beside it."""
    found: list[ConditionOutcome] = []
    errors: list[str] = []
    if action.subject_type != request.subject_type:
        message = f"{action.label} is about a {action.subject_type}, but the subject is {request.subject}"
        return Decision(plan.canonical, action.address, action.id, action.label, "error", ()), [message]
    for one in action.conditions:
        if one.kind != "applicability" or one.expression is None:
            continue
        outcome = evaluator.evaluate(one.expression, {"action": action.raw, "resource": None})
        truth, error = outcome.truth
        reasons = evaluator.reasons(outcome.computed) if truth == "unknown" else ()
        if error is not None:
            errors.append(f"{action.label} could not be judged: {error}")
        bound = outcome.computed
        found.append(ConditionOutcome(bound.text, bound.library, truth, reasons, error, bound.description))
    status: Status = _status([one.value for one in found], bool(errors))
    return Decision(plan.canonical, action.address, action.id, action.label, status, tuple(found)), errors


def _status(values: list[Truth], has_errors: bool) -> Status:
    if "false" in values:
        return "not-applicable"
    if has_errors:
        return "error"
    return "unknown" if "unknown" in values else "applicable"
