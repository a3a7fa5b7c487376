"""Which actions a named event concerns: those whose own or inherited trigger names it, and what is above them."""

from __future__ import annotations

from plandefinitions.apply.content.model import Action
from plandefinitions.apply.evaluation import Evaluator


class Triggers:
    """Answers for one event; None concerns every action."""

    def __init__(self, evaluator: Evaluator, event: str | None) -> None:
        self._evaluator = evaluator
        self._event = event

    def concern(self, action: Action) -> bool:
        """Is the action, or one below it, to be judged?"""
        if self._event is None:
            return True
        return self._named(action) or any(self.concern(child) for child in action.children)

    def _named(self, action: Action) -> bool:
        for one in action.triggers or ():
            if one.name != self._event:
                continue
            if one.condition is None:
                return True
            if self._evaluator.evaluate(one.condition, {"action": action.raw, "resource": None}).truth[0] == "true":
                return True
        return False
