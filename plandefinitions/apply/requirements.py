"""What data a plan reads: the retrieves of its libraries, with all they include, and the inputs of its actions.

From the compiled CQL, not from what a Library resource says of itself. For prefetch templates and queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cql.requirements import DataRequirement
from cql.terminology.canonical import split_canonical
from cql.values import Code, ValueSet
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.model import Plan


def data_requirements(content: Content, plan: Plan) -> tuple[DataRequirement, ...]:
    """Each requirement once: the plan's, and those of the plans within it."""
    return tuple(dict.fromkeys(_requirements(content, plan)))


def _requirements(content: Content, plan: Plan) -> Iterator[DataRequirement]:
    for program in content.programs:
        for library in program.library.includes.values() if program else ():
            if library.name in plan.libraries:
                yield from library.data_requirements
    for top in plan.actions:
        for action in top.walk():
            for one in action.raw.get("input") or ():
                yield _input(one)
            if isinstance(action.definition, Plan):
                yield from _requirements(content, action.definition)


def _input(raw: Mapping[str, Any]) -> DataRequirement:
    """A FHIR DataRequirement; only its first code filter, as one that asks for less asks for all that is needed."""
    filters = [one for one in raw.get("codeFilter") or () if "path" in one]
    first: Mapping[str, Any] = filters[0] if filters else {}
    codes = tuple(
        Code(one["code"], one.get("system"), one.get("version"), one.get("display"))
        for one in first.get("code") or ()
        if "code" in one
    )
    value_sets = (ValueSet(*split_canonical(first["valueSet"])),) if "valueSet" in first else ()
    dates = [one["path"] for one in raw.get("dateFilter") or () if "path" in one]
    return DataRequirement(str(raw["type"]), first.get("path"), value_sets, codes, dates[0] if dates else None)
