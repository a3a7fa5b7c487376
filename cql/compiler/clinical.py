"""Codes, value sets and code systems (ELM chapters "Clinical Values" and "Clinical Operators")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, flag, items
from cql.compiler.refs import accessible, unit_of
from cql.compiler.registry import emits
from cql.types import BOOLEAN, CODE, CODESYSTEM, CONCEPT, VALUESET, ListType
from cql.values import Code, CodeSystem, Concept, ValueSet

if TYPE_CHECKING:
    from cql.compiler.program import Unit


def _definition(emitter: Emitter, node: Node, section: str, what: str) -> tuple[Unit, Node]:
    unit = unit_of(emitter, node)
    found = unit.definition(section, node["name"])
    if found is None:
        raise emitter.error(f"library {unit.name!r} has no {what} called {node['name']!r}", node)
    accessible(emitter, unit, found, node)
    return unit, found


def _included(unit: Unit, node: Node) -> Unit:
    """The library that a reference within a definition of ``unit`` points into."""
    return unit.includes.get(node.get("libraryName") or "", unit)


def _code_system(unit: Unit, node: Node | None) -> CodeSystem | None:
    if node is None:
        return None
    found = _included(unit, node).definition("codeSystems", node["name"])
    return None if found is None else CodeSystem(found["id"], found.get("version"), found["name"])


def _code(unit: Unit, definition: Node) -> Code:
    system = _code_system(unit, definition.get("codeSystem"))
    return Code(
        definition["id"],
        system.id if system else None,
        system.version if system else None,
        definition.get("display"),
    )


def value_set_of(unit: Unit, node: Node) -> ValueSet:
    """The value set that a ``ValueSetRef`` in ``unit`` names. Raises ``LookupError`` when there is none."""
    found = _included(unit, node).definition("valueSets", node["name"])
    if found is None:
        raise LookupError(f"there is no value set called {node['name']!r}")
    return ValueSet(found["id"], found.get("version"), found["name"])


def code_of(unit: Unit, node: Node) -> Code:
    """The code that a ``CodeRef`` in ``unit`` names. Raises ``LookupError`` when there is none."""
    owner = _included(unit, node)
    found = owner.definition("codes", node["name"])
    if found is None:
        raise LookupError(f"there is no code called {node['name']!r}")
    return _code(owner, found)


def value_set(emitter: Emitter, node: Node) -> ValueSet:
    """The value set that a ``ValueSetRef`` names."""
    _, found = _definition(emitter, node, "valueSets", "value set")
    return ValueSet(found["id"], found.get("version"), found["name"])


@emits("Code")
def _code_selector(emitter: Emitter, node: Node) -> Value:
    reference = node.get("system")
    system = _code_system(unit_of(emitter, reference), reference) if reference else None
    code = Code(node["code"], system.id if system else None, system.version if system else None, node.get("display"))
    return emitter.const(code, CODE)


@emits("Concept")
def _concept_selector(emitter: Emitter, node: Node) -> Value:
    codes = [_code_selector(emitter, one).const for one in items(node, "code")]
    return emitter.const(Concept(tuple(codes), node.get("display")), CONCEPT)


@emits("CodeRef")
def _code_ref(emitter: Emitter, node: Node) -> Value:
    return emitter.const(_code(*_definition(emitter, node, "codes", "code")), CODE)


@emits("ConceptRef")
def _concept_ref(emitter: Emitter, node: Node) -> Value:
    unit, found = _definition(emitter, node, "concepts", "concept")
    codes = []
    for one in items(found, "code"):
        owner = _included(unit, one)
        definition = owner.definition("codes", one["name"])
        if definition is None:
            raise emitter.error(f"library {owner.name!r} has no code called {one['name']!r}", one)
        codes.append(_code(owner, definition))
    return emitter.const(Concept(tuple(codes), found.get("display")), CONCEPT)


@emits("CodeSystemRef")
def _code_system_ref(emitter: Emitter, node: Node) -> Value:
    _, found = _definition(emitter, node, "codeSystems", "code system")
    return emitter.const(CodeSystem(found["id"], found.get("version"), found["name"]), CODESYSTEM)


@emits("ValueSetRef")
def _value_set_ref(emitter: Emitter, node: Node) -> Value:
    """The value set itself with ``preserve``; as older translators mean it, without, its codes."""
    found = emitter.const(value_set(emitter, node), VALUESET)
    if flag(node, "preserve", False):
        return found
    return Value(emitter.bind(f"E.codes_of({found.code})"), ListType(CODE))


@emits("ExpandValueSet")
def _expand(emitter: Emitter, node: Node) -> Value:
    operand = emitter.value({**items(node, "operand")[0], "preserve": True})
    return Value(emitter.bind(f"E.codes_of({operand})"), ListType(CODE))


def expanded(emitter: Emitter, reference: Node | None, expression: Node | None) -> str:
    """The name of the expanded value set that a reference or an expression gives."""
    if reference is not None:
        return emitter.bind(f"E.value_set({emitter.builder.constant(value_set(emitter, reference))})")
    assert expression is not None
    if expression.get("type") == "ValueSetRef":
        return expanded(emitter, expression, None)
    return emitter.bind(f"E.value_set({emitter.value(expression)})")


@emits("InValueSet", "AnyInValueSet")
def _in_value_set(emitter: Emitter, node: Node) -> Value:
    any_of = node["type"] == "AnyInValueSet"
    codes = emitter.value(node["codes" if any_of else "code"])
    sets = expanded(emitter, node.get("valueset"), node.get("valuesetExpression"))
    function = "clinical.any_in_value_set" if any_of else "clinical.in_value_set"
    return Value(emitter.call(function, codes, sets), BOOLEAN)


@emits("InCodeSystem", "AnyInCodeSystem")
def _in_code_system(emitter: Emitter, node: Node) -> Value:
    any_of = node["type"] == "AnyInCodeSystem"
    codes = emitter.value(node["codes" if any_of else "code"])
    reference = node.get("codesystem")
    system = (
        emitter.value(node["codesystemExpression"]) if reference is None else _code_system_ref(emitter, reference).code
    )
    function = "clinical.any_in_code_system" if any_of else "clinical.in_code_system"
    return Value(emitter.call(function, codes, f"E.code_system({system})"), BOOLEAN)


@emits("Subsumes", "SubsumedBy")
def _subsumes(emitter: Emitter, node: Node) -> Value:
    left, right = (emitter.value(one) for one in items(node, "operand"))
    ancestor, descendant = (left, right) if node["type"] == "Subsumes" else (right, left)
    return Value(emitter.bind(f"E.subsumes({ancestor}, {descendant})"), BOOLEAN)
