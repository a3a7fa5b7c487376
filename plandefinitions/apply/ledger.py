"""What one answer gathers while it is made: identities, created resources, decisions, problems."""

from __future__ import annotations

import re
from typing import Any, Literal

from plandefinitions.apply.content.model import Action, Plan
from plandefinitions.apply.outcome import Decision, Problem

Json = dict[str, Any]


class Ledger:
    """The records of one answer."""

    def __init__(self) -> None:
        self.resources: list[Json] = []
        self.goals: list[Json] = []
        self.decisions: list[Decision] = []
        self.versions: dict[str, str] = {}
        self._problems: dict[Problem, None] = {}
        self._ids: set[str] = set()

    def identity(self, base: str) -> str:
        """An id unique within the answer."""
        stem = re.sub(r"[^A-Za-z0-9\-.]+", "-", base).strip("-")[:56] or "resource"
        identity, number = stem, 2
        while identity in self._ids:
            identity, number = f"{stem}-{number}", number + 1
        self._ids.add(identity)
        return identity

    def problem(
        self,
        severity: Literal["error", "warning", "information"],
        message: str,
        plan: Plan,
        action: Action | None = None,
    ) -> None:
        """Record a problem, once."""
        self._problems[Problem(severity, message, plan.title, action.address if action else None)] = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, in the order they were met."""
        return tuple(self._problems)

    def messages(self) -> Json | None:
        """The problems as an OperationOutcome; None when there are none."""
        issues = [
            {
                "severity": one.severity,
                "code": "informational" if one.severity == "information" else "processing",
                "diagnostics": f"{one.plan}{f' ({one.action})' if one.action else ''}: {one.message}",
            }
            for one in self._problems
        ]
        return (
            {"resourceType": "OperationOutcome", "id": self.identity("messages"), "issue": issues} if issues else None
        )
