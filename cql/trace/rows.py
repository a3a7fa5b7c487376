"""The rows of a traced query: which clauses were computed for which elements of its sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from cql.trace.tree import Clause

_OF_A_ROW = ("let", "relationship", "where", "return", "aggregate")


@dataclass(slots=True)
class Row:
    """One row: the value of each alias, where it came from, and the clauses that were computed with it."""

    aliases: dict[str, Any]
    origins: dict[str, Clause]
    clauses: list[Clause] = field(default_factory=list)

    def get(self, name: str) -> Any:
        """The value of an alias, None when the row has no such alias."""
        return self.aliases.get(name)

    def origin(self, name: str) -> Clause | None:
        """The clause that gave a query variable its value."""
        return self.origins.get(name)

    def reference(self) -> str | None:
        """``Observation/o1`` for the first resource of the row."""
        for value in self.aliases.values():
            if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
                return f"{value['resourceType']}/{value.get('id', '?')}"
        return None


def rows(query: Clause) -> Iterator[Row]:
    """The rows in order. A clause that is the first of its part again starts the next row."""
    sources = query.at.node.get("source") or []
    sources = sources if isinstance(sources, list) else [sources]
    found = query.parts("source")
    names = [str(one.get("alias")) for one in sources]
    lists = [clause.value if isinstance(clause.value, list) else [clause.value] for clause in found]
    elements = product(*lists) if len(lists) == len(names) else iter(())
    current: Row | None = None
    seen: set[int] = set()
    for clause in query.children:
        if clause.role not in _OF_A_ROW:
            continue
        if current is None or id(clause.at.node) in seen:
            if current is not None:
                yield current
            values = next(elements, ())
            current = Row(dict(zip(names, values, strict=False)), dict(zip(names, found, strict=False)))
            seen = set()
        if clause.role != "relationship":
            seen.add(id(clause.at.node))
        current.clauses.append(clause)
    if current is not None:
        yield current
