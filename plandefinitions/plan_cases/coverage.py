"""What a set of cases tried: conditions in each state, and the CQL that none of them needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cql import Library
from cql.library import HELPERS
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.programs import ROOT
from plandefinitions.plan_cases.run import PlanOutcome


@dataclass(frozen=True, slots=True)
class ConditionCoverage:
    """The states that a condition took: of true, false, unknown and error. ``label`` is the action's."""

    plan: str
    address: str
    label: str
    expression: str
    states: frozenset[str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """Those of true and false that no case reached."""
        return tuple(one for one in ("true", "false") if one not in self.states)


def condition_coverage(outcomes: Iterable[PlanOutcome]) -> tuple[ConditionCoverage, ...]:
    """For every condition that a case had judged."""
    seen: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for outcome in outcomes:
        for decision in outcome.applied.decisions if outcome.applied else ():
            for one in decision.conditions:
                seen[decision.plan, decision.address, decision.label, one.expression].add(one.value)
    return tuple(ConditionCoverage(*key, frozenset(states)) for key, states in seen.items())


def never_computed(content: Content, outcomes: Iterable[PlanOutcome]) -> tuple[tuple[str, str], ...]:
    """(library, define or function) of what no traced case needed, of all libraries that plans refer to."""
    libraries: dict[str, Library] = {}
    pending = [one.library for one in content.programs if one is not None]
    while pending:
        for one in pending.pop().includes.values():
            if one.name not in (HELPERS, ROOT) and libraries.setdefault(one.name, one) is one:
                pending.append(one)
    seen = frozenset[tuple[str, str]]().union(*(one.computed for one in outcomes))
    everything = {(one.name, name) for one in libraries.values() for name in one.statements}
    return tuple(sorted(everything - seen))
