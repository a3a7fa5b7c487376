"""Prefix, postfix and infix operators other than those of time and intervals (CQL reference, by chapter)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from cql.syntax.nodes import (
    Between,
    Binary,
    Expression,
    IntegerLiteral,
    LongLiteral,
    PerExpression,
    Unary,
)
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code
from cql.translator.elm import PRECISIONS, Expr
from cql.translator.expressions.literals import MAX_INTEGER, MAX_LONG, json_number, whole_number
from cql.translator.expressions.membership import contained, contains
from cql.translator.types import is_erroneous, sorted_choice
from cql.types import (
    ANY,
    BOOLEAN,
    CODE,
    CONCEPT,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    STRING,
    IntervalType,
    ListType,
)

_UNARY: Final = {
    "-": "Negate",
    "not": "Not",
    "exists": "Exists",
    "distinct": "Distinct",
    "flatten": "Flatten",
    "start of": "Start",
    "end of": "End",
    "width of": "Width",
    "successor of": "Successor",
    "predecessor of": "Predecessor",
    "singleton from": "SingletonFrom",
    "point from": "PointFrom",
    "is null": "IsNull",
    "is true": "IsTrue",
    "is false": "IsFalse",
}
_BINARY: Final = {
    "+": "Add",
    "-": "Subtract",
    "*": "Multiply",
    "/": "Divide",
    "div": "TruncatedDivide",
    "mod": "Modulo",
    "^": "Power",
    "=": "Equal",
    "!=": "Equal",
    "~": "Equivalent",
    "!~": "Equivalent",
    "<": "Less",
    "<=": "LessOrEqual",
    ">": "Greater",
    ">=": "GreaterOrEqual",
    "and": "And",
    "or": "Or",
    "xor": "Xor",
    "implies": "Implies",
    "union": "Union",
    "intersect": "Intersect",
    "except": "Except",
}
_NULL_COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


def unary(context: Context, node: Unary) -> Expr:
    """A prefix or postfix operator."""
    operator, operand = node.operator, node.operand
    if operator == "-" and isinstance(operand, (IntegerLiteral, LongLiteral)):
        return _negative(context, node, operand)
    if operator in ("is not null", "is not true", "is not false"):
        inner = unary(context, Unary(operator=operator.replace(" not", ""), operand=operand, span=node.span))
        return _negated(context, inner)
    translated = context.expression(operand)
    if operator == "+":
        return translated
    if operator in ("collapse", "expand"):
        return _per(context, operator, translated, None, node)
    return context.call(_UNARY[operator], [translated], node.span, label=f"`{operator}`")


def _negative(context: Context, node: Unary, operand: IntegerLiteral | LongLiteral) -> Expr:
    """A negative number: its range reaches one further than that of the positive."""
    of, limit = (INTEGER, MAX_INTEGER) if isinstance(operand, IntegerLiteral) else (LONG, MAX_LONG)
    number = whole_number(context, operand.text, of, limit + 1, operand.span)
    return context.call("Negate", [number], node.span, label="`-`")


def _negated(context: Context, inner: Expr) -> Expr:
    if is_erroneous(inner.type):
        return inner
    return context.build.node("Not", inner.span, BOOLEAN, operand=inner.elm)


def binary(context: Context, node: Binary) -> Expr:
    """An infix operator; a chain (``a and b and c ...``) is worked through without recursion."""
    chain: list[Binary] = []
    current: Expression = node
    while isinstance(current, Binary):
        chain.append(current)
        current = current.left
    result = context.expression(current)
    for link in reversed(chain):
        result = _infix(context, link, result, context.expression(link.right))
    return result


def _infix(context: Context, node: Binary, left: Expr, right: Expr) -> Expr:
    operator, span = node.operator, node.span
    label = f"`{operator}`"
    if operator in ("in", "properly in", "contains", "properly contains"):
        precision = None if node.precision is None else PRECISIONS[node.precision]
        proper = operator.startswith("properly")
        if operator.endswith("in"):
            return contained(context, left, right, span, proper=proper, precision=precision)
        return contains(context, left, right, span, proper=proper, precision=precision)
    if operator == "&":
        return _concatenate(context, [left, right], node)
    if operator in ("union", "intersect", "except"):
        return _set_operation(context, _BINARY[operator], left, right, node)
    if operator in _NULL_COMPARISONS:
        _warn_comparison(context, node, left, right)
    result = context.call(_BINARY[operator], [left, right], span, label=label)
    if operator == "+" and result.type == STRING:
        result.elm["type"] = "Concatenate"
    return _negated(context, result) if operator in ("!=", "!~") else result


def _warn_comparison(context: Context, node: Binary, left: Expr, right: Expr) -> None:
    if left.is_null or right.is_null:
        other = "`is null`" if node.operator == "=" else "`is not null`"
        context.diagnostics.warning(
            Code.ALWAYS_NULL,
            f"A comparison with null by `{node.operator}` is always null, never true.",
            node.span,
            f"did you mean {other}?" if node.operator in ("=", "!=") else None,
        )
    elif node.operator == "=" and {left.type, right.type} <= {CODE, CONCEPT}:
        context.diagnostics.warning(
            Code.NEVER_MATCHES,
            "Codes compared with `=` must agree in version and display too, which data rarely does.",
            node.span,
            "did you mean `~`?",
        )


def _concatenate(context: Context, operands: list[Expr], node: Binary) -> Expr:
    """``&``: null counts as the empty string."""
    filled = []
    for one in operands:
        text = context.coerce(one, STRING, "An operand of `&`")
        if is_erroneous(text.type):
            return context.erroneous(node.span)
        empty = context.build.literal("", STRING, one.span)
        filled.append(context.operation("Coalesce", [text, empty], STRING, one.span))
    return context.operation("Concatenate", filled, STRING, node.span)


def _set_operation(context: Context, name: str, left: Expr, right: Expr, node: Binary) -> Expr:
    """``union``, ``intersect``, ``except``: lists of different elements become lists of the choice of both."""
    types = context.types
    if isinstance(left.type, ListType) and isinstance(right.type, ListType):
        a, b = left.type.element, right.type.element
        if not (is_erroneous(a) or is_erroneous(b) or types.is_subtype(a, b) or types.is_subtype(b, a)):
            of = ListType(sorted_choice([a, b]))
            casts = [one if one.type == of else context.build.cast(one, of) for one in (left, right)]
            return context.operation(name, casts, of, node.span)
    return context.call(name, [left, right], node.span, label=f"`{node.operator}`")


def between(context: Context, node: Between) -> Expr:
    """``X [properly] between low and high``; of an interval: is it included in ``Interval[low, high]``?"""
    value, low, high = (context.expression(one) for one in (node.value, node.low, node.high))
    span = node.span
    if isinstance(value.type, IntervalType):
        point = context.common_type([low.type, high.type])
        bounds = [context.coerce(one, point, "A bound of `between`") for one in (low, high)]
        closed = not node.proper
        interval = context.build.node(
            "Interval",
            low.span.to(high.span),
            IntervalType(point),
            lowClosed=closed,
            highClosed=closed,
            low=bounds[0].elm,
            high=bounds[1].elm,
        )
        return context.call("IncludedIn", [value, interval], span, label="`between`")
    names = ("Greater", "Less") if node.proper else ("GreaterOrEqual", "LessOrEqual")
    sides = [
        context.call(name, [value, bound], span, label="`between`")
        for name, bound in zip(names, (low, high), strict=True)
    ]
    return context.call("And", sides, span)


def per(context: Context, node: PerExpression) -> Expr:
    """``collapse X per day``, ``expand X per 2 'mg'``."""
    return _per(context, node.operator, context.expression(node.operand), context.expression(node.per), node)


def _per(context: Context, operator: str, operand: Expr, per: Expr | None, node: Expression) -> Expr:
    name = operator.capitalize()
    result = context.call(name, [operand], node.span, label=f"`{operator}`")
    if is_erroneous(result.type):
        return result
    unit = context.build.node("Null", node.span, ANY) if per is None else _quantity(context, per, operator)
    converted = result.elm["operand"][0]
    result.elm["operand"] = [converted, unit.elm]
    return result


def _quantity(context: Context, per: Expr, operator: str) -> Expr:
    """The step of ``expand`` and ``collapse``; a bare number is a quantity of unit 1."""
    if per.elm["type"] == "Literal" and per.type in (INTEGER, DECIMAL):
        value = json_number(Decimal(per.elm["value"]))
        return context.build.node("Quantity", per.span, QUANTITY, value=value, unit="1")
    return context.coerce(per, QUANTITY, f"What follows `per` in `{operator}`")


HANDLERS: Final[dict[type[Expression], Handler]] = {
    Unary: unary,
    Binary: binary,
    Between: between,
    PerExpression: per,
}
