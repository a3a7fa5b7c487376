"""Message (ELM chapter "Errors and Messages")."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node
from cql.compiler.registry import emits


@emits("Message")
def _message(emitter: Emitter, node: Node) -> Value:
    source = emitter.boxed(emitter.emit(node["source"]))
    condition = "True" if node.get("condition") is None else emitter.value(node["condition"])
    rest = [emitter.optional(node.get(part)) for part in ("code", "severity", "message")]
    return Value(emitter.call("message.message", source.code, condition, *rest, "sink=E.message"), source.type)
