"""String operators (ELM chapter "String Operators")."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, items
from cql.compiler.operators import boolean, integer, operator, string, strings
from cql.compiler.registry import emits
from cql.types import STRING, ListType

_LIMIT = "max_string=E.limits.max_string"

operator("Concatenate", "string.concatenate", string, keywords=_LIMIT)
operator("Combine", "string.combine", string, operands=("source", "separator"), keywords=_LIMIT)
operator("Split", "string.split", strings, operands=("stringToSplit", "separator"))
operator("SplitOnMatches", "regex.split_on_matches", strings, operands=("stringToSplit", "separatorPattern"))
operator("Upper", "string.upper", string)
operator("Lower", "string.lower", string)
operator("PositionOf", "string.position_of", integer, operands=("pattern", "string"))
operator("LastPositionOf", "string.last_position_of", integer, operands=("pattern", "string"))
operator("Substring", "string.substring", string, operands=("stringToSub", "startIndex", "length"))
operator("StartsWith", "string.starts_with", boolean)
operator("EndsWith", "string.ends_with", boolean)
operator("Matches", "regex.matches", boolean)
operator("ReplaceMatches", "regex.replace_matches", string, keywords=_LIMIT)


@emits("Length")
def _length(emitter: Emitter, node: Node) -> Value:
    value = emitter.boxed(emitter.emit(_only_operand(node)))
    if value.type == STRING:
        return Value(emitter.call("string.length", value.code))
    if isinstance(value.type, ListType):
        return Value(emitter.call("list.length", value.code))
    return Value(emitter.call("dispatch.length", value.code))


@emits("Indexer")
def _indexer(emitter: Emitter, node: Node) -> Value:
    source, index = (emitter.boxed(emitter.emit(one)) for one in items(node, "operand"))
    if source.type == STRING:
        return Value(emitter.call("string.indexer", source.code, index.code), STRING)
    if isinstance(source.type, ListType):
        return Value(emitter.call("list.indexer", source.code, index.code), source.type.element)
    return Value(emitter.call("dispatch.indexer", source.code, index.code))


def _only_operand(node: Node) -> Node:
    return items(node, "operand")[0]
