"""A compact rendering of syntax trees, so that a test reads as text in, tree out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal

import pytest

from cql.syntax import nodes as n
from cql.syntax.parser import parse_expression, parse_library

Render = Callable[[str], str]
Codes = Callable[[str], list[str]]


def show(node: object) -> str:
    """A node as ``(Class field=... ...)``; names, literals and the common operators in a shorter form."""
    match node:
        case n.Identifier():
            return f'"{node.name}"' if node.quoted else node.name
        case n.Member():
            return f"{show(node.source)}.{node.name}"
        case n.Call():
            before = f"{show(node.source)}." if node.source is not None else ""
            return f"{before}{node.name}({', '.join(map(show, node.arguments))})"
        case n.NullLiteral():
            return "null"
        case n.BooleanLiteral():
            return str(node.value).lower()
        case n.StringLiteral():
            return repr(node.value)
        case n.IntegerLiteral() | n.DecimalLiteral():
            return node.text
        case n.LongLiteral():
            return f"{node.text}L"
        case n.QuantityLiteral():
            return f"<{node.value} {node.unit if node.is_calendar else repr(node.unit)}>"
        case n.Unary() if node.operator.startswith("is "):
            return f"({show(node.operand)} {node.operator})"
        case n.Unary():
            return f"({node.operator} {show(node.operand)})"
        case n.Binary():
            precision = f" {node.precision} of" if node.precision else ""
            return f"({show(node.left)} {node.operator}{precision} {show(node.right)})"
        case n.NamedTypeSpecifier():
            return ".".join((*node.qualifiers, node.name))
        case n.Node():
            name = type(node).__name__
            parts = (
                f"{f.name}={show(getattr(node, f.name))}"
                for f in fields(node)
                if not f.name.endswith("span") and getattr(node, f.name) not in (None, False, ())
            )
            return f"({' '.join((name, *parts))})"
        case tuple():
            return f"[{', '.join(map(show, node))}]"
        case str() | bool() | int() | Decimal() | None:
            return str(node)
        case _:
            raise TypeError(f"no rendering for {type(node).__name__}")


@pytest.fixture
def tree() -> Render:
    """Parse an expression that has no errors and render it."""

    def render(text: str) -> str:
        result = parse_expression(text)
        assert result.diagnostics == ()
        assert result.expression is not None
        return show(result.expression)

    return render


@pytest.fixture
def library() -> Callable[[str], n.LibraryNode]:
    """Parse a library that has no errors."""

    def parse(text: str) -> n.LibraryNode:
        result = parse_library(text)
        assert result.diagnostics == ()
        assert result.library is not None
        return result.library

    return parse


@pytest.fixture
def shown() -> Callable[[object], str]:
    return show


@pytest.fixture
def codes() -> Codes:
    """The codes of the diagnostics of a library, in order."""

    def find(text: str) -> list[str]:
        return [diagnostic.code for diagnostic in parse_library(text).diagnostics]

    return find
