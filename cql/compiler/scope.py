"""What names mean within an expression: aliases, lets, operands, and ``$this``, ``$index``, ``$total``."""

from __future__ import annotations

from dataclasses import dataclass

from cql.compiler.forms import Value
from cql.compiler.writer import Block


@dataclass(frozen=True, slots=True)
class Binding:
    """A name's value, and how many loops of the function are around the place where it is bound."""

    value: Value
    depth: int


@dataclass(slots=True)
class Loop:
    """A loop being written; invariant code goes to ``before``, which stands in front of it."""

    before: Block


Scope = dict[str, Binding]
