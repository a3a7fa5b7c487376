"""Logical operators, conditionals and nullological operators: what decides how far to evaluate.

``And``, ``Or``, ``Case`` and ``Coalesce`` are written as a loop that runs once and is left as soon as the value is
certain, so long chains do not nest.
"""

from __future__ import annotations

from cql.compiler.arithmetic import flattened
from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, items
from cql.compiler.operators import boolean, operator
from cql.compiler.registry import emits, guards
from cql.types import BOOLEAN, CqlType

operator("Not", "logical.not_", boolean)
operator("Xor", "logical.xor", boolean)
operator("IsNull", "nullological.is_null", boolean)
operator("IsTrue", "nullological.is_true", boolean)
operator("IsFalse", "nullological.is_false", boolean)


@emits("And", "Or")
def _chain(emitter: Emitter, node: Node) -> Value:
    decisive = str(node["type"] == "Or")
    operands = flattened(node)
    result = emitter.writer.name()
    with emitter.nested("while True:", loop=True):
        emitter.line(f"{result} = {emitter.value(operands[0])}")
        emitter.line(f"if {result} is {decisive}: break")
        for one in operands[1:]:
            value = emitter.value(one)
            emitter.line(f"if {value} is {decisive}:")
            emitter.line(f"    {result} = {decisive}")
            emitter.line("    break")
            emitter.line(f"if {value} is None: {result} = None")
        emitter.line("break")
    return Value(result, BOOLEAN)


@guards("And")
def _guard_and(emitter: Emitter, node: Node, want: bool, otherwise: str) -> None:
    if want:
        for one in flattened(node):
            emitter.guard(one, True, otherwise)
    else:
        emitter.line(f"if {emitter.value(node)} is not False: {otherwise}")


@guards("Or")
def _guard_or(emitter: Emitter, node: Node, want: bool, otherwise: str) -> None:
    if want:
        emitter.line(f"if {emitter.value(node)} is not True: {otherwise}")
    else:
        for one in flattened(node):
            emitter.guard(one, False, otherwise)


@guards("Not")
def _guard_not(emitter: Emitter, node: Node, want: bool, otherwise: str) -> None:
    emitter.guard(items(node, "operand")[0], not want, otherwise)


@emits("Implies")
def _implies(emitter: Emitter, node: Node) -> Value:
    left, right = items(node, "operand")
    result = emitter.writer.name()
    emitter.line(f"{result} = {emitter.value(left)}")
    emitter.line(f"if {result} is False: {result} = True")
    with emitter.nested("else:"):
        value = emitter.value(right)
        emitter.line(f"{result} = True if {value} is True else None if {result} is None else {value}")
    return Value(result, BOOLEAN)


class _Branches:
    """The values of several branches, of which one is taken: into one name, with the type that they share."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.name = emitter.writer.name()
        self.types: set[CqlType | None] = set()

    def take(self, node: Node | None) -> None:
        """Write: this branch's value is the value."""
        value = Value("None", None, None) if node is None else self.emitter.boxed(self.emitter.emit(node))
        if not (value.is_const and value.const is None):
            self.types.add(value.type)
        self.emitter.line(f"{self.name} = {value.code}")

    @property
    def value(self) -> Value:
        """The value after the branches."""
        return Value(self.name, next(iter(self.types)) if len(self.types) == 1 else None)


@emits("If")
def _if(emitter: Emitter, node: Node) -> Value:
    condition = emitter.value(node["condition"])
    branches = _Branches(emitter)
    with emitter.nested(f"if {condition} is True:"):
        branches.take(node["then"])
    with emitter.nested("else:"):
        branches.take(node.get("else"))
    return branches.value


@emits("Case")
def _case(emitter: Emitter, node: Node) -> Value:
    comparand = node.get("comparand")
    branches = _Branches(emitter)
    compared = None if comparand is None else emitter.value(comparand)
    with emitter.nested("while True:", loop=True):
        for item in items(node, "caseItem"):
            when = emitter.value(item["when"])
            if compared is not None:
                when = emitter.call("comparison.equal", compared, when)
            with emitter.nested(f"if {when} is True:"):
                branches.take(item["then"])
                emitter.line("break")
        branches.take(node.get("else"))
        emitter.line("break")
    return branches.value


@emits("Coalesce")
def _coalesce(emitter: Emitter, node: Node) -> Value:
    operands = items(node, "operand")
    if len(operands) == 1:
        return Value(emitter.call("nullological.coalesce", emitter.value(operands[0])))
    branches = _Branches(emitter)
    with emitter.nested("while True:", loop=True):
        for one in operands[:-1]:
            branches.take(one)
            emitter.line(f"if {branches.name} is not None: break")
        branches.take(operands[-1])
        emitter.line("break")
    return branches.value
