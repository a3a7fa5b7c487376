"""Literals, null, and selectors of quantities and ratios (ELM chapters "Simple Values" and "Clinical Values")."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, type_name
from cql.compiler.registry import emits
from cql.types import BOOLEAN, DATE, DATETIME, DECIMAL, INTEGER, LONG, QUANTITY, RATIO, STRING, TIME, CqlType
from cql.values import Date, DateTime, Long, Quantity, Ratio, Time
from cql.values.number import DECIMAL_MAX, DECIMAL_PLACES, scale


@emits("Null")
def _null(emitter: Emitter, node: Node) -> Value:
    return emitter.const(None)


@emits("Literal")
def _literal(emitter: Emitter, node: Node) -> Value:
    of = type_name(node["valueType"])
    try:
        return emitter.const(_read(of, node.get("value", "")), of)
    except (ValueError, InvalidOperation, KeyError) as problem:
        raise emitter.error(f"{node.get('value')!r} is not a literal of type {of}", node) from problem


def _read(of: CqlType, text: Any) -> Any:
    """The value that the text of a literal writes; numbers and booleans may come as JSON ones."""
    if of == BOOLEAN:
        return {"true": True, "false": False}[str(text).lower()]
    if of == INTEGER:
        return _within(int(str(text)), 2**31)
    if of == LONG:
        return Long(_within(int(str(text).removesuffix("L")), 2**63))
    if of == DECIMAL:
        return _decimal(Decimal(str(text)))
    if of == DATE:
        return Date.parse(text)
    if of == DATETIME:
        return DateTime.parse(text)
    if of == TIME:
        return Time.parse(text.removeprefix("T"))
    if of == STRING:
        return text
    raise ValueError(f"there are no literals of type {of}")


def _within(number: int, limit: int) -> int:
    if not -limit <= number < limit:
        raise ValueError("out of range")
    return number


def _decimal(number: Decimal) -> Decimal:
    if abs(number) > DECIMAL_MAX or scale(number) > DECIMAL_PLACES:
        raise ValueError("out of range")
    return number


@emits("Quantity")
def _quantity(emitter: Emitter, node: Node) -> Value:
    return emitter.const(_quantity_of(emitter, node), QUANTITY)


@emits("Ratio")
def _ratio(emitter: Emitter, node: Node) -> Value:
    numerator, denominator = (_quantity_of(emitter, node[part]) for part in ("numerator", "denominator"))
    return emitter.const(Ratio(numerator, denominator), RATIO)


def _quantity_of(emitter: Emitter, node: Node) -> Quantity:
    try:
        return Quantity(Decimal(str(node["value"])), node.get("unit") or "1")
    except InvalidOperation as problem:
        raise emitter.error(f"{node['value']!r} is not a decimal number", node) from problem
