"""Arithmetic operators (ELM chapter "Arithmetic Operators")."""

from __future__ import annotations

from collections.abc import Sequence

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, items, type_name
from cql.compiler.operators import apply, decimal, first, integer, operator, same
from cql.compiler.registry import emits
from cql.types import DATE, DATETIME, DECIMAL, INTEGER, LONG, TIME, CqlType
from cql.values import Long

_MOMENTS = (DATE, DATETIME, TIME)


def _sum(types: Sequence[CqlType | None]) -> CqlType | None:
    """A moment plus a quantity is a moment; else the operands have one type."""
    return types[0] if types and types[0] in _MOMENTS else same(types)


operator("Add", "arithmetic.add", _sum)
operator("Subtract", "arithmetic.subtract", _sum)
operator("Multiply", "arithmetic.multiply", same)
operator("Divide", "arithmetic.divide", lambda types: DECIMAL if same(types) == DECIMAL else None)
operator("TruncatedDivide", "arithmetic.truncated_divide", same)
operator("Modulo", "arithmetic.modulo", same)
operator("Ceiling", "arithmetic.ceiling", integer)
operator("Floor", "arithmetic.floor", integer)
operator("Truncate", "arithmetic.truncate", integer)
operator("Abs", "arithmetic.abs", first)
operator("Round", "arithmetic.round", operands=("operand", "precision"))
operator("Ln", "arithmetic.ln", decimal)
operator("Exp", "arithmetic.exp", decimal)
operator("Log", "arithmetic.log", decimal)
operator("Power", "arithmetic.power")
operator("Precision", "arithmetic.precision", integer)
operator("LowBoundary", "arithmetic.low_boundary", first)
operator("HighBoundary", "arithmetic.high_boundary", first)
operator("Successor", "arithmetic.successor", first)
operator("Predecessor", "arithmetic.predecessor", first)


@emits("Negate")
def _negate(emitter: Emitter, node: Node) -> Value:
    """The literal 2147483648 exists only below a negation: it is read as part of the number."""
    operand = items(node, "operand")[0]
    of = type_name(operand["valueType"]) if operand.get("type") == "Literal" else None
    if of in (INTEGER, LONG):
        limit = 2**31 if of == INTEGER else 2**63
        number = -int(str(operand["value"]).removesuffix("L"))
        return emitter.const(None if number < -limit else number if of == INTEGER else Long(number), of)
    value = emitter.boxed(emitter.emit(operand))
    return apply(emitter, "arithmetic.negate", [value], value.type)


@emits("MinValue", "MaxValue")
def _extreme(emitter: Emitter, node: Node) -> Value:
    of = type_name(node["valueType"])
    function = "arithmetic.min_value" if node["type"] == "MinValue" else "arithmetic.max_value"
    return apply(emitter, function, [emitter.const(of)], of)


def flattened(node: Node) -> list[Node]:
    """The operands of a chain of one associative operator (``a and b and c``), however it is nested."""
    found: list[Node] = []
    pending = [node]
    while pending:
        one = pending.pop()
        if one.get("type") == node["type"]:
            pending.extend(reversed(items(one, "operand")))
        else:
            found.append(one)
    return found
