"""Why a result is null: the retrieves that found nothing and the properties that were absent, and only those that
count.

A clause that is null is followed down to what made it null. Three-valued logic decides what counts: ``false and null``
is false, so there is nothing to follow; ``true and null`` is null because of its second operand alone. A list that is
empty is followed to the retrieves below it: those that found nothing, and those whose rows a condition dropped while it
was null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from cql.data.element import FhirElement
from cql.trace.rows import Row, rows
from cql.trace.shown import shown
from cql.trace.terminology import filter_in_words
from cql.trace.tree import Clause, Forest
from cql.values import Interval, Quantity

Kind = Literal["retrieve", "property", "parameter", "undetermined", "type", "value"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that, had it been there, could have changed a null result.

    ``kind``: ``retrieve`` (no resource was found, or none met the conditions), ``property`` (an element is absent),
    ``parameter`` (no value given, no default), ``undetermined`` (all operands are there, but too imprecise or not
    comparable),
    ``type`` (a value is of another type than asked for), ``value`` (an operation has no result for these operands).
    ``found`` is the number of resources a retrieve gave before conditions; ``reference`` the resource that lacks
    ``path``.
    """

    kind: Kind
    text: str
    library: str
    define: str | None
    locator: str | None
    resource_type: str | None = None
    filter: str | None = None
    found: int | None = None
    path: str | None = None
    reference: str | None = None


def reasons(clause: Clause, forest: Forest, row: Row | None = None) -> tuple[Reason, ...]:
    """The reasons of a null (or, for a list, an empty) result; none for any other value.

    ``row`` is the query's row that the clause was computed for, if it is part of one.
    """
    finder = _Finder(forest)
    if clause.value is None:
        found = finder.null(clause, row)
    elif clause.value == []:
        found = finder.empty(clause)
    else:
        return ()
    return tuple(dict.fromkeys(found))


_UNKNOWN_BY_DESIGN = frozenset({"Null"})
_LOGIC = frozenset({"And", "Or", "Xor", "Implies", "Not"})
_FROM_LIST = frozenset({"First", "Last", "Indexer", "SingletonFrom", "Min", "Max", "Sum", "Avg", "Median", "Mode"})
_MORE_FROM_LIST = frozenset(
    {"StdDev", "Variance", "PopulationStdDev", "PopulationVariance", "Product", "GeometricMean"}
)
_OF_LIST = _FROM_LIST | _MORE_FROM_LIST


class _Finder:
    """Walks down from a null clause. A define is entered once for each result, so shared defines cost nothing twice."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self._entered: set[tuple[int, str]] = set()

    # -- null ------------------------------------------------------------------------------------------------------

    def null(self, clause: Clause, row: Row | None = None) -> Iterator[Reason]:
        """Reasons of a clause whose value is null; ``row`` gives the query variables it was computed with."""
        if self._seen(clause, "null"):
            return
        kind = clause.kind
        if kind in _UNKNOWN_BY_DESIGN:
            return
        if kind == "ExpressionRef":
            yield from self._of_define(clause, self.null)
        elif kind == "ParameterRef":
            name = clause.at.node.get("name")
            yield _reason("parameter", clause, f'the parameter "{name}" has no value')
        elif kind == "Property":
            yield from self._of_property(clause, row)
        elif kind in ("If", "Case"):
            yield from self._of_branches(clause, row)
        elif kind == "Query":
            yield from self._of_query(clause)
        elif kind in _OF_LIST:
            yield from self._of_list(clause, row)
        elif kind == "FunctionRef":
            yield from self._of_call(clause, row)
        elif kind in ("AliasRef", "QueryLetRef", "OperandRef", "IdentifierRef", "Current"):
            yield from self._of_variable(clause, row)
        else:
            yield from self._of_operands(clause, row)

    def _of_operands(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        """The general case: a null operand explains a null result, each by its own reasons."""
        nulls = [child for child in clause.children if child.value is None]
        for child in nulls:
            yield from self.null(child, row)
        if nulls or clause.kind in _LOGIC:
            return
        inner = [child for child in clause.children if _holds_null(child.value)]
        if inner:
            for child in inner:
                yield from self._of_operands(child, row)
        elif clause.kind in ("As", "Convert"):
            wanted = clause.at.node.get("asTypeSpecifier") or clause.at.node.get("asType") or "the type asked for"
            name = wanted.get("name") if isinstance(wanted, dict) else wanted
            yield _reason("type", clause, f"the value is not of type {str(name).rpartition('}')[2]}")
        elif clause.kind in _COMPARISONS:
            yield _reason("undetermined", clause, _undetermined(clause))
        elif clause.children:
            yield _reason("value", clause, f"{clause.kind} has no result for these values")

    def _of_define(self, clause: Clause, follow: Callable[[Clause], Iterator[Reason]]) -> Iterator[Reason]:
        root = self._forest.define(clause)
        if root is not None:
            yield from follow(root)

    def _of_call(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        """A function's null is explained by its body and operands, else by the nulls in the lists it was given."""
        found = list(self._of_operands(clause, row))
        yield from found
        if not found:
            for operand in clause.parts("operand"):
                if _holds_null(operand.value):
                    yield from self._null_elements(operand, row)

    def _of_property(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        sources = clause.parts("source")
        if sources and sources[0].value is None:
            yield from self.null(sources[0], row)
            return
        node = clause.at.node
        path = str(node.get("path"))
        owner = sources[0].value if sources else row.get(str(node.get("scope"))) if row else None
        if owner is None and row is not None and not sources:
            yield from self._of_variable(clause, row)
            return
        reference = _reference(owner) or (row.reference() if row else None)
        text = f"{reference or 'the value'} has no {path}"
        yield _reason("property", clause, text, path=path, reference=reference)

    def _of_branches(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        """A null condition counts as false, so it decides as well as the branch that was taken."""
        for child in clause.children:
            if child.value is None:
                yield from self.null(child, row)

    def _of_query(self, clause: Clause) -> Iterator[Reason]:
        """A null query has a null source, or is over a single row."""
        for source in clause.parts("source"):
            if source.value is None:
                yield from self.null(source)
                return
        for row in rows(clause):
            for part in row.clauses:
                if part.value is None:
                    yield from self.null(part, row)

    def _of_list(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        for child in clause.parts("source", "operand"):
            if child.value is None:
                yield from self.null(child, row)
            elif child.value == []:
                yield from self.empty(child, row)
            elif isinstance(child.value, list):
                yield from self._null_elements(child, row)

    def _null_elements(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        """A list with null in it: the rows or elements that gave null."""
        if clause.kind == "ExpressionRef":
            yield from self._of_define(clause, lambda root: self._null_elements(root, None))
        elif clause.kind == "Query":
            for one in rows(clause):
                for part in one.clauses:
                    if part.value is None:
                        yield from self.null(part, one)
        else:
            for child in clause.children:
                if child.value is None:
                    yield from self.null(child, row)
                elif _holds_null(child.value):
                    yield from self._null_elements(child, row)

    def _of_variable(self, clause: Clause, row: Row | None) -> Iterator[Reason]:
        """A query variable or operand that is null: the clause it was taken from explains it."""
        name = str(clause.at.node.get("name") or clause.at.node.get("scope"))
        origin = row.origin(name) if row else None
        if origin is not None and origin.value is None and origin is not clause:
            yield from self.null(origin, row)

    # -- empty -----------------------------------------------------------------------------------------------------

    def empty(self, clause: Clause, row: Row | None = None) -> Iterator[Reason]:
        """Reasons of an empty list: what could have put something in it."""
        if self._seen(clause, "empty"):
            return
        kind = clause.kind
        if kind == "Retrieve":
            yield self._nothing_found(clause, 0)
        elif kind == "ExpressionRef":
            yield from self._of_define(clause, self.empty)
        elif kind == "Query":
            yield from self._of_empty_query(clause)
        elif kind == "List":
            return
        else:
            for child in clause.children:
                if child.value == []:
                    yield from self.empty(child, row)
                elif child.value is None:
                    yield from self.null(child, row)

    def _of_empty_query(self, clause: Clause) -> Iterator[Reason]:
        for source in clause.parts("source"):
            if source.value is None:
                yield from self.null(source)
            elif source.value == []:
                yield from self.empty(source)
        dropped = 0
        for row in rows(clause):
            decisive = [
                part for part in row.clauses if part.role in ("where", "relationship") and part.value is not True
            ]
            for part in decisive:
                if part.value is None:
                    yield from self.null(part, row)
                elif part.role == "where":
                    dropped += 1
        if dropped:
            for retrieve in _retrieves(clause.parts("source"), self._forest):
                yield self._nothing_found(retrieve, len(retrieve.value or ()))

    def _nothing_found(self, clause: Clause, found: int) -> Reason:
        resource_type = str(clause.at.node.get("dataType")).rpartition("}")[2]
        filter_ = filter_in_words(clause.at.node)
        what = f"{resource_type} {filter_}" if filter_ else resource_type
        text = f"none of {found} {what} meets the conditions" if found else f"no {what} is on record"
        return _reason("retrieve", clause, text, resource_type=resource_type, filter=filter_, found=found)

    def _seen(self, clause: Clause, how: str) -> bool:
        key = (id(clause), how)
        seen = key in self._entered
        self._entered.add(key)
        return seen


_COMPARISONS = frozenset(
    {"Equal", "NotEqual", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Before", "After", "SameAs"}
    | {"SameOrBefore", "SameOrAfter", "In", "Contains", "Includes", "IncludedIn", "ProperIn", "ProperContains"}
    | {"ProperIncludes", "ProperIncludedIn", "Overlaps", "OverlapsBefore", "OverlapsAfter", "Meets", "MeetsBefore"}
    | {"MeetsAfter", "Starts", "Ends", "DurationBetween", "DifferenceBetween"}
)


def _retrieves(clauses: Iterable[Clause], forest: Forest) -> Iterator[Clause]:
    """The retrieves below these clauses, also through references to defines."""
    for clause in clauses:
        if clause.kind == "Retrieve":
            yield clause
        elif clause.kind == "ExpressionRef":
            root = forest.define(clause)
            yield from _retrieves([root] if root is not None else [], forest)
        else:
            yield from _retrieves(clause.children, forest)


def _undetermined(clause: Clause) -> str:
    values = " and ".join(shown(child.value) for child in clause.children)
    units = [child.value.unit for child in clause.children if isinstance(child.value, Quantity)]
    if len(set(units)) > 1:
        return f"{values} are of units that do not convert into each other"
    return f"{values} are too imprecise to decide"


def _holds_null(value: Any) -> bool:
    if isinstance(value, Interval):
        return value.low is None or value.high is None
    return isinstance(value, list) and None in value


def _reference(value: Any) -> str | None:
    """``Observation/o1`` for a resource, None for anything else."""
    if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
        return f"{value['resourceType']}/{value.get('id', '?')}"
    if isinstance(value, FhirElement):
        return _reference(value.value)
    return None


def _reason(kind: Kind, clause: Clause, text: str, **details: Any) -> Reason:
    return Reason(kind, text, clause.at.library, clause.at.define, clause.locator, **details)
