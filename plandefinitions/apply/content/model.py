"""Guidance as it is applied: plans with their actions, expressions bound to compiled CQL, paths resolved. Immutable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plandefinitions.apply.content.diagnostics import Location
from plandefinitions.apply.values.paths import Path

Language = Literal["cql", "fhirpath"]


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression, bound to what computes it.

    For CQL, ``key`` is the define of the program numbered ``program``; for FHIRPath, ``text`` is the expression.
    ``library`` is the library a define was found in. ``name`` makes the value known to later expressions as ``%name``;
    ``alternative`` is used when the result is null, or an error.
    """

    language: Language
    text: str
    at: Location
    key: str = ""
    program: int = 0
    library: str | None = None
    name: str | None = None
    description: str | None = None
    alternative: Bound | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of an action. ``expression`` is None for kinds that are carried, not evaluated, without one."""

    kind: str
    expression: Bound | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DynamicValue:
    """A computed element: where it goes and what computes it."""

    path: Path
    expression: Bound
    at: Location


@dataclass(frozen=True, slots=True)
class Trigger:
    """A named event that an action answers to."""

    name: str
    condition: Bound | None


@dataclass(frozen=True, slots=True)
class Activity:
    """An ActivityDefinition in the scope of one action."""

    resource: Mapping[str, Any]
    canonical: str
    dynamic_values: tuple[DynamicValue, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a plan. ``raw`` is its JSON; ``address`` its place in the plan (``action/0/action/2``).

    ``definition`` is what ``definitionCanonical`` stands for: an activity, a plan or a Questionnaire resource.
    ``subject_type`` and ``triggers`` are its own or those inherited from what is above it.
    """

    raw: Mapping[str, Any]
    id: str | None
    address: str
    at: Location
    conditions: tuple[Condition, ...]
    dynamic_values: tuple[DynamicValue, ...]
    definition: Activity | Plan | Mapping[str, Any] | None
    children: tuple[Action, ...]
    triggers: tuple[Trigger, ...] | None
    subject_type: str
    applies_first_only: bool

    @property
    def label(self) -> str:
        """What people call the action: its title, else prefix, text, description or id."""
        for member in ("title", "prefix", "textEquivalent", "description"):
            if self.raw.get(member):
                return str(self.raw[member])
        return self.id or self.address

    def walk(self) -> Iterator[Action]:
        """The action and all below it in the same plan."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Plan:
    """A PlanDefinition. ``libraries`` has the name and canonical of each CQL library it refers to."""

    resource: Mapping[str, Any]
    canonical: str
    id: str
    actions: tuple[Action, ...]
    at: Location
    subject_type: str
    libraries: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title, else the name, else the canonical."""
        return str(self.resource.get("title") or self.resource.get("name") or self.canonical)

    @property
    def events(self) -> tuple[str, ...]:
        """The named events that some action answers to, each once, in document order."""
        names = (one.name for action in self.actions for inner in action.walk() for one in inner.triggers or ())
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class ParameterMapping:
    """How library parameters get their values: parameter name to the name of what is given. From the manifest."""

    everywhere: Mapping[str, str] = field(default_factory=dict)
    by_plan: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, plan: Plan) -> Mapping[str, str]:
        """The mapping that holds for a plan."""
        own = self.by_plan.get(plan.canonical) or self.by_plan.get(str(plan.resource.get("url"))) or {}
        return {**self.everywhere, **own}
