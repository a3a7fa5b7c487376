"""The CQL of an entry with what each of its lines gave for one patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from cds_hooks.demo.stage import Played
from cql import Engine, Library
from cql.trace import DefineTrace, Trace
from cql.trace.shown import shown
from cql.trace.tree import Clause
from mappers import PatientFacts, map_patient
from plandefinitions.guideline import Entry, Guideline
from plandefinitions.guideline.program import FACTS

_MOST_RESULTS = 3
_LONGEST = 60
_LOOKS = {True: "met", False: "not-met", None: "unknown"}
_SAYS_NOTHING = frozenset({"Literal", "Null", "CodeRef", "ParameterRef", "Tuple", "List"})


@dataclass(frozen=True, slots=True)
class Result:
    """What a clause gave: the value in a few words, and how it looks (met, not-met, unknown or value)."""

    words: str
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text with the results of the clauses that begin and end on it."""

    number: int
    code: str
    results: tuple[Result, ...]


def page_values(guideline: Guideline, entry: Entry, played: Played) -> dict[str, Any]:
    """The lines of the entry's library, why a define is null, and what the shared definitions gave. Blocking."""
    facts = _facts(played)
    library = guideline.library(entry)
    given = {f"{FACTS}.{one.name}": one.value for one in guideline.parameters.values() if one.changed}
    data = [{"resourceType": "Patient", "id": facts.patient_id}, *facts.observations()]
    noon = datetime.combine(facts.as_of, time(12), UTC)
    trace = Engine(library).evaluate(data, parameters=given, now=noon, trace=True).trace
    own = [trace.define(name, library.name) for name in library.defines if (library.name, name) in trace.defines]
    return {
        "entry": entry,
        "lines": list(_lines(entry.text, library, own)),
        "reasons": _reasons(own),
        "shared": list(_shared(trace, library)),
        "observations": len(data) - 1,
    }


def _reasons(defines: Iterable[DefineTrace]) -> dict[str, list[str]]:
    """Why defines are null: the defines of each reason."""
    found: dict[str, list[str]] = {}
    for one in defines:
        for reason in one.reasons if one.value is None else ():
            found.setdefault(reason.text, []).append(one.name)
    return {text: list(dict.fromkeys(names)) for text, names in found.items()}


def _facts(played: Played) -> PatientFacts:
    context = played.request["context"]
    return map_patient(
        played.record.resources,
        patient_id=played.record.patient_id,
        drafts=context.get("draftOrders") or (),
        selections=context.get("selections"),
        as_of=played.record.as_of,
    )


def _lines(text: str, library: Library, defines: Iterable[DefineTrace]) -> Iterator[Line]:
    """A define's own value stands on its first line, beside its name."""
    found: dict[int, list[Result]] = {}
    values = {one.name: one.value for one in defines}
    for one in defines:
        for clause in _on_one_line(one.clause, library.name):
            found.setdefault(_begin(clause), []).append(_result(clause.value))
    for number, code in enumerate(text.splitlines(), 1):
        name = code.removeprefix('define "').partition('":')[0] if code.startswith('define "') else None
        results = [_result(values[name])] if name in values else found.get(number, [])
        distinct = list(dict.fromkeys(results))
        more = [Result(f"and {len(distinct) - _MOST_RESULTS} more", "value")] if len(distinct) > _MOST_RESULTS else []
        yield Line(number, code, (*distinct[:_MOST_RESULTS], *more))


def _on_one_line(clause: Clause, library: str) -> Iterator[Clause]:
    """The outermost clauses of a tree that stand on one line of this library's text."""
    ours = clause.at.library == library and clause.locator is not None
    if ours and _begin(clause) == _end(clause):
        if clause.kind not in _SAYS_NOTHING:
            yield clause
        return
    for child in clause.children:
        yield from _on_one_line(child, library)


def _begin(clause: Clause) -> int:
    return int(str(clause.locator).partition("-")[0].partition(":")[0])


def _end(clause: Clause) -> int:
    return int(str(clause.locator).rpartition("-")[2].partition(":")[0])


def _result(value: Any) -> Result:
    words = shown(value)
    look = _LOOKS[value] if value is None or isinstance(value, bool) else "value"
    return Result(words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…", look)


def _shared(trace: Trace, library: Library) -> Iterator[Mapping[str, Any]]:
    """The definitions of other libraries that were computed on the way, with what they gave."""
    for owner, name in trace.defines:
        if owner != library.name:
            traced = trace.define(name, owner)
            yield {
                "library": owner,
                "name": name,
                "result": _result(traced.value),
                "reasons": [reason.text for reason in traced.reasons] if traced.value is None else [],
            }
