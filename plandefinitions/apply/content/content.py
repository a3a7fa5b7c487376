"""Loaded content: what can be applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cql.terminology import Terminology
from plandefinitions.apply.content.hooks import HookService, hook_services
from plandefinitions.apply.content.model import ParameterMapping, Plan
from plandefinitions.apply.content.programs import Program
from plandefinitions.apply.content.registry import Registry


class PlanNotFound(LookupError):
    """No plan of the content goes by that name, or several do."""


@dataclass(frozen=True)
class Content:
    """Plans that passed every check, with their compiled expressions. Immutable; may serve many threads.

    ``refused`` are the canonicals of plans with errors.
    """

    plans: tuple[Plan, ...]
    refused: tuple[str, ...]
    programs: tuple[Program | None, ...]
    terminology: Terminology
    parameters: ParameterMapping
    registry: Registry

    def plan(self, name: str) -> Plan:
        """The plan with that canonical (``url`` or ``url|version``) or resource id. Raises ``PlanNotFound``."""
        source = self.registry.resolve(name)
        if source is not None:
            found = [one for one in self.plans if one.resource is source.resource]
        else:
            found = [one for one in self.plans if one.id == name]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(one.canonical for one in found)
            raise PlanNotFound(f"several plans have the id {name}; name one by its canonical: {names}")
        if source is not None or any(name in (one, one.partition("|")[0]) for one in self.refused):
            raise PlanNotFound(f"the plan {name} has errors and cannot be applied")
        known = ", ".join(one.id or one.canonical for one in self.plans) or "none"
        raise PlanNotFound(f"no plan is called {name}; loaded and valid: {known}")

    @property
    def services(self) -> tuple[HookService, ...]:
        """The CDS Hooks services that the plans' triggers ask for."""
        return hook_services(self.plans)

    @property
    def versions(self) -> Mapping[str, str]:
        """Plan URL to the canonical with version that is applied."""
        return {str(one.resource.get("url")): one.canonical for one in self.plans}
