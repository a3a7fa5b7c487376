"""Type operators: casts, tests and conversions (ELM chapter "Type Operators").

A cast of a choice element reads the JSON key of that type directly.
"""

from __future__ import annotations

from decimal import Decimal

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Choice, Raw, Scalar, Value
from cql.compiler.nodes import Node, declared_type, flag, items, type_name
from cql.compiler.operators import always, apply, boolean, operator, strings
from cql.compiler.properties import read_shape
from cql.compiler.registry import EMITTERS, emits
from cql.types import (
    BOOLEAN,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    FHIR_URI,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    STRING,
    TIME,
    CqlType,
    NamedType,
)
from cql.values.number import decimal

_CONVERSIONS: dict[str, tuple[str, CqlType]] = {
    "Boolean": ("to_boolean", BOOLEAN),
    "Integer": ("to_integer", INTEGER),
    "Long": ("to_long", LONG),
    "Decimal": ("to_decimal", DECIMAL),
    "String": ("to_string", STRING),
    "Date": ("to_date", DATE),
    "DateTime": ("to_date_time", DATETIME),
    "Time": ("to_time", TIME),
    "Quantity": ("to_quantity", QUANTITY),
    "Ratio": ("to_ratio", RATIO),
    "Concept": ("to_concept", CONCEPT),
}
_OFFSET = dict.fromkeys(("DateTime", "Time", "String"), "offset=E.offset")

for _name, (_function, _of) in _CONVERSIONS.items():
    if _name != "Decimal":
        operator(f"To{_name}", f"conversion.{_function}", always(_of), keywords=_OFFSET.get(_name, ""))
    if _name != "Concept":
        operator(f"ConvertsTo{_name}", f"convertible.converts_{_function}", boolean)
operator("ToChars", "conversion.to_chars", strings)
operator("ConvertQuantity", "conversion.convert_quantity", always(QUANTITY))
operator("CanConvertQuantity", "convertible.can_convert_quantity", boolean)


@emits("ToDecimal")
def _to_decimal(emitter: Emitter, node: Node) -> Value:
    """An Integer literal that is too large is none, but it may be a Decimal."""
    operand = items(node, "operand")[0]
    if operand.get("type") == "Literal" and type_name(operand["valueType"]) in (INTEGER, LONG):
        return emitter.const(decimal(Decimal(str(operand["value"]).removesuffix("L"))), DECIMAL)
    return apply(emitter, "conversion.to_decimal", [emitter.boxed(emitter.emit(operand))], DECIMAL)


@emits("As")
def _as(emitter: Emitter, node: Node) -> Value:
    of = declared_type(node, "asType", "asTypeSpecifier")
    value = emitter.emit(items(node, "operand")[0])
    strict = flag(node, "strict", False)
    if value.is_const and value.const is None:
        return Value(value.code, of, None)
    if isinstance(value, Choice) and isinstance(of, NamedType) and of.uri == FHIR_URI and not strict:
        assert value.info is not None
        shapes = value.info.as_type(of.name)
        if len(shapes) == 1 and not value.info.is_list:
            return read_shape(emitter, value.code, value.present, shapes[0])
    if isinstance(value, Raw | Scalar) and value.type == of:
        return value
    value = emitter.boxed(value)
    if of is None or value.type == of:
        return value
    arguments = [value.code, emitter.builder.constant(of), *(["strict=True"] if strict else [])]
    return Value(emitter.call("types.as_type", *arguments), of)


@emits("Is")
def _is(emitter: Emitter, node: Node) -> Value:
    of = declared_type(node, "isType", "isTypeSpecifier")
    value = emitter.value(items(node, "operand")[0])
    return Value(emitter.call("types.is_type", value, emitter.builder.constant(of)), BOOLEAN)


@emits("Convert")
def _convert(emitter: Emitter, node: Node) -> Value:
    """The explicit conversion of the operators To..., by the name of the target type."""
    of = declared_type(node, "toType", "toTypeSpecifier")
    if not isinstance(of, NamedType) or of.uri == FHIR_URI or of.name not in _CONVERSIONS:
        raise emitter.error(f"there is no conversion to {of}", node)
    return EMITTERS[f"To{of.name}"](emitter, {"type": f"To{of.name}", "operand": node["operand"]})


@emits("CanConvert")
def _can_convert(emitter: Emitter, node: Node) -> Value:
    of = declared_type(node, "toType", "toTypeSpecifier")
    if not isinstance(of, NamedType) or of.uri == FHIR_URI or f"ConvertsTo{of.name}" not in EMITTERS:
        raise emitter.error(f"there is no conversion to {of}", node)
    return EMITTERS[f"ConvertsTo{of.name}"](emitter, {"type": f"ConvertsTo{of.name}", "operand": node["operand"]})
