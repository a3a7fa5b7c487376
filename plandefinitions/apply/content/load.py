"""Loading content: read, check, resolve, compile. Strict: a plan with any error is refused, with all that is wrong."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cql import Library
from cql.errors import CqlError
from cql.terminology import Terminology
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.diagnostics import Diagnostic, Findings, Location
from plandefinitions.apply.content.files import Files, Source, read
from plandefinitions.apply.content.hooks import CONTEXT, check_hooks
from plandefinitions.apply.content.libraries import CqlLibraries
from plandefinitions.apply.content.manifest import read_manifest
from plandefinitions.apply.content.model import Action, Activity, Bound, ParameterMapping, Plan
from plandefinitions.apply.content.plans import PlanCompiler
from plandefinitions.apply.content.programs import ROOT, Program
from plandefinitions.apply.content.registry import Registry, canonical
from plandefinitions.apply.content.structure import check_status, check_structure

_DEFINITIONS = ("PlanDefinition", "ActivityDefinition", "Library", "Questionnaire")
_TERMINOLOGY = ("ValueSet", "CodeSystem")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The content, and everything found about it. ``content`` holds the plans that have no errors."""

    content: Content
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that refuse something."""
        return tuple(one for one in self.diagnostics if one.severity == "error")


def load(paths: Iterable[Path], *, today: datetime.date | None = None) -> Loaded:
    """Load all content below the paths (files or folders). ``today`` is what effective periods are held against.

    PlanDefinition, ActivityDefinition, Library (CQL or ELM inside, or a ``.cql`` file anywhere), ValueSet, CodeSystem,
    Questionnaire, and Bundles of them. Never raises for faulty content: see ``Loaded.diagnostics``.
    """
    findings = Findings()
    files = read(paths, findings)
    return _Loading(files, findings, today or datetime.datetime.now(datetime.UTC).date()).run()


class _Loading:
    def __init__(self, files: Files, findings: Findings, today: datetime.date) -> None:
        self.files = files
        self.findings = findings
        self.today = today
        self.registry = Registry()
        self.unreadable: set[int] = set()

    def run(self) -> Loaded:
        for source in self.files.resources:
            if source.type in _DEFINITIONS:
                self._check(source)
        terminology = self._terminology()
        libraries = CqlLibraries(self.files, self.findings)
        compiler = PlanCompiler(self.registry, libraries, self.findings, frozenset(self.unreadable))
        sources = [one for one in self.files.resources if one.type == "PlanDefinition"]
        plans = [(source, compiler.plan(source)) for source in sources]
        programs = tuple(one.build(terminology, self.findings) for one in compiler.programs)
        parameters = ParameterMapping()
        if self.files.manifest is not None:
            parameters = read_manifest(*self.files.manifest, self.findings)
        self._check_terminology(terminology, [one for one in programs if one is not None], libraries)
        for _, plan in plans:
            if plan is not None:
                check_hooks(plan, self.findings)
                self._check_parameters(plan, parameters, programs)
        diagnostics = tuple(dict.fromkeys(self.findings.all))
        valid, refused = self._valid(plans, diagnostics, programs)
        content = Content(valid, refused, programs, terminology, parameters, self.registry)
        return Loaded(content, tuple(dict.fromkeys(self.findings.all)))

    def _check(self, source: Source) -> None:
        if not check_structure(source, self.findings):
            self.unreadable.add(id(source.resource))
        elif source.type != "Questionnaire":
            check_status(source, self.today, self.findings)
        if "url" not in source.resource and source.type != "Questionnaire":
            message = f"the {source.type} has no url; nothing can refer to it"
            self.findings.warn("PD-120", message, source.at)
        self.registry.add(source, self.findings)

    def _terminology(self) -> Terminology:
        usable: list[Mapping[str, Any]] = []
        for source in self.files.resources:
            if source.type in _TERMINOLOGY:
                try:
                    Terminology([source.resource])
                    usable.append(source.resource)
                except CqlError as error:
                    self.findings.error("PD-102", str(error), source.at)
        return Terminology(usable)

    def _check_terminology(
        self, terminology: Terminology, programs: Iterable[Program], libraries: CqlLibraries
    ) -> None:
        """Warn of value sets that a plan's logic needs and nothing loaded has; conditions that need them will fail."""
        for program in programs:
            for use in program.library.value_set_uses:
                try:
                    terminology.value_set(use.value_set.id, use.value_set.version)
                except CqlError as error:
                    place = f"CQL {use.place}" if use.place is not None and use.library != ROOT else None
                    at = libraries.location_of(use.library)
                    self.findings.warn("PD-149", f"{error}: what needs it fails", at, "load the value set", place)

    def _check_parameters(self, plan: Plan, mapping: ParameterMapping, programs: tuple[Program | None, ...]) -> None:
        """Warn of parameters that no context field of the plan's hooks gives and no default does."""
        given = {field for event in plan.events for field in CONTEXT.get(event, ())}
        names = mapping.of(plan)
        if not given:
            return
        for program in programs:
            for one in program.library.program.parameters if program else ():
                if one.library in plan.libraries and names.get(one.name, one.name) not in given:
                    if _has_default(program.library if program else None, str(one.library), one.name):
                        continue
                    message = (
                        f"nothing in a hook's context gives the parameter {one.name!r} of {one.library}; it is null"
                    )
                    hint = f"map it in manifest.json to one of: {', '.join(sorted(given))}"
                    self.findings.warn("PD-171", message, plan.at, hint)

    def _valid(
        self, plans: list[tuple[Source, Plan | None]], diagnostics: tuple[Diagnostic, ...],
        programs: tuple[Program | None, ...],
    ) -> tuple[tuple[Plan, ...], tuple[str, ...]]:  # fmt: skip
        """The plans without errors in themselves or in what they use; the names of the others."""
        faulty = [(one.file, one.pointer) for one in diagnostics if one.severity == "error"]

        def is_sound(at: Location) -> bool:
            return not any(at.file == file and (pointer + "/").startswith(at.pointer + "/") for file, pointer in faulty)

        valid, refused = [], []
        for source, plan in plans:
            sound = plan is not None and all(is_sound(at) for at in _places(plan, source.at))
            if plan is not None and sound and all(_works(one, programs) for one in _bound(plan)):
                valid.append(plan)
            else:
                refused.append(canonical(source.resource) or str(source.resource.get("id")))
                if plan is not None and is_sound(source.at):
                    message = f"the plan {plan.canonical} uses definitions that have errors"
                    self.findings.error("PD-138", message, source.at)
        return tuple(valid), tuple(refused)


def _places(plan: Plan, at: Location) -> set[Location]:
    """Where the plan and all that it applies stand."""
    found = {at, plan.at}
    for top in plan.actions:
        for one in top.walk():
            if isinstance(one.definition, Plan):
                found |= _places(one.definition, one.definition.at)
            elif isinstance(one.definition, Activity):
                found.add(one.definition.at)
    return found


def _bound(plan: Plan) -> Iterable[Bound]:
    for top in plan.actions:
        for one in top.walk():
            yield from _of_action(one)
            if isinstance(one.definition, Plan):
                yield from _bound(one.definition)


def _of_action(action: Action) -> Iterable[Bound]:
    yield from (one.expression for one in action.conditions if one.expression is not None)
    yield from (one.expression for one in action.dynamic_values)
    if isinstance(action.definition, Activity):
        yield from (one.expression for one in action.definition.dynamic_values)


def _works(bound: Bound, programs: tuple[Program | None, ...]) -> bool:
    if bound.language != "cql":
        return True
    program = programs[bound.program]
    return program is not None and bound.key not in program.failed


def _has_default(root: Library | None, library: str, name: str) -> bool:
    for one in root.includes.values() if root else ():
        if one.name == library:
            definitions = (one.to_elm()["library"].get("parameters") or {}).get("def") or ()
            return any(d.get("name") == name and "default" in d for d in definitions)
    return False
