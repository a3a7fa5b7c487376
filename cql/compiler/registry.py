"""Which emitter serves which ELM node type. The chapter modules fill these tables when ``cql.compiler`` is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cql.compiler.forms import Value
from cql.compiler.nodes import Node

if TYPE_CHECKING:
    from cql.compiler.emitter import Emitter

Emit = Callable[["Emitter", Node], Value]
Guard = Callable[["Emitter", Node, bool, str], None]

EMITTERS: dict[str, Emit] = {}
"""ELM type -> function that writes the code of such a node and gives its value."""

GUARDS: dict[str, Guard] = {}
"""ELM type -> function that writes: unless the node's value is the boolean, execute the statement."""


def emits(*types: str) -> Callable[[Emit], Emit]:
    """Registers the emitter of these ELM types."""

    def register(function: Emit) -> Emit:
        for name in types:
            assert name not in EMITTERS, name
            EMITTERS[name] = function
        return function

    return register


def guards(*types: str) -> Callable[[Guard], Guard]:
    """Registers the guard of these ELM types."""

    def register(function: Guard) -> Guard:
        for name in types:
            GUARDS[name] = function
        return function

    return register
