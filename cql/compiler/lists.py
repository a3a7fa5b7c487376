"""Lists (ELM chapter "List Operators"), and the operators that evaluate an expression for each element."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Raw, Value
from cql.compiler.nodes import Node, declared_type, items
from cql.compiler.operators import element, first, integer, operator
from cql.compiler.registry import emits
from cql.types import CqlType, ListType, choice_of

_LIMIT = "max_items=E.limits.max_items"

operator("IndexOf", "list.index_of", integer, operands=("source", "element"))
operator("Slice", "list.slice", first, operands=("source", "startIndex", "endIndex"))
operator("Distinct", "list.distinct", first)
operator("Flatten", "list.flatten", element, keywords=_LIMIT)
operator("SingletonFrom", "list.singleton_from", element)
operator("Times", "structures.times")
operator("Children", "runtime.children", operands=("source",))
operator("Descendents", "runtime.descendants", operands=("source",))
operator("ToList", "conversion.to_list", lambda types: ListType(types[0]) if types[0] is not None else None)


@emits("List")
def _list(emitter: Emitter, node: Node) -> Value:
    values = [emitter.boxed(emitter.emit(one)) for one in items(node, "element")]
    declared = declared_type(node, "typeSpecifierName", "typeSpecifier")
    types = list(dict.fromkeys(one.type for one in values if not (one.is_const and one.const is None)))
    of: CqlType | None = declared
    if isinstance(of, ListType) or of is None:
        known = [one for one in types if one is not None]
        of = of.element if isinstance(of, ListType) else choice_of(known) if known and None not in types else None
    code = emitter.bind(f"[{', '.join(one.code for one in values)}]")
    return Value(code, None if of is None else ListType(of))


@emits("Filter")
def _filter(emitter: Emitter, node: Node) -> Value:
    def body(result: str, item: Value) -> None:
        emitter.guard(node["condition"], True, "continue")
        emitter.line(f"{result}.append({emitter.boxed(item).code})")

    source = emitter.emit(node["source"])
    return Value(_each(emitter, node, source, body), source.type)


@emits("ForEach")
def _for_each(emitter: Emitter, node: Node) -> Value:
    types: list[CqlType | None] = []

    def body(result: str, item: Value) -> None:
        value = emitter.boxed(emitter.emit(node["element"]))
        types.append(value.type)
        emitter.line(f"{result}.append({value.code})")

    code = _each(emitter, node, emitter.emit(node["source"]), body)
    return Value(code, None if types[0] is None else ListType(types[0]))


def _each(emitter: Emitter, node: Node, source: Value, body: object) -> str:
    """A loop over a list, ``$this`` (or the node's scope) its element; null for null. The name of the list it makes."""
    assert callable(body)
    source = source if isinstance(source, Raw) else emitter.boxed(source)
    result = emitter.bind("None")
    with emitter.nested(f"if {source.code} is not None:"):
        emitter.line(f"{result} = []")
        emitter.line(f"E.tick(len({source.code}))")
        alias, position = emitter.writer.name("a"), emitter.writer.name("i")
        with emitter.loop(f"for {position}, {alias} in enumerate({source.code}):"):
            item = element_value(source, alias)
            names = {"$this": item, "$index": Value(position)}
            if node.get("scope"):
                names[node["scope"]] = item
            with emitter.binding(names):
                body(result, item)
    return result


def element_value(source: Value, alias: str) -> Value:
    """An element of a list, in the form that the list has."""
    of = source.type.element if isinstance(source.type, ListType) else None
    if isinstance(source, Raw):
        return Raw(alias, of, present=source.present)
    return Value(alias, of)


@emits("Repeat")
def _repeat(emitter: Emitter, node: Node) -> Value:
    source = emitter.boxed(emitter.emit(node["source"]))
    names = {"$this": Value("item")} | ({node["scope"]: Value("item")} if node.get("scope") else {})
    project = emitter.closure(node["element"], names, ["item"])
    return Value(emitter.call("list.repeat", source.code, project, _LIMIT))


@emits("Current", "Iteration", "Total")
def _current(emitter: Emitter, node: Node) -> Value:
    name = {"Current": "$this", "Iteration": "$index", "Total": "$total"}[node["type"]]
    return emitter.lookup(node.get("scope") or name, node)
