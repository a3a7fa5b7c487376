"""Tuples and instances (ELM chapter "Structured Values")."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, items, type_name
from cql.compiler.registry import emits
from cql.types import FHIR_URI, NamedType, TupleType

_SYSTEM_CLASSES = ("Quantity", "Ratio", "Code", "Concept", "ValueSet", "CodeSystem")


@emits("Tuple")
def _tuple(emitter: Emitter, node: Node) -> Value:
    elements = [(one["name"], emitter.boxed(emitter.emit(one["value"]))) for one in items(node, "element")]
    pairs = ", ".join(f"{emitter.builder.constant(name)}: {value.code}" for name, value in elements)
    known = [(name, value.type) for name, value in elements if value.type is not None]
    of = TupleType(tuple(sorted(known))) if len(known) == len(elements) and known else None
    return Value(emitter.bind(f"{emitter.op('structures.Tuple')}({{{pairs}}})"), of)


@emits("Instance")
def _instance(emitter: Emitter, node: Node) -> Value:
    of = type_name(node["classType"])
    assert isinstance(of, NamedType)
    pairs = ", ".join(
        f"{emitter.builder.constant(one['name'])}: {emitter.value(one['value'])}" for one in items(node, "element")
    )
    name = emitter.builder.constant(of.name)
    if of.uri == FHIR_URI:
        return Value(emitter.call("instances.fhir_instance", name, f"{{{pairs}}}"), of)
    if of.name in _SYSTEM_CLASSES:
        return Value(emitter.call("structures.system_instance", name, f"{{{pairs}}}"), of)
    raise emitter.error(f"there are no instances of {of}", node)
