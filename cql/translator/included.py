"""The libraries a library includes: found, translated or read, and what they export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cql.models import Model
from cql.translator.coercion import HELPERS
from cql.translator.inference import Inference
from cql.translator.operators import Overload
from cql.translator.symbols import Exports, FunctionSymbol, Symbol
from cql.translator.types import TypeSystem
from cql.types import (
    CODE,
    CODESYSTEM,
    CONCEPT,
    QUANTITY,
    STRING,
    VALUESET,
    CqlType,
    IntervalType,
    NamedType,
    from_specifier,
)

IncludeProvider = Callable[[str, str | None], "str | dict[str, Any] | None"]

_SECTIONS = (
    ("codeSystems", "CodeSystemRef", CODESYSTEM),
    ("valueSets", "ValueSetRef", VALUESET),
    ("codes", "CodeRef", CODE),
    ("concepts", "ConceptRef", CONCEPT),
)


def helpers(model: Model) -> Exports:
    """FHIRHelpers as every library can call it: the model's conversions as functions, and what later versions add."""
    exports = Exports(HELPERS, model.version)
    for source, (name, target) in model.conversions.items():
        exports.add_function(FunctionSymbol(Overload(name, (source,), target), target))
    quantity = NamedType(model.uri, "Quantity")
    for name, parameter, result in (
        ("ToQuantityIgnoringComparator", quantity, QUANTITY),
        ("ToInterval", quantity, IntervalType(QUANTITY)),
        ("ToCalendarUnit", STRING, STRING),
        ("ToValueSet", STRING, VALUESET),
    ):
        exports.add_function(FunctionSymbol(Overload(name, (parameter,), result), result))
    return exports


def exports_of_elm(elm: dict[str, Any], types: TypeSystem) -> Exports:
    """What a library given as ELM exports; types that the ELM does not state are inferred.

    Raises ``ValueError`` (also ``KeyError``, ``TypeError``) when ``elm`` has not the form of a library.
    """
    library = elm["library"]
    identifier = library["identifier"]
    exports = Exports(identifier["id"], identifier.get("version"))
    for section, reference, of in _SECTIONS:
        for one in library.get(section, {}).get("def", ()):
            _add(exports, one, reference, of)
    inference = Inference(library, types)
    for one in library.get("parameters", {}).get("def", ()):
        _add(exports, one, "ParameterRef", inference.parameter(one["name"]))
    for one in library.get("statements", {}).get("def", ()):
        if one.get("type") != "FunctionDef":
            _add(exports, one, "ExpressionRef", inference.definition(one["name"]))
            continue
        parameters = tuple(_operand_type(operand) for operand in one.get("operand", ()))
        exports.add_function(
            FunctionSymbol(
                Overload(one["name"], parameters, inference.function(one)),
                inference.function(one),
                fluent=bool(one.get("fluent")),
                private=one.get("accessLevel") == "Private",
            )
        )
    return exports


def _add(exports: Exports, definition: dict[str, Any], reference: str, of: CqlType) -> None:
    private = definition.get("accessLevel") == "Private"
    exports.symbols[definition["name"]] = Symbol(definition["name"], reference, of, private)


def _operand_type(operand: dict[str, Any]) -> CqlType:
    if "operandTypeSpecifier" in operand:
        return from_specifier(operand["operandTypeSpecifier"])
    return from_specifier({"type": "NamedTypeSpecifier", "name": operand["operandType"]})
