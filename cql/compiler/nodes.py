"""Reading ELM JSON: what its XML heritage leaves open (absent lists, one item without a list) is settled here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cql.types import SYSTEM_URI, CqlType, from_specifier, parse_qualified

Node = dict[str, Any]

_PRECISIONS = frozenset({"year", "month", "week", "day", "hour", "minute", "second", "millisecond"})
_NOT_EXPRESSIONS = frozenset(
    {"annotation", "signature", "resultTypeSpecifier", "asTypeSpecifier", "isTypeSpecifier", "toTypeSpecifier"}
)


def items(node: Mapping[str, Any], key: str) -> list[Node]:
    """The nodes under ``key``: none when absent, one when it is no list."""
    found = node.get(key)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def type_name(name: str) -> CqlType:
    """A type by its qualified name; without a URI (``Integer``, ``t:Integer``) it is one of System's."""
    if name.startswith("{"):
        return parse_qualified(name)
    return parse_qualified(f"{{{SYSTEM_URI}}}" + name.rpartition(".")[2].rpartition(":")[2])


def declared_type(node: Mapping[str, Any], name_key: str, specifier_key: str) -> CqlType | None:
    """A type given as name or as specifier (``asType``/``asTypeSpecifier``), None when neither is there."""
    specifier = node.get(specifier_key)
    if specifier is not None:
        return from_specifier(specifier)
    name = node.get(name_key)
    return None if name is None else type_name(name)


def result_type(node: Mapping[str, Any]) -> CqlType | None:
    """The type that the translator has noted."""
    return declared_type(node, "resultTypeName", "resultTypeSpecifier")


def flag(node: Mapping[str, Any], key: str, default: bool) -> bool:
    """A boolean attribute, which may be written as text."""
    value = node.get(key, default)
    return value == "true" if isinstance(value, str) else bool(value)


def precision(node: Mapping[str, Any]) -> str | None:
    """The ``precision`` attribute in lower case, None when absent. Raises ``ValueError`` for one that CQL has not."""
    found = node.get("precision")
    if found is None:
        return None
    if found.lower() not in _PRECISIONS:
        raise ValueError(f"{found!r} is no precision")
    return str(found.lower())


def children(node: Node) -> Iterator[Node]:
    """The objects directly below ``node`` that are, or hold, expressions."""
    for key, value in node.items():
        if key in _NOT_EXPRESSIONS:
            continue
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    yield one


def names_used(node: Node) -> frozenset[str]:
    """The aliases, lets, operands and identifiers that ``node`` and all below it refer to."""
    found: set[str] = set()
    pending = [node]
    while pending:
        one = pending.pop()
        kind = one.get("type")
        if kind in ("AliasRef", "QueryLetRef", "OperandRef", "IdentifierRef"):
            found.add(one["name"])
            if kind == "IdentifierRef":
                found.add("$this")  # the name may be that of an element of the row
        elif kind == "Property":
            if "source" not in one:
                found.add(one.get("scope") or "$this")
        elif kind in ("Current", "Iteration", "Total"):
            found.add(one.get("scope") or {"Current": "$this", "Iteration": "$index", "Total": "$total"}[kind])
        pending.extend(children(one))
    return frozenset(found)
