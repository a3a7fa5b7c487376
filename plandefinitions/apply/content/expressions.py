"""FHIR Expressions bound to what computes them: a define of a CQL library, inline CQL, or FHIRPath.

``text/cql`` is used for both: an exact name of a define wins, anything else is inline CQL.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cql import Library
from cql.syntax.parser import parse_expression
from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.fhirpath_check import problem_of
from plandefinitions.apply.content.model import Bound
from plandefinitions.apply.content.programs import ProgramBuilder

_IDENTIFIER = frozenset({"text/cql-identifier", "text/cql.identifier"})
_EITHER = frozenset({"text/cql"})
_INLINE = frozenset({"text/cql-expression", "text/cql.expression"})
_FHIRPATH = frozenset({"text/fhirpath"})
LANGUAGES = (*sorted(_IDENTIFIER), *sorted(_EITHER), *sorted(_INLINE), *sorted(_FHIRPATH))
_ECR = "http://hl7.org/fhir/us/ecr/StructureDefinition/us-ph-"
# The extension of FHIR, and those by which the electronic case reporting of the US said the same before.
ALTERNATIVES = frozenset(
    {
        "http://hl7.org/fhir/StructureDefinition/cqf-alternativeExpression",
        f"{_ECR}alternativeExpression",
        f"{_ECR}alternative-expression-extension",
    }
)

_PART = r'(?:"((?:\\.|[^"\\])+)"|([A-Za-z_][\w\-]*))'
_QUALIFIED = re.compile(rf"\s*{_PART}\s*\.\s*{_PART}\s*")
_QUOTED = re.compile(r'\s*"((?:\\.|[^"\\])+)"\s*')
# One or two words, which CQL would read as a name, or as a source and its alias.
_WORDS = re.compile(
    r"\s*(?!(?:not|exists|singleton|flatten|distinct|collapse|expand)\s)[A-Za-z_]\w*(\s+[A-Za-z_]\w*)?\s*"
)


@dataclass(slots=True)
class Scope:
    """Where expressions are bound: the libraries in reach, the names given to earlier expressions, the subject's
    type. ``narrowed`` gives the scope of an expression that refers to one library itself.
    """

    libraries: Mapping[str, Library]
    program: ProgramBuilder
    subject_type: str
    findings: Findings
    narrowed: Callable[[str, Location, Scope], Scope]
    named: dict[str, str]
    is_complete: bool


def bind(raw: Any, at: Location, scope: Scope, *, is_condition: bool, holder: Any = None) -> Bound | None:
    """Bind an Expression; None, with a finding, when it cannot be. ``holder`` is the element the expression stands
    in.
    """
    if not isinstance(raw, dict):
        return None  # reported by the structural check
    language, text = raw.get("language"), raw.get("expression")
    name, description = raw.get("name"), raw.get("description")
    if not isinstance(text, str) or not text.strip():
        if "reference" in raw:
            message = "the expression names no define of the library it refers to"
            scope.findings.error("PD-141", message, at, "give the define's name in expression")
        return None
    if isinstance(raw.get("reference"), str):
        scope = scope.narrowed(raw["reference"], at / "reference", scope)
    alternative = _alternative(raw, at, scope, is_condition) or _alternative(holder, at, scope, is_condition)
    if language in _FHIRPATH:
        problem = problem_of(text)
        if problem:
            scope.findings.error("PD-144", f"the expression is not FHIRPath: {problem}", at / "expression")
            return None
        return Bound("fhirpath", text, at, name=name, description=description, alternative=alternative)
    if language not in _IDENTIFIER | _EITHER | _INLINE:
        said = (
            f"the expression language {language!r} is not supported" if language else "the expression has no language"
        )
        scope.findings.error("PD-140", said, at / "language", f"use one of: {', '.join(LANGUAGES)}")
        return None
    key, library = _cql(text, str(language), at / "expression", scope, is_condition)
    if key is None:
        return None
    if name:
        scope.named[name] = key
    return Bound("cql", text, at, key, scope.program.number, library, name, description, alternative)


def _alternative(holder: Any, at: Location, scope: Scope, is_condition: bool) -> Bound | None:
    for number, one in enumerate((holder.get("extension") if isinstance(holder, dict) else None) or ()):
        if isinstance(one, dict) and one.get("url") in ALTERNATIVES:
            place = at / "extension" / number / "valueExpression"
            return bind(one.get("valueExpression"), place, scope, is_condition=is_condition)
    return None


def _cql(
    text: str, language: str, at: Location, scope: Scope, is_condition: bool
) -> tuple[str | None, str | None]:  # fmt: skip
    """(key, library) of a CQL expression; (None, None), with a finding, when it cannot be bound."""
    if language not in _INLINE:
        found = find_define(text, scope.libraries)
        if len(found) > 1:
            names = " and ".join(library.name for library, _ in found)
            message = f"the libraries {names} both have a define named {text!r}"
            scope.findings.error("PD-143", message, at, "say which library with Expression.reference")
            return None, None
        if found:
            library, name = found[0]
            if scope.program.accepts({library.name: library}):
                return scope.program.add_define(library, name, at, is_condition), library.name
        if language in _IDENTIFIER or _is_name(text):
            _not_found(text, at, scope)
            return None, None
        fault = next((one for one in parse_expression(text).diagnostics if one.severity == "error"), None)
        if fault is not None:
            _not_found(text, at, scope, f", and as an inline expression it cannot be read: {fault.message}")
            return None, None
    key = scope.program.add_inline(
        text, at, is_condition, scope.libraries, scope.named, scope.subject_type, scope.findings
    )
    return key, None


def find_define(text: str, libraries: Mapping[str, Library]) -> list[tuple[Library, str]]:
    """The defines that a name stands for: as it is, in quotes, or qualified by a library's name or alias."""
    exact = [(one, text) for one in libraries.values() if text in one.defines]
    if exact:
        return exact
    stripped = text.strip()
    quoted = _QUOTED.fullmatch(text)
    name = quoted[1] if quoted else stripped
    found = [(one, name) for one in libraries.values() if name in one.defines]
    qualified = _QUALIFIED.fullmatch(text)
    if found or qualified is None:
        return found
    owner, name = qualified[1] or qualified[2], qualified[3] or qualified[4]
    owners = [one for one in libraries.values() if one.name == owner]
    owners += [one.includes[owner] for one in libraries.values() if owner in one.includes]
    return [(one, name) for one in dict.fromkeys(owners) if name in one.defines]


def _is_name(text: str) -> bool:
    """Does the text look like a name that was not found, not like an expression?"""
    if text.strip() in ("true", "false", "null"):
        return False
    return _WORDS.fullmatch(text) is not None or _QUOTED.fullmatch(text) is not None


def _not_found(text: str, at: Location, scope: Scope, more: str = "") -> None:
    if not scope.is_complete:
        return
    names = [name for one in scope.libraries.values() for name in one.defines]
    close = difflib.get_close_matches(text.strip('" '), names, n=1, cutoff=0.5)
    where = ", ".join(scope.libraries) or "no library (the definition names none)"
    hint = f"did you mean {close[0]!r}?" if close else None
    scope.findings.error("PD-141", f"there is no define named {text!r} in {where}{more}", at, hint)
