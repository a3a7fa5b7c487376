"""dynamicValues of one action: each computed and set, in order (R4, PlanDefinition.action.dynamicValue)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from cql.data.element import FhirElement
from plandefinitions.apply.content.model import DynamicValue
from plandefinitions.apply.evaluation import Evaluator
from plandefinitions.apply.values.writing import WriteProblem, write

Json = dict[str, Any]
Severity = Literal["error", "information"]


@dataclass(slots=True)
class Setting:
    """What is being customised: the RequestGroup.action, the resource it proposes, a card indicator.

    ``told`` has (path, set | unknown | error) for each value; ``problems`` what went wrong or was unknown.
    """

    action: Json
    resource: Json | None = None
    indicator: str | None = None
    told: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[Severity, str]] = field(default_factory=list)

    def run(
        self, values: Iterable[DynamicValue], evaluator: Evaluator, definition: Mapping[str, Any] | None = None
    ) -> None:
        """Compute and set each value of ``definition``, or of the action itself. Null leaves its target as it is."""
        for one in values:
            scope = {"action": self.action, "resource": self.resource}
            outcome = evaluator.evaluate(one.expression, scope, definition or self.action)
            if outcome.error is not None:
                self._tell(one, "error", f"{one.path.text} is not set: {outcome.error}")
            elif outcome.value is None:
                self._tell(one, "unknown", f"{one.path.text} is not set: {one.expression.text!r} is unknown")
            else:
                self._set(one, outcome.value)

    def _tell(self, one: DynamicValue, result: Literal["error", "unknown"], message: str) -> None:
        self.told.append((one.path.text, result))
        self.problems.append(("error" if result == "error" else "information", message))

    def _set(self, one: DynamicValue, value: Any) -> None:
        try:
            if one.path.root == "indicator":
                self.indicator = str(value.value if isinstance(value, FhirElement) else value)
            elif one.path.root == "action":
                self.action = write(self.action, "RequestGroup.action", one.path, value)
            elif one.path.steps:
                if self.resource is None:
                    raise WriteProblem(f"{one.path.text}: there is no resource to write to")
                self.resource = write(self.resource, str(self.resource["resourceType"]), one.path, value)
            else:
                self.resource = _whole(one, value)
        except WriteProblem as problem:
            self._tell(one, "error", str(problem))
        else:
            self.told.append((one.path.text, "set"))


def _whole(one: DynamicValue, value: Any) -> Json:
    """``$this``: the value is the resource."""
    whole = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(whole, dict) or "resourceType" not in whole:
        raise WriteProblem(f"{one.path.text}: the whole resource is wanted, not {type(value).__name__}")
    return deepcopy(whole)
