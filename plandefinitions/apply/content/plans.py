"""PlanDefinitions and ActivityDefinitions compiled: references resolved, expressions bound, paths read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cql import Library
from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.expressions import Scope, bind
from plandefinitions.apply.content.files import Source
from plandefinitions.apply.content.libraries import CqlLibraries
from plandefinitions.apply.content.library_references import LibraryReferences
from plandefinitions.apply.content.links import check_links
from plandefinitions.apply.content.model import Action, Activity, Condition, DynamicValue, Plan, Trigger
from plandefinitions.apply.content.programs import ProgramBuilder
from plandefinitions.apply.content.registry import Registry, canonical
from plandefinitions.apply.content.required import check_required
from plandefinitions.apply.values.paths import PathProblem, parse, places

BEHAVIOUR = "http://hl7.org/fhir/StructureDefinition/cqf-applicabilityBehavior"
_TARGETS = ("ActivityDefinition", "PlanDefinition", "Questionnaire")
Json = Mapping[str, Any]


class PlanCompiler:
    """Compiles the plans of the content. A plan is compiled once, also when other plans contain it."""

    def __init__(
        self, registry: Registry, libraries: CqlLibraries, findings: Findings, unreadable: frozenset[int] = frozenset()
    ) -> None:
        """``unreadable`` are the resources (by ``id()``) whose shape is not FHIR's, which has been reported."""
        self.findings = findings
        self.programs: list[ProgramBuilder] = []
        self._registry = registry
        self._libraries = LibraryReferences(registry, libraries, findings)
        self._plans: dict[int, Plan | None] = dict.fromkeys(unreadable)
        self._unreadable = unreadable
        self._open: list[Source] = []

    def plan(self, source: Source) -> Plan | None:
        """The compiled plan; None when it is part of a cycle or cannot be read (reported)."""
        if source in self._open:
            cycle = self._open[self._open.index(source) :]
            names = " -> ".join(_label(one) for one in [*cycle, source])
            for one in cycle:
                self.findings.error("PD-131", f"plans contain each other: {names}", one.at)
            return None
        if id(source.resource) not in self._plans:
            self._open.append(source)
            self._plans[id(source.resource)] = self._compile(source)
            self._open.pop()
        return self._plans[id(source.resource)]

    # -- plans -----------------------------------------------------------------------------------------------------

    def _compile(self, source: Source) -> Plan:
        resource = source.resource
        libraries = self._libraries.all_of(resource, source)
        subject_type = _subject(resource) or "Patient"
        is_complete = len(libraries) == len(resource.get("library") or ())
        scope = self._scope(libraries, subject_type, source, is_complete=is_complete)
        actions = tuple(
            self._action(one, source.at / "action" / number, f"action/{number}", source, scope, None, subject_type)
            for number, one in enumerate(resource.get("action") or ())
            if isinstance(one, dict)
        )
        plan = Plan(
            resource,
            canonical(resource) or f"#{resource.get('id', '')}",
            str(resource.get("id", "")),
            actions,
            source.at,
            subject_type,
            {name: self._libraries.canonical_of(name, resource, source) for name in libraries},
        )
        check_links(plan, self.findings)
        return plan

    def _action(
        self, raw: Json, at: Location, address: str, source: Source, scope: Scope,
        inherited: tuple[Trigger, ...] | None, subject_type: str,
    ) -> Action:  # fmt: skip
        subject_type = _subject(raw) or subject_type
        triggers = self._triggers(raw, at, scope) if raw.get("trigger") else inherited
        if "transform" in raw:
            self._refuse_transform(at / "transform")
        conditions = tuple(self._conditions(raw, at, scope))
        definition = self._definition(raw, at, source, scope)
        target = _target_type(definition)
        depth = address.count("action")
        dynamic_values = tuple(self._dynamic_values(raw, at, scope, target, depth))
        if isinstance(definition, Activity):
            check_required(definition, dynamic_values, raw, at, self.findings)
        children = tuple(
            self._action(
                one, at / "action" / number, f"{address}/action/{number}", source, scope, triggers, subject_type
            )
            for number, one in enumerate(raw.get("action") or ())
            if isinstance(one, dict)
        )
        return Action(
            raw, raw.get("id"), address, at, conditions, dynamic_values, definition, children, triggers, subject_type,
            _first_only(raw),
        )  # fmt: skip

    def _conditions(self, raw: Json, at: Location, scope: Scope) -> Iterator[Condition]:
        for number, one in enumerate(raw.get("condition") or ()):
            if not isinstance(one, dict):
                continue
            place = at / "condition" / number
            kind = str(one.get("kind"))
            if "expression" not in one:
                if kind == "applicability":
                    message = "an applicability condition must have an expression"
                    self.findings.error("PD-145", message, place)
                else:
                    yield Condition(kind, None, one)
                continue
            bound = bind(one["expression"], place / "expression", scope, is_condition=True, holder=one)
            yield Condition(kind, bound, one)

    def _dynamic_values(
        self, raw: Json, at: Location, scope: Scope, target: str | None, depth: int = 1
    ) -> Iterator[DynamicValue]:
        for number, one in enumerate(raw.get("dynamicValue") or ()):
            place = at / "dynamicValue" / number
            if not isinstance(one, dict):
                continue
            if not isinstance(one.get("path"), str) or "expression" not in one:
                self.findings.error("PD-146", "a dynamicValue must have path and expression", place)
                continue
            try:
                path = parse(one["path"], depth)
                if path.root == "action":
                    places(path, "RequestGroup.action")
                elif path.root == "indicator":
                    message = f"the path {one['path']!r} sets the card's indicator, a convention of DSTU3"
                    self.findings.warn("PD-146", message, place / "path", "set action.priority instead")
                elif target is not None:
                    places(path, target)
                elif path.steps:
                    raise PathProblem("the action has no definition that makes a resource; use %action. or $this")
            except PathProblem as problem:
                self.findings.error("PD-146", str(problem), place / "path")
                continue
            bound = bind(one["expression"], place / "expression", scope, is_condition=False, holder=one)
            if bound is not None:
                yield DynamicValue(path, bound, place)

    def _triggers(self, raw: Json, at: Location, scope: Scope) -> tuple[Trigger, ...]:
        found = []
        for number, one in enumerate(raw.get("trigger") or ()):
            place = at / "trigger" / number
            if not isinstance(one, dict) or one.get("type") != "named-event":
                message = f"a {one.get('type') if isinstance(one, dict) else one!r} trigger has no CDS Hooks service"
                self.findings.warn("PD-160", message, place)
                continue
            condition = None
            if "condition" in one:
                condition = bind(one["condition"], place / "condition", scope, is_condition=True)
            found.append(Trigger(str(one.get("name")), condition))
        return tuple(found)

    # -- what actions refer to ---------------------------------------------------------------------------------------

    def _definition(
        self, raw: Json, at: Location, source: Source, scope: Scope
    ) -> Activity | Plan | Mapping[str, Any] | None:
        if "definitionCanonical" in raw and "definitionUri" in raw:
            message = "an action has either definitionCanonical or definitionUri"
            self.findings.error("PD-133", message, at / "definitionUri")
        reference = raw.get("definitionCanonical")
        if not isinstance(reference, str):
            return None
        place = at / "definitionCanonical"
        found = self._registry.resolve(reference, source)
        if found is None:
            message = f"no loaded definition is {reference}"
            self.findings.error("PD-130", message, place, self._registry.hint(reference))
            return None
        if found.type not in _TARGETS:
            message = f"{reference} is a {found.type}; an action's definition is one of: {', '.join(_TARGETS)}"
            self.findings.error("PD-132", message, place)
            return None
        if found.type == "PlanDefinition":
            return self.plan(found)
        if id(found.resource) in self._unreadable:
            return None
        return self._activity(found, scope) if found.type == "ActivityDefinition" else found.resource

    def _activity(self, source: Source, outer: Scope) -> Activity:
        resource = source.resource
        if "transform" in resource:
            self._refuse_transform(source.at / "transform")
        libraries = self._libraries.all_of(resource, source) or outer.libraries
        is_complete = len(libraries) >= len(resource.get("library") or ()) and outer.is_complete
        scope = self._scope(libraries, outer.subject_type, source, is_complete=is_complete)
        kind = resource.get("kind")
        if kind is None:
            self.findings.error("PD-150", "an ActivityDefinition must have a kind to be applied", source.at)
        values = self._dynamic_values(resource, source.at, scope, str(kind) if kind else None)
        return Activity(resource, canonical(resource) or f"#{resource.get('id', '')}", tuple(values), source.at)

    def _scope(
        self, libraries: Mapping[str, Library], subject_type: str, source: Source, *, is_complete: bool,
        named: dict[str, str] | None = None,
    ) -> Scope:  # fmt: skip
        """The scope of a definition's expressions; one that refers to a library itself is narrowed to that."""

        def narrowed(reference: str, at: Location, outer: Scope) -> Scope:
            library = self._libraries.one(reference, source, at)
            only = {library.name: library} if library is not None else {}
            return self._scope(only, subject_type, source, is_complete=library is not None, named=outer.named)

        program = self._program(libraries)
        return Scope(
            libraries, program, subject_type, self.findings, narrowed, {} if named is None else named, is_complete
        )

    def _program(self, libraries: Mapping[str, Library]) -> ProgramBuilder:
        for one in self.programs:
            if one.accepts(libraries):
                return one
        self.programs.append(ProgramBuilder(len(self.programs)))
        return self.programs[-1]

    def _refuse_transform(self, at: Location) -> None:
        message = "a transform (StructureMap) is not supported"
        self.findings.error("PD-134", message, at, "set the elements with dynamicValue")


def _subject(raw: Json) -> str | None:
    """The resource type that ``subjectCodeableConcept`` names; None when it names none."""
    concept = raw.get("subjectCodeableConcept")
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for one in codings or ():
        if isinstance(one, dict) and isinstance(one.get("code"), str):
            return str(one["code"])
    return None


def _first_only(raw: Json) -> bool:
    for one in raw.get("extension") or ():
        if isinstance(one, dict) and one.get("url") == BEHAVIOUR:
            return one.get("valueCode") == "any"
    return False


def _target_type(definition: Activity | Plan | Mapping[str, Any] | None) -> str | None:
    """The type of the resource that dynamicValues of an action are written to."""
    if isinstance(definition, Activity):
        return definition.resource.get("kind")
    if isinstance(definition, Plan):
        return "CarePlan"
    return "Questionnaire" if definition is not None else None


def _label(source: Source) -> str:
    return str(canonical(source.resource) or source.resource.get("id"))
