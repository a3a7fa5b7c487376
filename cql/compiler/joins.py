"""Joining by equality: ``with [B] b such that b.x = a.y`` looks b up by x, instead of trying each b for each a.

Only Strings and Integers are joined so: for these, equality is Python's own.
"""

from __future__ import annotations

from cql.compiler.arithmetic import flattened
from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.lists import element_value
from cql.compiler.nodes import Node, items, names_used
from cql.compiler.writer import Block
from cql.types import INTEGER, STRING


def equality_join(emitter: Emitter, node: Node, source: Value, rows: str) -> tuple[str, Node | None] | None:
    """The rows that can be related to the current one, and what is left of ``suchThat``; None when no join applies."""
    condition = node.get("suchThat")
    if condition is None or emitter.builder.tracing or not rows.isidentifier() or not rows.startswith("h"):
        return None
    conjuncts = flattened(condition) if condition.get("type") == "And" else [condition]
    for conjunct in conjuncts:
        sides = items(conjunct, "operand") if conjunct.get("type") == "Equal" else []
        for inner, outer in (sides, sides[::-1]) if sides else ():
            if node["alias"] in names_used(outer) or not _only_row(emitter, inner, node["alias"]):
                continue
            found = _lookup(emitter, node, source, rows, inner, outer)
            if found is not None:
                rest = [one for one in conjuncts if one is not conjunct]
                return found, _conjunction(rest)
    return None


def _only_row(emitter: Emitter, node: Node, alias: str) -> bool:
    """Does the expression depend on the related row, and on nothing of the loops around?"""
    used = names_used(node)
    return alias in used and not any(emitter.scope[name].depth for name in used - {alias} if name in emitter.scope)


def _lookup(emitter: Emitter, node: Node, source: Value, rows: str, inner: Node, outer: Node) -> str | None:
    """Write the table of rows by key, and its look-up; None when the keys are not Strings or Integers."""
    writer = emitter.writer
    row, fill = writer.name("a"), Block(writer.block.indent + 2)
    with emitter.binding({node["alias"]: element_value(source, row)}), writer.writing_to(fill):
        key_of_row = emitter.boxed(emitter.emit(inner))
    if key_of_row.type not in (STRING, INTEGER):
        return None
    key = emitter.boxed(emitter.emit(outer))
    if key.type != key_of_row.type:
        return None
    table = writer.name("h")
    with writer.writing_to(emitter.hoisted_at[rows]):
        writer.line(f"{table} = M")
    with emitter.nested(f"if {table} is M:"):
        writer.line(f"{table} = {{}}")
        writer.line(f"for {row} in {rows}:")
        writer.block.parts.append(fill)
        with writer.writing_to(fill):
            writer.line(f"if {key_of_row.code} is not None: {table}.setdefault({key_of_row.code}, []).append({row})")
    return emitter.bind(f"{table}.get({key.code}, ()) if {key.code} is not None else ()")


def _conjunction(rest: list[Node]) -> Node | None:
    if not rest:
        return None
    condition = rest[0]
    for one in rest[1:]:
        condition = {"type": "And", "operand": [condition, one]}
    return condition
