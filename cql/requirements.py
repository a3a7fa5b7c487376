"""What data a library needs: its retrieves, for a prefetch or a query plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cql.compiler.nodes import Node, children, items, type_name
from cql.types import NamedType
from cql.values import Code, ValueSet

if TYPE_CHECKING:
    from cql.compiler.program import Unit


@dataclass(frozen=True, slots=True)
class DataRequirement:
    """One retrieve: the resource type, and what filters it.

    ``codes`` and ``value_sets`` are what the filter names directly; a retrieve filtered by something computed has
    neither, but a ``code_path``.
    """

    type: str
    code_path: str | None = None
    value_sets: tuple[ValueSet, ...] = ()
    codes: tuple[Code, ...] = ()
    date_path: str | None = None


def data_requirements(root: Unit) -> tuple[DataRequirement, ...]:
    """The retrieves of a library and of all it includes, each once."""
    from cql.compiler.assemble import units

    found: dict[DataRequirement, None] = {}
    for unit in units(root):
        for node in _retrieves(unit.library.get("statements") or {}):
            found[_requirement(unit, node)] = None
    return tuple(found)


def _retrieves(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        one = pending.pop()
        if one.get("type") == "Retrieve":
            yield one
        pending.extend(reversed(list(children(one))))


def _requirement(unit: Unit, node: Node) -> DataRequirement:
    from cql.compiler.clinical import code_of, value_set_of

    of = type_name(node["dataType"])
    assert isinstance(of, NamedType)
    filters = items(node, "codeFilter")
    expression = node.get("codes") or (filters[0]["value"] if filters else None)
    path = (node.get("codeProperty") or (filters[0]["property"] if filters else "code")) if expression else None
    value_sets: list[ValueSet] = []
    codes: list[Code] = []
    pending = [expression] if expression else []
    while pending:
        one = pending.pop()
        if one.get("type") == "ValueSetRef":
            value_sets.append(value_set_of(unit, one))
        elif one.get("type") == "CodeRef":
            codes.append(code_of(unit, one))
        pending.extend(children(one))
    return DataRequirement(of.name, path, tuple(value_sets), tuple(codes), node.get("dateProperty"))
