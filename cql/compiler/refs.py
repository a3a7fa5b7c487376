"""References: to defines, parameters, functions, aliases, lets and operands (ELM chapters "Reuse", "Queries").

A reference into an included library is a direct call: all libraries of a program are one module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Choice, Raw, Scalar, Value
from cql.compiler.native import native_function
from cql.compiler.nodes import Node, declared_type, items
from cql.compiler.properties import read_path
from cql.compiler.registry import emits
from cql.data.shapes import fhir
from cql.types import ANY, ChoiceType, CqlType, IntervalType, ListType

if TYPE_CHECKING:
    from cql.compiler.program import Unit


def unit_of(emitter: Emitter, node: Node) -> Unit:
    """The library that a reference's ``libraryName`` means; the current one when there is none."""
    name = node.get("libraryName")
    if not name:
        return emitter.unit
    found = emitter.unit.includes.get(name)
    if found is None:
        raise emitter.error(f"no library is included as {name!r}", node)
    return found


def accessible(emitter: Emitter, unit: Unit, definition: Node | None, node: Node) -> None:
    """Refuse a private definition of another library."""
    if definition is not None and unit is not emitter.unit and definition.get("accessLevel") == "Private":
        raise emitter.error(f"{node['name']!r} is private to library {unit.name!r}", node)


@emits("ExpressionRef")
def _expression(emitter: Emitter, node: Node) -> Value:
    unit = unit_of(emitter, node)
    definition = unit.expressions.get(node["name"])
    accessible(emitter, unit, definition, node)
    compiled = emitter.builder.expression(unit, node["name"], node)
    value = Value(emitter.bind(f"{compiled.function}(E)"), compiled.type)
    if _crosses(emitter, definition):
        of = compiled.type if isinstance(compiled.type, ListType) or compiled.type is None else ListType(compiled.type)
        return Value(emitter.call("runtime.cross_context", value.code), of)
    return value


def _crosses(emitter: Emitter, definition: Node | None) -> bool:
    """Does an expression of the Unfiltered context refer to one of a patient's?"""
    own = emitter.unit.expressions.get(emitter.define or "", {}).get("context")
    other = (definition or {}).get("context")
    return own in ("Unfiltered", "Population") and other not in (None, "Unfiltered", "Population")


@emits("ParameterRef")
def _parameter(emitter: Emitter, node: Node) -> Value:
    unit = unit_of(emitter, node)
    accessible(emitter, unit, unit.definition("parameters", node["name"]), node)
    compiled = emitter.builder.parameter(unit, node["name"], node)
    return Value(emitter.bind(f"{compiled.function}(E)"), compiled.type)


@emits("AliasRef", "QueryLetRef", "OperandRef")
def _local(emitter: Emitter, node: Node) -> Value:
    return emitter.lookup(node["name"], node)


@emits("IdentifierRef")
def _identifier(emitter: Emitter, node: Node) -> Value:
    """A name that the translator left open: a local name, else (in a sort) an element of the row, else a definition."""
    name = node["name"]
    if name in emitter.scope:
        return emitter.lookup(name, node)
    if "$this" in emitter.scope:
        return read_path(emitter, emitter.scope["$this"].value, name)
    unit = unit_of(emitter, node)
    if name in unit.expressions:
        return _expression(emitter, node)
    if unit.definition("parameters", name) is not None:
        return _parameter(emitter, node)
    raise emitter.error(f"nothing here is called {name!r}", node)


@emits("FunctionRef")
def _function(emitter: Emitter, node: Node) -> Value:
    unit = unit_of(emitter, node)
    values = [emitter.emit(one) for one in items(node, "operand")]
    if unit.native:
        native = native_function(emitter, node["name"], values)
        if native is not None:
            return native
    named = unit.functions.get(node["name"], [])
    candidates = [one for one in named if len(items(one, "operand")) == len(values)]
    if not candidates:
        raise emitter.error(f"library {unit.name!r} has no function {node['name']!r} of {len(values)} operands", node)
    arguments = [_argument(emitter, one) for one in values]
    types = _signature(node) or [one.type for one in arguments]
    definition = _chosen(candidates, types)
    accessible(emitter, unit, definition, node)
    if definition.get("external") in (True, "true") or definition.get("expression") is None:
        raise emitter.error(f"the function {node['name']!r} is external; this engine has no external functions", node)
    compiled = emitter.builder.overload(unit, definition)
    return Value(
        emitter.bind(f"{compiled.function}({', '.join(['E', *(one.code for one in arguments)])})"), compiled.type
    )


def _argument(emitter: Emitter, value: Value) -> Value:
    return emitter.boxed(value) if isinstance(value, Raw | Scalar | Choice) else value


def _signature(node: Node) -> list[CqlType | None]:
    return [declared_type({"of": one}, "name", "of") for one in items(node, "signature")]


def _chosen(candidates: list[Node], types: list[CqlType | None]) -> Node:
    """The overload whose operands fit the arguments' types best; nothing known of a type fits everything a little."""
    return max(candidates, key=lambda one: sum(map(_fit, _operand_types(one), types)))


def _operand_types(definition: Node) -> list[CqlType | None]:
    return [declared_type(one, "operandType", "operandTypeSpecifier") for one in items(definition, "operand")]


def _fit(wanted: CqlType | None, given: CqlType | None) -> int:
    if given is None or wanted is None:
        return 0
    if wanted == given:
        return 4
    if wanted == ANY:
        return 1
    if isinstance(wanted, ChoiceType):
        return 2 if max(_fit(one, given) for one in wanted.choices) > 0 else -8
    return 3 if _is_subtype(given, wanted) else -8


def _is_subtype(given: CqlType, wanted: CqlType) -> bool:
    match given, wanted:
        case (ListType(a), ListType(b)) | (IntervalType(a), IntervalType(b)):
            return a == b or b == ANY or _is_subtype(a, b)
    return fhir().is_subtype(given, wanted)
