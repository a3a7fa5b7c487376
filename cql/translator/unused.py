"""Warnings about what a library declares and never uses."""

from __future__ import annotations

from cql.syntax.nodes import LibraryNode
from cql.translator.coercion import HELPERS
from cql.translator.context import Context
from cql.translator.diagnostics import Code


def report_unused(context: Context, node: LibraryNode) -> None:
    """Warn of private definitions, parameters and included libraries that nothing refers to.

    Public definitions are the library's results: other libraries and callers use them.
    """
    warn = context.diagnostics.warning
    for symbol in context.symbols.own.symbols.values():
        if symbol.used or symbol.node is None:
            continue
        if symbol.reference == "ParameterRef":
            warn(Code.UNUSED, f"The parameter {symbol.name} is never used.", symbol.node.name_span)
        elif symbol.private:
            warn(Code.UNUSED, f"{symbol.name} is private and never used.", symbol.node.name_span)
    for functions in context.symbols.own.functions.values():
        for function in functions:
            if function.private and not function.used and function.node is not None:
                name = function.node.name
                warn(Code.UNUSED, f"The function {name} is private and never used.", function.node.name_span)
    spans = {one.alias: one.span for one in node.includes}
    for alias, library in context.symbols.included.items():
        if not library.used and library.exports is not None and library.exports.name != HELPERS:
            warn(Code.UNUSED, f"The included library {alias} is never used.", spans[alias])
