"""Intervals, and the operators that points, intervals and lists share (ELM chapter "Interval Operators").

Timing and membership operators have one ELM node for all of them. Where the operands' types are known the function of
the right chapter is written, else ``cql.operators.dispatch`` looks at the values.
"""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.moments import compare_moments, moment_in_interval
from cql.compiler.nodes import Node, flag, items, precision
from cql.compiler.operators import TypeRule, apply, boolean, element, first, operator
from cql.compiler.registry import EMITTERS, emits, guards
from cql.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    STRING,
    TIME,
    CqlType,
    IntervalType,
    ListType,
)

_POINTS = (INTEGER, LONG, DECIMAL, QUANTITY, DATE, DATETIME, TIME)

operator("Start", "interval.start", element)
operator("End", "interval.end", element)
operator("Width", "interval.width", element)
operator("Size", "interval.size", element)
operator("PointFrom", "interval.point_from", element)
for _name in ("Meets", "MeetsBefore", "MeetsAfter", "Overlaps", "OverlapsBefore", "OverlapsAfter", "Starts", "Ends"):
    _function = "".join(f"_{c.lower()}" if c.isupper() else c for c in _name).lstrip("_")
    operator(_name, f"interval.{_function}", boolean, precise=True)


@emits("Interval")
def _interval(emitter: Emitter, node: Node) -> Value:
    low, high = _bound(emitter, node, "low"), _bound(emitter, node, "high")
    low_closed, high_closed = _closed(emitter, node, "lowClosed"), _closed(emitter, node, "highClosed")
    point = low.type if low.type is not None else high.type
    of = None if point is None else IntervalType(point)
    return apply(emitter, "interval.interval", [low, high, low_closed, high_closed, emitter.const(point)], of)


def _bound(emitter: Emitter, node: Node, member: str) -> Value:
    return emitter.boxed(emitter.emit(node[member])) if node.get(member) is not None else emitter.const(None)


def _closed(emitter: Emitter, node: Node, member: str) -> Value:
    expression = node.get(member + "Expression")
    if expression is None:
        return emitter.const(flag(node, member, True))
    closed = emitter.boxed(emitter.emit(expression))
    return closed if closed.is_const else Value(emitter.bind(f"{closed.code} is True"), BOOLEAN)


def _by_kind(name: str, function: str, result: TypeRule, interval_at: int, kinds: str) -> None:
    """Register an operator of several chapters: ``interval_at`` is the operand that is a list or an interval for sure.

    ``kinds``: the modules that have the function: "interval", "list" or both.
    """

    def emit(emitter: Emitter, node: Node) -> Value:
        values = [emitter.boxed(emitter.emit(one)) for one in items(node, "operand")]
        extra = [repr(precision(node))] if precision(node) else []
        module = _module(values[interval_at].type, kinds)
        if module == "list":
            extra = []
        quick = None if extra else _quick(emitter, name, values, f"{module}.{function}")
        if quick is not None:
            return Value(quick, BOOLEAN)
        return apply(emitter, f"{module}.{function}", values, result([one.type for one in values]), extra)

    EMITTERS[name] = emit


def _quick(emitter: Emitter, name: str, values: list[Value], function: str) -> str | None:
    """DateTimes compared without a call."""
    if name == "In":
        return moment_in_interval(emitter, values[0], values[1], function)
    return compare_moments(emitter, name, values[0], values[1], function)


def _module(of: CqlType | None, kinds: str) -> str:
    if isinstance(of, ListType) and "list" in kinds:
        return "list"
    if isinstance(of, IntervalType) or (of in _POINTS and "list" not in kinds):
        return "interval"
    return "dispatch" if "list" in kinds else "interval"


for _name, _function in (
    ("Before", "before"),
    ("After", "after"),
    ("SameAs", "same_as"),
    ("SameOrBefore", "same_or_before"),
    ("SameOrAfter", "same_or_after"),
):
    _by_kind(_name, _function, boolean, 0, "interval")
for _name, _function, _at in (
    ("Contains", "contains", 0),
    ("In", "in_", 1),
    ("ProperContains", "proper_contains", 0),
    ("ProperIn", "proper_in", 1),
    ("Includes", "includes", 0),
    ("IncludedIn", "included_in", 1),
    ("ProperIncludes", "proper_includes", 0),
    ("ProperIncludedIn", "proper_included_in", 1),
):
    _by_kind(_name, _function, boolean, _at, "interval list")
for _name, _function in (("Union", "union"), ("Intersect", "intersect"), ("Except", "except_")):
    _by_kind(_name, _function, first, 0, "interval list")


@emits("Expand")
def _expand(emitter: Emitter, node: Node) -> Value:
    values = [emitter.boxed(emitter.emit(one)) for one in items(node, "operand")]
    source = values[0].type
    of = (
        source if isinstance(source, ListType) else ListType(source.point) if isinstance(source, IntervalType) else None
    )
    return Value(emitter.call("interval.expand", *(one.code for one in values), "max_items=E.limits.max_items"), of)


operator("Collapse", "interval.collapse", first)


@guards("In")
def _guard_in(emitter: Emitter, node: Node, want: bool, otherwise: str) -> None:
    """A String in a list of constants is a look-up in a set."""
    left, right = items(node, "operand")
    texts = _constant_texts(right)
    if not want or texts is None:
        emitter.line(f"if {emitter.value(node)} is not {want}: {otherwise}")
        return
    value = emitter.boxed(emitter.emit(left))
    if value.type == STRING:
        emitter.line(f"if {value.code} not in {emitter.builder.constant(texts)}: {otherwise}")
    else:
        general = emitter.call("list.in_", value.code, emitter.value(right))
        emitter.line(f"if {general} is not True: {otherwise}")


def _constant_texts(node: Node) -> frozenset[str] | None:
    elements = items(node, "element")
    if node.get("type") != "List" or not elements:
        return None
    return frozenset(str(one["value"]) for one in elements) if all(map(_is_text, elements)) else None


def _is_text(node: Node) -> bool:
    return node.get("type") == "Literal" and str(node.get("valueType", "")).endswith("}String")
