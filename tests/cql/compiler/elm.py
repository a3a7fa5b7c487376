"""Short ways to write ELM, as the official translator emits it without annotations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cql import Engine, Library, Result
from cql.errors import CompileError

NOW = "2026-11-21T08:00:00.000+00:00"
SYSTEM = "{urn:hl7-org:elm-types:r1}"
FHIR = "{http://hl7.org/fhir}"

Node = dict[str, Any]
NULL: Node = {"type": "Null"}


def lit(value: bool | int | Decimal | str) -> Node:
    """A literal of the value's type."""
    name = {bool: "Boolean", int: "Integer", Decimal: "Decimal", str: "String"}[type(value)]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return {"type": "Literal", "valueType": SYSTEM + name, "value": text}


def tri(value: bool | None) -> Node:
    """A Boolean literal, or null."""
    return NULL if value is None else lit(value)


def op(kind: str, *operands: Node, **members: Any) -> Node:
    """An operator with a list of operands (or the operand itself for one)."""
    return {"type": kind, "operand": list(operands) if len(operands) != 1 else operands[0], **members}


def of_source(kind: str, source: Node, **members: Any) -> Node:
    """An operator with a source."""
    return {"type": kind, "source": source, **members}


def items(*elements: Node) -> Node:
    """A list selector."""
    return {"type": "List", "element": list(elements)}


def numbers(*values: int | None) -> Node:
    """A list of Integers and nulls."""
    return items(*(NULL if value is None else lit(value) for value in values))


def tuple_of(**elements: Node) -> Node:
    """A tuple selector."""
    return {"type": "Tuple", "element": [{"name": name, "value": value} for name, value in elements.items()]}


def alias(name: str) -> Node:
    """An alias's current row."""
    return {"type": "AliasRef", "name": name}


def let(name: str) -> Node:
    """A let's value."""
    return {"type": "QueryLetRef", "name": name}


def prop(path: str, scope: str | None = None, source: Node | None = None) -> Node:
    """A property of an alias, or of an expression."""
    return (
        {"type": "Property", "path": path}
        | ({"scope": scope} if scope else {})
        | ({"source": source} if source else {})
    )


def define_ref(name: str, **members: Any) -> Node:
    """A reference to a define."""
    return {"type": "ExpressionRef", "name": name, **members}


def call(name: str, *operands: Node, **members: Any) -> Node:
    """A call of a function."""
    return {"type": "FunctionRef", "name": name, "operand": list(operands), **members}


def helper(name: str, operand: Node) -> Node:
    """A call of a function of FHIRHelpers."""
    return call(name, operand, libraryName="FHIRHelpers")


def retrieve(resource: str, **members: Any) -> Node:
    """A retrieve of a FHIR resource type."""
    return {"type": "Retrieve", "dataType": FHIR + resource, **members}


def as_fhir(operand: Node, name: str) -> Node:
    """A cast to a FHIR type."""
    return {"type": "As", "operand": operand, "asType": FHIR + name, "strict": False}


def query(sources: dict[str, Node], **clauses: Any) -> Node:
    """A query with ELM's clauses, ``returns`` (an expression, with ``distinct``) and ``lets``."""
    node: Node = {"type": "Query", "source": [{"alias": a, "expression": e} for a, e in sources.items()]}
    if "returns" in clauses:
        node["return"] = {"expression": clauses.pop("returns"), "distinct": clauses.pop("distinct", False)}
    if "lets" in clauses:
        node["let"] = [{"identifier": n, "expression": e} for n, e in clauses.pop("lets").items()]
    return {**node, **clauses}


def library(
    defines: dict[str, Node], *, name: str = "Test", functions: list[Node] | None = None, **sections: Any
) -> Node:
    """A library with FHIRHelpers included; ``sections`` are further members (``parameters=[...]``)."""
    statements = [
        {"name": key, "context": "Unfiltered", "accessLevel": "Public", "expression": value}
        for key, value in defines.items()
    ]
    content: Node = {
        "identifier": {"id": name, "version": "1.0"},
        "includes": {"def": [{"localIdentifier": "FHIRHelpers", "path": "FHIRHelpers", "version": "4.0.1"}]},
        "statements": {"def": [*(functions or []), *statements]},
    }
    for section, definitions in sections.items():
        content.setdefault(section, {"def": []})["def"] += definitions
    return {"library": content}


def function(name: str, operands: dict[str, str], expression: Node, **members: Any) -> Node:
    """A function definition; operands by name with the qualified name of their type."""
    declared = [
        {"name": key, "operandTypeSpecifier": {"type": "NamedTypeSpecifier", "name": of}}
        for key, of in operands.items()
    ]
    return {
        "type": "FunctionDef",
        "name": name,
        "context": "Unfiltered",
        "expression": expression,
        "operand": declared,
    } | members


def operand(name: str) -> Node:
    """An operand of the function around."""
    return {"type": "OperandRef", "name": name}


def run(elm: Node, data: Any = (), **arguments: Any) -> Result:
    """Evaluate a library, plainly and traced, and require both to agree."""
    includes = arguments.pop("includes", None)
    engine = Engine(
        Library.from_elm(elm, includes), **{k: arguments.pop(k) for k in ("valuesets", "limits") if k in arguments}
    )
    plain = engine.evaluate(data, now=NOW, **arguments)
    traced = engine.evaluate(data, now=NOW, trace=True, **arguments)
    assert dict(traced.defines) == dict(plain.defines)
    assert {name: str(one) for name, one in traced.errors.items()} == {n: str(one) for n, one in plain.errors.items()}
    return plain


def value(expression: Node, data: Any = (), **arguments: Any) -> Any:
    """The value of one expression."""
    return run(library({"X": expression}), data, **arguments)["X"]


def problems(elm: Node, **arguments: Any) -> list[str]:
    """The messages that compiling gives."""
    try:
        Library.from_elm(elm, **arguments)
    except CompileError as error:
        return [one.message for one in error.diagnostics]
    return []
