"""All expressions of the content as defines of one CQL program, so that what they share is computed once per request.

The program is a library made for the purpose: it includes the libraries that plans refer to and has one define for each
expression. Libraries of the same name and different version cannot stand in one program; they get a second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cql import Engine, Library
from cql.errors import CompileError
from cql.terminology import Terminology
from cql.types import BOOLEAN
from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.inline import declared, quote, rewrite

ROOT = "PlanExpressions"
VARIABLES = {
    "encounter": "FHIR.Encounter",
    "practitioner": "FHIR.Practitioner",
    "organization": "FHIR.Organization",
    "userType": "FHIR.CodeableConcept",
    "userLanguage": "FHIR.CodeableConcept",
    "userTaskContext": "FHIR.CodeableConcept",
    "setting": "FHIR.CodeableConcept",
    "settingContext": "FHIR.CodeableConcept",
}
"""The CQL type of each variable; ``%subject`` has that of the plan's subject."""


@dataclass(slots=True)
class _Entry:
    key: str
    body: str
    at: Location
    is_condition: bool
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """One compiled program. ``failed`` are the keys of expressions that do not compile."""

    library: Library
    engine: Engine
    failed: frozenset[str]


@dataclass(slots=True)
class ProgramBuilder:
    """Collects the expressions of one program."""

    number: int
    libraries: dict[str, Library] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    _entries: list[_Entry] = field(default_factory=list)
    _keys: dict[tuple[str, bool], str] = field(default_factory=dict)

    def accepts(self, libraries: Mapping[str, Library]) -> bool:
        """Can these libraries stand beside those already here?"""
        return all(self.libraries.get(name, one) is one for name, one in libraries.items())

    def add_define(self, library: Library, name: str, at: Location, is_condition: bool) -> str:
        """The key of a library's define."""
        self.libraries[library.name] = library
        return self._add(f"{quote(library.name)}.{quote(name)}", at, is_condition)

    def add_inline(
        self, text: str, at: Location, is_condition: bool, libraries: Mapping[str, Library], named: Mapping[str, str],
        subject_type: str, findings: Findings,
    ) -> str | None:  # fmt: skip
        """The key of an inline expression; None, with a finding, when it is not an expression."""
        from cql.syntax.parser import parse_expression  # it takes a while to load, and few plans need it

        parsed = parse_expression(text)
        faults = [one for one in parsed.diagnostics if one.severity == "error"]
        if faults:
            place = f"CQL {faults[0].span.line}:{faults[0].span.column}" if faults[0].span else None
            findings.error("PD-144", f"the expression is not CQL: {faults[0].message}", at, faults[0].hint, place)
            return None
        self.libraries.update(libraries)
        names: dict[str, str] = {}
        for library in libraries.values():
            aliases = {alias: one for alias, one in library.includes.items() if one.name != "FHIRHelpers"}
            self.libraries.update({one.name: one for one in aliases.values() if self.accepts({one.name: one})})
            names.update({alias: quote(one.name) for alias, one in aliases.items()})
            names.update({name: f"{quote(library.name)}.{quote(name)}" for name in declared(library)})
        names.update({name: quote(name) for name in self.libraries})
        body = rewrite(text, names, lambda name: self._variable(name, named, subject_type))
        return self._add(body, at, is_condition)

    def _variable(self, name: str, named: Mapping[str, str], subject_type: str) -> str | None:
        if name in named:
            return quote(named[name])
        if name in ("subject", "patient"):
            self.parameters[f"%subject:{subject_type}"] = f"FHIR.{subject_type}"
            return quote(f"%subject:{subject_type}")
        if name in VARIABLES:
            self.parameters[f"%{name}"] = VARIABLES[name]
            return quote(f"%{name}")
        return None

    def _add(self, body: str, at: Location, is_condition: bool) -> str:
        known = self._keys.get((body, is_condition))
        if known is not None:
            return known
        key = f"e{len(self._entries)}"
        self._keys[body, is_condition] = key
        self._entries.append(_Entry(key, body, at, is_condition, body.count("\n") + 1))
        return key

    def build(self, terminology: Terminology, findings: Findings) -> Program | None:
        """Compile. Expressions that fail are reported and left out; None when nothing is left."""
        entries = self._entries
        failed: set[str] = set()
        while entries:
            text, starts = self._text(entries)
            try:
                library = Library.from_cql(text, includes=self._include, name=ROOT)
                break
            except CompileError as error:
                faulty = self._blame(error, entries, starts, findings)
                failed |= faulty
                entries = [one for one in entries if one.key not in faulty] if faulty else []
        else:
            return None
        self._check_types(library, entries, failed, findings)
        return Program(library, Engine(library, valuesets=terminology), frozenset(failed))

    def _include(self, name: str, version: str | None) -> Library | None:
        return list(self.libraries.values())[int(name[1:])] if name[:1] == "L" and name[1:].isdigit() else None

    def _text(self, entries: list[_Entry]) -> tuple[str, dict[str, int]]:
        lines = [f"library {ROOT}", "using FHIR version '4.0.1'", "include FHIRHelpers version '4.0.1'"]
        lines += [f"include L{number} called {quote(name)}" for number, name in enumerate(self.libraries)]
        lines += [f"parameter {quote(name)} {of}" for name, of in self.parameters.items()]
        lines.append("context Patient")
        starts = {}
        for one in entries:
            lines.append(f"define {quote(one.key)}:")
            starts[one.key] = len(lines) + 1
            lines += one.body.split("\n")
        return "\n".join(lines) + "\n", starts

    def _blame(
        self, error: CompileError, entries: list[_Entry], starts: Mapping[str, int], findings: Findings
    ) -> set[str]:
        """Report each error at the expression it lies in; returns the keys of those expressions."""
        faulty: set[str] = set()
        for one in error.diagnostics:
            if one.severity != "error" or one.span is None:
                continue
            line = one.span.line
            for entry in entries:
                first = starts[entry.key]
                if first <= line < first + entry.lines:
                    faulty.add(entry.key)
                    place = f"CQL {line - first + 1}:{one.span.column}"
                    findings.error(
                        "PD-144", f"the expression does not compile: {one.message}", entry.at, one.hint, place
                    )
        if not faulty:
            for one in error.diagnostics:
                findings.error("PD-148", f"the libraries do not compile together: {one.message}", Location(None))
        return faulty

    def _check_types(self, library: Library, entries: list[_Entry], failed: set[str], findings: Findings) -> None:
        for one in entries:
            of = library.program.defines[one.key].type
            if one.is_condition and of not in (BOOLEAN, None) and str(of) not in ("FHIR.boolean", "System.Any"):
                failed.add(one.key)
                findings.error(
                    "PD-142",
                    f"a condition must be Boolean, but {one.body.strip()} is {of}",
                    one.at,
                    "compare it with something, or ask whether it exists",
                )
