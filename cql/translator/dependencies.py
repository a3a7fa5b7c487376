"""In which order to translate definitions: what is referred to before what refers to it, without recursion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache

from cql.syntax.nodes import Call, Definition, Identifier, Node


@cache
def _child_fields(kind: type) -> tuple[str, ...]:
    return tuple(
        one.name for one in fields(kind) if one.type not in ("Span", "str", "bool", "str | None", "bool | None")
    )


def names_in(node: Node) -> set[str]:
    """Every name that ``node`` mentions: identifiers and functions called (aliases too, which does no harm)."""
    found: set[str] = set()
    pending: list[object] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending.extend(one)
        elif isinstance(one, Node):
            if isinstance(one, (Identifier, Call)):
                found.add(one.name)
            pending.extend(getattr(one, name) for name in _child_fields(type(one)))  # type: ignore[arg-type]
    return found


def in_dependency_order(definitions: Iterable[Definition]) -> Iterator[Definition]:
    """``definitions``, each after those whose names it mentions. A cycle is cut where it closes."""
    every = list(definitions)
    by_name: dict[str, list[Definition]] = {}
    for one in every:
        by_name.setdefault(one.name, []).append(one)
    done: set[int] = set()
    for start in every:
        pending: list[tuple[Definition, bool]] = [(start, False)]
        while pending:
            one, ready = pending.pop()
            if ready:
                yield one
            elif id(one) not in done:
                done.add(id(one))
                pending.append((one, True))
                needed = (other for name in names_in(one) for other in by_name.get(name, ()))
                pending.extend((other, False) for other in needed if id(other) not in done)
