"""What ``$apply`` gives: the CarePlan, the actions behind it, every decision, every problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from plandefinitions.apply.content.model import Action, Plan
from plandefinitions.apply.evaluation import Truth

Json = dict[str, Any]
Status = Literal["applicable", "not-applicable", "unknown", "error"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong or was left out. ``action`` is the address of the action, ``plan`` its plan's title.

    ``error``: a rule could not be judged or a value not set; ``warning``: something was left out; ``information``:
    noted.
    """

    severity: Literal["error", "warning", "information"]
    message: str
    plan: str
    action: str | None = None


@dataclass(frozen=True, slots=True)
class ConditionOutcome:
    """One condition: its expression, the result, why it is unknown (in words), or the error.

    ``description`` is what the author says of the expression.
    """

    expression: str
    library: str | None
    value: Truth
    reasons: tuple[str, ...] = ()
    error: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an action applies. Actions below one that does not are not judged, and have no decision."""

    plan: str
    address: str
    id: str | None
    label: str
    status: Status
    conditions: tuple[ConditionOutcome, ...]
    values: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> Json:
        """As plain JSON, for an explanation."""
        return {
            "plan": self.plan,
            "action": self.address,
            **({"id": self.id} if self.id else {}),
            "label": self.label,
            "status": self.status,
            "conditions": [_condition_json(one) for one in self.conditions],
            **(
                {"dynamicValues": [{"path": path, "result": value} for path, value in self.values]}
                if self.values
                else {}
            ),
        }


def _condition_json(one: ConditionOutcome) -> Json:
    return {
        "expression": one.expression,
        **({"description": one.description} if one.description else {}),
        **({"library": one.library} if one.library else {}),
        "value": one.value,
        **({"reasons": list(one.reasons)} if one.reasons else {}),
        **({"error": one.error} if one.error else {}),
    }


@dataclass(frozen=True, slots=True)
class AppliedAction:
    """An action that applies: its RequestGroup.action as JSON, the resource made for it, what is below it.

    ``nested`` is the plan that the action's definition is, applied. ``indicator`` is a card indicator set in the way of
    DSTU3. ``do_not_perform``: what it proposes is *not* to do something. ``target``: the reference of an existing
    resource that ``resource`` stands for.
    """

    action: Action
    json: Json
    resource: Json | None
    children: tuple[AppliedAction, ...]
    nested: Applied | None = None
    indicator: str | None = None
    do_not_perform: bool = False
    target: str | None = None

    @property
    def below(self) -> tuple[AppliedAction, ...]:
        """The applicable actions below: its own, then those of the nested plan."""
        return self.children + (self.nested.actions if self.nested else ())


@dataclass(frozen=True, slots=True)
class Applied:
    """The answer. ``care_plan`` contains the RequestGroup, the created resources and the goals.

    ``decisions`` are in the order they were made; ``problems`` say all that is not as the author meant it.
    """

    plan: Plan
    subject: str
    care_plan: Json
    request_group: Json
    actions: tuple[AppliedAction, ...]
    resources: tuple[Json, ...]
    goals: tuple[Json, ...]
    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...]
    versions: Mapping[str, str]

    def decision(self, action: str) -> Decision:
        """The decision about an action, by its id or address. Raises ``KeyError`` when it was not judged."""
        for one in self.decisions:
            if action in (one.id, one.address):
                return one
        raise KeyError(action)

    def walk(self) -> Iterator[AppliedAction]:
        """Every applicable action, in document order."""
        pending = list(reversed(self.actions))
        while pending:
            one = pending.pop()
            yield one
            pending.extend(reversed(one.below))
