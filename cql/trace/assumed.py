"""Where a known result rests on something unknown.

CQL's conditions (``where``, ``such that``, ``if``, ``case``) take null for "not met", so a result may be known only
because something missing was taken for a no: ``exists (X where null)`` is false. Those conditions are found here,
again only where they could have changed the result: nothing below an ``exists`` that is true, or beside the operand
that settled an ``and``.
"""

from __future__ import annotations

from collections.abc import Iterator

from cql.trace.reasons import Reason, reasons
from cql.trace.rows import rows
from cql.trace.tree import Clause, Forest


def assumed(clause: Clause, forest: Forest) -> tuple[Reason, ...]:
    """The reasons of the conditions that were null; none for a null result, whose ``reasons`` say all."""
    if clause.value is None:
        return ()
    return tuple(dict.fromkeys(_within(clause, forest, set())))


def _within(clause: Clause, forest: Forest, entered: set[int]) -> Iterator[Reason]:
    if id(clause) in entered:
        return
    entered.add(id(clause))
    kind = clause.kind
    if kind == "Exists" and clause.value is True:
        return
    if kind == "ExpressionRef":
        root = forest.define(clause)
        if root is not None:
            yield from _within(root, forest, entered)
        return
    row_of = {id(part): row for row in rows(clause) for part in row.clauses} if kind == "Query" else {}
    for child in clause.children:
        if child.value is None and _is_condition(child, kind):
            yield from reasons(child, forest, row_of.get(id(child)))
        elif not _is_outvoted(child, clause):
            yield from _within(child, forest, entered)


def _is_condition(child: Clause, kind: str) -> bool:
    return child.role in ("where", "suchThat", "condition") or (kind == "Case" and child.role in ("caseItem", "when"))


def _is_outvoted(child: Clause, parent: Clause) -> bool:
    """Beside the operand that settled an ``and`` or ``or``, what the others are does not matter."""
    settles = {"And": False, "Or": True}.get(parent.kind)
    return settles is not None and parent.value is settles and child.value is not settles
