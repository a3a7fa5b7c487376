"""``is``, ``as``, ``cast``, ``convert``, ``minimum`` and ``maximum`` (CQL reference, "Type Operators")."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import As, Convert, Expression, Is, TypeExtent
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code
from cql.translator.elm import Expr
from cql.translator.operators import operator
from cql.translator.overloads import Resolution
from cql.translator.specifiers import resolve_named, resolve_type
from cql.translator.types import is_erroneous
from cql.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    STRING,
    SYSTEM_URI,
    TIME,
    CqlType,
    NamedType,
    system,
)

_EXTENT_TYPES: Final = frozenset({INTEGER, LONG, DECIMAL, DATE, DATETIME, TIME, QUANTITY})
_CALENDAR_CODES: Final = {
    "year": "a",
    "month": "mo",
    "week": "wk",
    "day": "d",
    "hour": "h",
    "minute": "min",
    "second": "s",
    "millisecond": "ms",
}


def is_(context: Context, node: Is) -> Expr:
    """``X is Type``."""
    operand = context.expression(node.operand)
    of = resolve_type(context, node.type)
    if is_erroneous(of) or is_erroneous(operand.type):
        return context.erroneous(node.span)
    return context.build.node(
        "Is", node.span, BOOLEAN, operand=operand.elm, isTypeSpecifier=context.build.specifier(of)
    )


def as_(context: Context, node: As) -> Expr:
    """``X as Type`` and ``cast X as Type``."""
    operand = context.expression(node.operand)
    of = resolve_type(context, node.type)
    if is_erroneous(of) or is_erroneous(operand.type):
        return Expr(context.erroneous(node.span).elm, of, node.span)
    if not context.types.may_be(operand.type, of):
        hint = None
        if context.conversions.find(operand.type, of) is not None or _converter(context, operand, of) is not None:
            hint = f"`convert ... to {of}` turns one into the other"
        return context.error(
            Code.IMPOSSIBLE_CAST, f"A value of type {operand.type} can never be {of}.", node.span, hint
        )
    return context.build.node(
        "As",
        node.span,
        of,
        strict=node.strict,
        operand=operand.elm,
        asTypeSpecifier=context.build.specifier(of),
    )


def convert(context: Context, node: Convert) -> Expr:
    """``convert X to Type`` and ``convert X to 'unit'``."""
    operand = context.expression(node.operand)
    if node.type is None:
        unit = node.unit or "1"
        code = _CALENDAR_CODES.get(unit.removesuffix("s"), unit)
        target = context.build.literal(code, STRING, node.span)
        return context.call("ConvertQuantity", [operand, target], node.span, label="convert")
    of = resolve_type(context, node.type)
    if is_erroneous(of) or is_erroneous(operand.type):
        return Expr(context.erroneous(node.span).elm, of, node.span)
    if context.types.is_subtype(operand.type, of):
        return operand
    conversion = context.conversions.find(operand.type, of)
    if conversion is not None:
        return context.coercion.apply(operand, conversion)
    return _explicit(context, operand, of, node)


def _explicit(context: Context, operand: Expr, of: CqlType, node: Convert) -> Expr:
    resolution = _converter(context, operand, of)
    if resolution is not None:
        converted = context.convert_all([operand], resolution)
        return context.operation(resolution.overload.name, converted, resolution.overload.result, node.span)
    hint = None
    if isinstance(of, NamedType) and of.uri != SYSTEM_URI and system(of.name) in _SYSTEM_TARGETS:
        hint = f"did you mean System.{of.name}?"
    return context.error(Code.NO_CONVERSION, f"There is no conversion from {operand.type} to {of}.", node.span, hint)


_SYSTEM_TARGETS: Final = frozenset({QUANTITY, system("Ratio")})


def _converter(context: Context, operand: Expr, of: CqlType) -> Resolution | None:
    """The ``ToX`` operator that makes ``of`` out of the operand, or None."""
    if not isinstance(of, NamedType) or of.uri != SYSTEM_URI or operator(f"To{of.name}") is None:
        return None
    return context.try_call(f"To{of.name}", [operand])


def extent(context: Context, node: TypeExtent) -> Expr:
    """``minimum Integer``, ``maximum Date``."""
    name = "MinValue" if node.extent == "minimum" else "MaxValue"
    if not node.type.qualifiers and system(node.type.name) in _EXTENT_TYPES:
        of: CqlType = system(node.type.name)
    else:
        of = resolve_named(context, node.type)
    if is_erroneous(of):
        return context.erroneous(node.span)
    if of not in _EXTENT_TYPES:
        return context.error(Code.WRONG_TYPE, f"The type {of} has no {node.extent}.", node.span)
    assert isinstance(of, NamedType)
    return context.build.node(name, node.span, of, valueType=of.qualified)


HANDLERS: Final[dict[type[Expression], Handler]] = {Is: is_, As: as_, Convert: convert, TypeExtent: extent}
