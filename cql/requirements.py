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


@dataclass(frozen=True, slots=True)
class ValueSetUse:
    """A value set that is asked for, with the first place: the library's name, and ``line:column`` if it is known."""

    value_set: ValueSet
    library: str
    place: str | None = None


def data_requirements(root: Unit) -> tuple[DataRequirement, ...]:
    """The retrieves of a library and of what it reaches in the libraries it includes, each once."""
    return tuple(dict.fromkeys(_requirement(unit, node) for unit, node in _reached(root) if _is(node, "Retrieve")))


def value_set_uses(root: Unit) -> tuple[ValueSetUse, ...]:
    """The value sets that a library, and what it reaches, retrieves by or tests membership in, each once."""
    from cql.compiler.clinical import value_set_of

    found: dict[tuple[str, str | None], ValueSetUse] = {}
    for unit, node in _reached(root):
        # InValueSet and AnyInValueSet name the value set in a member that, unlike an expression, has no type.
        reference = node if _is(node, "ValueSetRef") else node.get("valueset")
        if isinstance(reference, dict):
            one = value_set_of(unit, reference)
            locator = reference.get("locator") or node.get("locator")
            place = None if locator is None else str(locator).partition("-")[0]
            found.setdefault((one.id, one.version), ValueSetUse(one, unit.name, place))
    return tuple(found.values())


def _is(node: Node, kind: str) -> bool:
    return node.get("type") == kind


def _reached(root: Unit) -> Iterator[tuple[Unit, Node]]:
    """Every node of the library's own statements, and of those in included libraries that they refer to."""
    pending = [(root, one) for one in items(root.library.get("statements") or {}, "def")]
    seen = {(id(unit), id(one)) for unit, one in pending}
    pending.reverse()
    while pending:
        unit, statement = pending.pop()
        for node in _nodes(statement):
            yield unit, node
            for owner, one in _referred(unit, node):
                if (id(owner), id(one)) not in seen:
                    seen.add((id(owner), id(one)))
                    pending.append((owner, one))


def _referred(unit: Unit, node: Node) -> Iterator[tuple[Unit, Node]]:
    """The statements that a reference may mean: of a function every overload, of FHIRHelpers none."""
    kind = node.get("type")
    if kind not in ("ExpressionRef", "FunctionRef"):
        return
    owner = unit.includes.get(node["libraryName"]) if "libraryName" in node else unit
    if owner is None or owner.native:
        return
    if kind == "FunctionRef":
        yield from ((owner, one) for one in owner.functions.get(node["name"], ()))
    elif node["name"] in owner.expressions:
        yield owner, owner.expressions[node["name"]]


def _nodes(statement: Node) -> Iterator[Node]:
    """A statement and every node below it, in document order."""
    pending = [statement]
    while pending:
        one = pending.pop()
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
