"""Retrieve: the resources of a type, filtered by code and date through the data's index (ELM ``Retrieve``)."""

from __future__ import annotations

from collections.abc import Iterator

from cql.compiler.clinical import expanded
from cql.compiler.emitter import Emitter
from cql.compiler.forms import Raw, Value
from cql.compiler.nodes import Node, items, type_name
from cql.compiler.registry import emits
from cql.terminology.value_set import ExpandedValueSet
from cql.types import CODE, CONCEPT, VALUESET, ListType, NamedType

_UNSUPPORTED = ("otherFilter", "include", "includedIn")


@emits("Retrieve")
def _retrieve(emitter: Emitter, node: Node) -> Value:
    of = type_name(node["dataType"])
    assert isinstance(of, NamedType)
    for part in _UNSUPPORTED:
        if items(node, part):
            raise emitter.error(f"a retrieve with {part} is not supported", node)
    if node.get("context") is not None:
        raise emitter.error("a retrieve from another context (a related patient's) is not supported", node)
    arguments = [emitter.builder.constant(of.name)]
    codes = [_codes_argument(emitter, *one) for one in _code_filters(node)]
    dates = [
        f"date_path={emitter.builder.constant(path)}, date_range={emitter.value(range_)}"
        for path, range_ in _date_filters(emitter, node)
    ]
    if len(codes) > 1 or len(dates) > 1:
        raise emitter.error("a retrieve with several filters of one kind is not supported", node)
    code = emitter.bind(f"E.index.retrieve({', '.join([*arguments, *codes, *dates])})")
    return Raw(code, ListType(of), present=True)


def _code_filters(node: Node) -> Iterator[tuple[str, Node]]:
    """(path, codes) of the attribute form and of the element form."""
    if node.get("codes") is not None:
        yield node.get("codeProperty") or "code", node["codes"]
    for one in items(node, "codeFilter"):
        yield one["property"], one["value"]


def _codes_argument(emitter: Emitter, path: str, codes: Node) -> str:
    name = emitter.builder.constant(path)
    if codes.get("type") == "ValueSetRef":
        return f"{name}, {expanded(emitter, codes, None)}"
    constants = _constant_codes(emitter, codes)
    if constants is not None:
        return f"{name}, {emitter.builder.constant(constants)}"
    value = emitter.boxed(emitter.emit(codes))
    if value.type == VALUESET:
        return f"{name}, E.value_set({value.code})"
    if value.type in (CODE, CONCEPT):
        return f"{name}, [{value.code}]"
    return f"{name}, {value.code} or ()"


def _constant_codes(emitter: Emitter, node: Node) -> ExpandedValueSet | None:
    """The codes of a filter that names codes and concepts, as a set; None for any other filter, and while tracing."""
    if node.get("type") not in ("ToList", "List") or emitter.builder.tracing:
        return None
    named = [*items(node, "operand"), *items(node, "element")]
    if not all(one.get("type") in ("CodeRef", "ConceptRef", "Code") for one in named):
        return None
    values = [emitter.emit(one).const for one in named]
    return ExpandedValueSet("", None, [code for one in values for code in getattr(one, "codes", (one,))])


def _date_filters(emitter: Emitter, node: Node) -> Iterator[tuple[str, Node]]:
    if node.get("dateRange") is not None:
        path = node.get("dateProperty")
        if not path:
            raise emitter.error("a retrieve with dateRange needs a dateProperty", node)
        yield path, node["dateRange"]
    for one in items(node, "dateFilter"):
        if one.get("property") is None:
            raise emitter.error("a retrieve's date filter by low and high property is not supported", node)
        yield one["property"], one["value"]
