"""Comparison operators (ELM chapter "Comparison Operators").

Where one side is a constant string, or both sides are known to be Integers or Strings, Python's own comparison is
written, with the general function for whatever turns out to be something else.
"""

from __future__ import annotations

from typing import Any

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.moments import compare_moments
from cql.compiler.nodes import Node, items
from cql.compiler.operators import apply
from cql.compiler.registry import emits, guards
from cql.types import BOOLEAN, INTEGER, STRING

_FUNCTIONS = {
    "Equal": "comparison.equal",
    "NotEqual": "comparison.not_equal",
    "Equivalent": "comparison.equivalent",
    "Less": "comparison.less",
    "LessOrEqual": "comparison.less_or_equal",
    "Greater": "comparison.greater",
    "GreaterOrEqual": "comparison.greater_or_equal",
}
_PYTHON = {"Equal": "==", "NotEqual": "!=", "Less": "<", "LessOrEqual": "<=", "Greater": ">", "GreaterOrEqual": ">="}
_CLASSES: dict[Any, str] = {INTEGER: "int", STRING: "str"}


@emits(*_FUNCTIONS)
def _compare(emitter: Emitter, node: Node) -> Value:
    left, right = (emitter.boxed(emitter.emit(one)) for one in items(node, "operand"))
    function = _FUNCTIONS[node["type"]]
    of = left.type if left.type == right.type else None
    moments = compare_moments(emitter, node["type"], left, right, function)
    if moments is not None:
        return Value(moments, BOOLEAN)
    python = _PYTHON.get(node["type"])
    if python is None or of not in _CLASSES or (left.is_const and right.is_const):
        return apply(emitter, function, [left, right], BOOLEAN)
    test = " and ".join(f"type({one.code}) is {_CLASSES[of]}" for one in (left, right) if not _is(one, _CLASSES[of]))
    quick = f"{left.code} {python} {right.code}"
    general = f"{emitter.op(function)}({left.code}, {right.code})"
    return Value(emitter.bind(f"({quick}) if {test} else {general}" if test else quick), BOOLEAN)


def _is(value: Value, name: str) -> bool:
    return value.is_const and type(value.const).__name__ == name


@guards("Equal")
def _guard_equal(emitter: Emitter, node: Node, want: bool, otherwise: str) -> None:
    left, right = (emitter.boxed(emitter.emit(one)) for one in items(node, "operand"))
    for constant, other in ((left, right), (right, left)):
        if want and _is(constant, "str") and other.type == STRING:
            emitter.line(f"if {other.code} != {constant.code}: {otherwise}")
            return
    emitter.line(f"if {apply(emitter, 'comparison.equal', [left, right], BOOLEAN).code} is not {want}: {otherwise}")
