"""Building ELM nodes: every one with its ``localId``, ``locator`` and result type (ELM spec r1, JSON form)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cql.syntax.nodes import Span
from cql.types import ANY, CqlType, NamedType, to_specifier

Elm = dict[str, Any]

PRECISIONS: Final = {
    "year": "Year",
    "month": "Month",
    "week": "Week",
    "day": "Day",
    "hour": "Hour",
    "minute": "Minute",
    "second": "Second",
    "millisecond": "Millisecond",
}


@dataclass(frozen=True, slots=True)
class Expr:
    """A translated expression: its ELM, its static type and the place it comes from."""

    elm: Elm
    type: CqlType
    span: Span

    @property
    def is_null(self) -> bool:
        """Is it the literal ``null``?"""
        return self.type == ANY and self.elm.get("type") == "Null"


class Builder:
    """Makes the nodes of one library and numbers them."""

    def __init__(self) -> None:
        self._last_id = 0
        self._specifiers: dict[CqlType, Elm] = {}

    def next_id(self) -> str:
        """A ``localId`` not given before in this library."""
        self._last_id += 1
        return str(self._last_id)

    def node(self, kind: str, span: Span, result: CqlType, /, **fields: Any) -> Expr:
        """An expression node of type ``kind``; fields that are None are left out."""
        elm: Elm = {"type": kind}
        elm.update(self.marks(span, result))
        for name, value in fields.items():
            if value is not None:
                elm[name] = value
        return Expr(elm, result, span)

    def marks(self, span: Span, result: CqlType | None = None) -> Elm:
        """What every element carries: ``localId``, ``locator`` and, with ``result``, its type."""
        elm: Elm = {"localId": self.next_id(), "locator": str(span)}
        if isinstance(result, NamedType):
            elm["resultTypeName"] = result.qualified
        elif result is not None:
            elm["resultTypeSpecifier"] = self.specifier(result)
        return elm

    def specifier(self, of: CqlType) -> Elm:
        """The ELM TypeSpecifier of a type; one object per type, shared by all nodes of that type."""
        found = self._specifiers.get(of)
        if found is None:
            found = self._specifiers[of] = to_specifier(of)
        return found

    def literal(self, value: str, of: NamedType, span: Span) -> Expr:
        """A Literal; ``value`` is its text form."""
        return self.node("Literal", span, of, valueType=of.qualified, value=value)

    def cast(self, operand: Expr, target: CqlType) -> Expr:
        """An implicit ``As``: ``asType`` for named types, ``asTypeSpecifier`` for others, never strict."""
        if isinstance(target, NamedType):
            return self.node("As", operand.span, target, operand=operand.elm, asType=target.qualified)
        return self.node("As", operand.span, target, operand=operand.elm, asTypeSpecifier=self.specifier(target))

    def is_type(self, operand: Expr, target: CqlType, boolean: CqlType) -> Expr:
        """An implicit ``Is``."""
        if isinstance(target, NamedType):
            return self.node("Is", operand.span, boolean, operand=operand.elm, isType=target.qualified)
        return self.node("Is", operand.span, boolean, operand=operand.elm, isTypeSpecifier=self.specifier(target))
