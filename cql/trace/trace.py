"""The trace as its reader sees it: defines with value, clauses and reasons; retrieves with what they found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cql.trace.assumed import assumed
from cql.trace.reasons import Reason, reasons
from cql.trace.render import render_define
from cql.trace.shown import shown
from cql.trace.terminology import filter_in_words
from cql.trace.tree import Blueprint, Clause, Forest, grow


@dataclass(frozen=True, slots=True)
class Found:
    """One evaluation of a retrieve: what was asked for and the references of the resources found."""

    library: str
    define: str | None
    locator: str | None
    resource_type: str
    filter: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefineTrace:
    """What one define gave.

    ``clause`` is the tree of its evaluation; ``reasons`` why it is null (or an empty list). ``assumed``, for any other
    value: the reasons of conditions that were null on the way and therefore counted as not met.
    """

    library: str
    name: str
    value: Any
    clause: Clause
    reasons: tuple[Reason, ...]
    assumed: tuple[Reason, ...]


class Trace:
    """The trace of one evaluation. Trees are built when first asked for; ``sources`` are the libraries' texts, if
    known.
    """

    def __init__(
        self,
        library: str,
        blueprint: Blueprint,
        events: Sequence[tuple[int, Any]],
        sources: Mapping[str, str],
    ) -> None:
        self._library = library
        self._blueprint = blueprint
        self._events = events
        self._sources = sources
        self._forest: Forest | None = None

    def _grown(self) -> Forest:
        if self._forest is None:
            self._forest = grow(self._blueprint, self._events)
        return self._forest

    @property
    def defines(self) -> tuple[tuple[str, str], ...]:
        """(library, define) of every define that was evaluated, in the order they finished."""
        return tuple(self._grown().defines)

    @property
    def computed(self) -> frozenset[tuple[str, str]]:
        """(library, define or function) of all of which anything was computed."""
        places = (self._blueprint.nodes[number] for number in {number for number, _ in self._events})
        return frozenset((one.library, one.define) for one in places if one.define is not None)

    def define(self, name: str, library: str | None = None) -> DefineTrace:
        """The trace of one define (of the main library unless said otherwise). Raises ``KeyError`` if it was not
        evaluated.
        """
        forest = self._grown()
        clause = forest.defines[library or self._library, name]
        return DefineTrace(
            library or self._library, name, clause.value, clause, reasons(clause, forest), assumed(clause, forest)
        )

    def reasons(self, name: str, library: str | None = None) -> tuple[Reason, ...]:
        """Why the define is null, or its list empty: only what could have changed the result. Empty for any other
        value.
        """
        return self.define(name, library).reasons

    @property
    def retrieves(self) -> tuple[Found, ...]:
        """Every evaluation of a retrieve, in order."""
        return tuple(self._retrieves())

    def _retrieves(self) -> Iterator[Found]:
        for number, value in self._events:
            at = self._blueprint.nodes[number]
            if at.node.get("type") == "Retrieve":
                yield Found(
                    at.library,
                    at.define,
                    at.node.get("locator"),
                    str(at.node.get("dataType")).rpartition("}")[2],
                    filter_in_words(at.node),
                    tuple(f"{one.get('resourceType')}/{one.get('id', '?')}" for one in value or ()),
                )

    def render(self, defines: Iterable[str] | None = None) -> str:
        """The trace as text for a terminal: per define its value, reasons and clauses with their source."""
        forest = self._grown()
        names = [(self._library, name) for name in defines] if defines is not None else list(forest.defines)
        blocks = []
        for library, name in names:
            if (library, name) in forest.defines:
                traced = self.define(name, library)
                blocks.append(render_define(name, traced.clause, traced.reasons, self._sources))
        return "\n\n".join(blocks)

    def to_json(self) -> dict[str, Any]:
        """The trace as plain JSON: ``defines`` (value, reasons, clauses) and ``retrieves``."""
        return {
            "defines": [
                {
                    "library": library,
                    "name": name,
                    "value": shown(clause.value),
                    "reasons": [asdict(one) for one in reasons(clause, self._grown())],
                    "clause": _clause_json(clause),
                }
                for (library, name), clause in self._grown().defines.items()
            ],
            "retrieves": [asdict(one) for one in self.retrieves],
        }


def _clause_json(clause: Clause) -> dict[str, Any]:
    return {
        "type": clause.kind,
        "role": clause.role,
        "locator": clause.locator,
        "value": shown(clause.value),
        "clauses": [_clause_json(child) for child in clause.children],
    }
