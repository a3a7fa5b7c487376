"""From the flat record of a traced evaluation back to trees: what each clause gave, and what it was computed from.

The instrumented program appends ``(node number, value)`` after each ELM node it has computed, so a node's record
follows those of its operands. Which node is whose operand is known from the ELM; a stack puts the records together
again. The body of a define completes a tree of its own; the body of a function hangs below the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Node = dict[str, Any]


class TracedNode(NamedTuple):
    """One ELM node that the instrumented program records: the library, and the define or function, it belongs to.

    ``referred`` is the library that a reference's ``libraryName`` means, else the same library.
    """

    library: str
    define: str | None
    node: Node
    in_function: bool
    referred: str


@dataclass(slots=True)
class Clause:
    """One evaluation of one ELM node. ``role`` is the part of its parent that it is (``operand``, ``where`` ...)."""

    at: TracedNode
    value: Any
    role: str = ""
    children: list[Clause] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The ELM type of the node."""
        return str(self.at.node.get("type"))

    @property
    def locator(self) -> str | None:
        """The source range ``line:column-line:column``, where the ELM says."""
        return self.at.node.get("locator")

    def parts(self, *roles: str) -> list[Clause]:
        """The children that are one of these parts."""
        return [child for child in self.children if child.role in roles]


class _Place(NamedTuple):
    parent: int
    role: str


_BODY = "body"


@dataclass(slots=True)
class Forest:
    """Every define that was evaluated, as a tree; keys are (library, define)."""

    defines: dict[tuple[str, str], Clause]

    def define(self, reference: Clause) -> Clause | None:
        """The tree of the define that an ``ExpressionRef`` refers to."""
        return self.defines.get((reference.at.referred, str(reference.at.node.get("name"))))


class Blueprint:
    """What the traces of one program have in common: its nodes by number, and whose operand each of them is."""

    def __init__(self, nodes: Iterable[tuple[str, str | None, Node, bool, str]]) -> None:
        self.nodes: Sequence[TracedNode] = [TracedNode(*one) for one in nodes]
        self.places: Mapping[int, _Place] = _places(self.nodes)


def grow(blueprint: Blueprint, events: Iterable[tuple[int, Any]]) -> Forest:
    """Put the records of one evaluation together."""
    nodes, places = blueprint.nodes, blueprint.places
    stack: list[Clause] = []
    forest = Forest({})
    for number, value in events:
        at = nodes[number]
        clause = Clause(at, value)
        stack_owner = id(at.node)
        first = len(stack)
        while first and _belongs(stack[first - 1], at.node, stack_owner, places):
            first -= 1
        clause.children = stack[first:]
        del stack[first:]
        place = places[id(at.node)]
        clause.role = place.role
        if place.role == _BODY and not at.in_function and at.define is not None:
            forest.defines[at.library, at.define] = clause
        else:
            stack.append(clause)
    return forest


_NO_PARENT = 0
"""Stands for the parent of the body of a define or function."""


def _belongs(below: Clause, node: Node, owner: int, places: Mapping[int, _Place]) -> bool:
    place = places[id(below.at.node)]
    if place.parent == owner:
        return True
    is_body = place.role == _BODY and below.at.in_function
    return is_body and node.get("type") == "FunctionRef" and below.at.define == node.get("name")


def _places(nodes: Sequence[TracedNode]) -> dict[int, _Place]:
    """For each traced node: the traced node above it, and which part of that it is."""
    traced = {id(at.node) for at in nodes}
    places: dict[int, _Place] = {}
    for at in nodes:
        _visit(at.node, traced, places)
    for at in nodes:
        places.setdefault(id(at.node), _Place(_NO_PARENT, _BODY))
    return places


def _visit(node: Node, traced: set[int], places: dict[int, _Place]) -> None:
    """Note, for each nearest traced node below ``node``, that ``node`` is its parent."""
    pending: list[tuple[Any, str]] = [(value, key) for key, value in node.items()]
    while pending:
        value, role = pending.pop()
        if isinstance(value, list):
            pending.extend((one, role) for one in value)
        elif isinstance(value, dict):
            if id(value) in traced:
                places[id(value)] = _Place(id(node), role)
            else:
                pending.extend((one, role) for one in value.values())
