"""Calls: functions of this library and of included ones, fluent functions, and the system's own."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import Call, Expression, Identifier
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code, suggestion
from cql.translator.elm import Expr
from cql.translator.expressions.names import included
from cql.translator.expressions.system_functions import FUNCTION_NAMES, system_function
from cql.translator.operators import Overload, operator
from cql.translator.symbols import FunctionSymbol, Included
from cql.translator.types import is_erroneous

Candidate = tuple[str | None, FunctionSymbol]


def call(context: Context, node: Call) -> Expr:
    """``name(arguments)``, ``Library.name(arguments)`` or ``source.name(arguments)``."""
    library = included(context, node.source)
    if library is not None:
        return _library_call(context, library, node)
    if node.source is not None:
        return _fluent_call(context, node)
    arguments = [context.expression(one) for one in node.arguments]
    own: list[Candidate] = [(None, one) for one in context.symbols.functions_named(node.name)]
    system = operator(node.name) if node.name in FUNCTION_NAMES else None
    if own:
        # A library may add overloads to a function of the system: the best of both wins.
        return _invoke(context, node, own, arguments, system.overloads if system is not None else ())
    if node.name in FUNCTION_NAMES:
        return system_function(context, node, arguments)
    return _unknown(context, node, [*FUNCTION_NAMES, *context.symbols.own.functions])


def _library_call(context: Context, library: Included, node: Call) -> Expr:
    arguments = [context.expression(one) for one in node.arguments]
    if library.exports is None:
        return context.erroneous(node.span)
    found = library.exports.functions.get(node.name, [])
    public = [one for one in found if not one.private]
    if public:
        return _invoke(context, node, [(library.alias, one) for one in public], arguments)
    if found:
        return context.error(
            Code.PRIVATE_MEMBER, f"{node.name} is private to the library {library.exports.name}.", node.name_span
        )
    hint = suggestion(node.name, library.exports.functions)
    return context.error(
        Code.UNKNOWN_FUNCTION, f"The library {library.exports.name} has no function {node.name}.", node.name_span, hint
    )


def _fluent_call(context: Context, node: Call) -> Expr:
    from cql.translator.expressions.methods import METHODS, method

    assert node.source is not None
    found = list(context.symbols.fluent_functions(node.name))
    if not found and node.name in METHODS:
        return method(context, node)
    arguments = [context.expression(one) for one in (node.source, *node.arguments)]
    if found:
        for alias, _ in found:
            if alias is not None:
                context.symbols.included[alias].used = True
        return _invoke(context, node, found, arguments)
    if is_erroneous(arguments[0].type):
        return context.erroneous(node.span)
    if context.symbols.functions_named(node.name):
        return context.error(
            Code.UNKNOWN_FUNCTION,
            f"{node.name} is no fluent function.",
            node.name_span,
            f"declare it so (`define fluent function`), or call {node.name}(...)",
        )
    if isinstance(node.source, Identifier) and node.name in FUNCTION_NAMES:
        hint: str | None = f"call {node.name}({node.source.name})"
    else:
        hint = suggestion(node.name, [*context.symbols.fluent_names(), *METHODS])
    return context.error(Code.UNKNOWN_FUNCTION, f"There is no fluent function {node.name}.", node.name_span, hint)


def _invoke(
    context: Context, node: Call, candidates: list[Candidate], arguments: list[Expr], system: tuple[Overload, ...] = ()
) -> Expr:
    for _, one in candidates:
        one.used = True
    overloads = tuple(one.overload for _, one in candidates)
    resolution = context.resolve((*overloads, *system), arguments, node.span, node.name)
    if resolution is None:
        return context.erroneous(node.span)
    converted = context.convert_all(arguments, resolution)
    chosen = next((one for one in candidates if one[1].overload == resolution.overload), None)
    if chosen is None:
        return context.operation(node.name, converted, resolution.overload.result, node.span)
    alias, function = chosen
    result = function.result if function.result is not None else context.symbols.result_of(function)
    if is_erroneous(result):
        return context.erroneous(node.span)
    return context.build.node(
        "FunctionRef",
        node.span,
        result,
        name=node.name,
        libraryName=alias,
        signature=[context.build.specifier(one) for one in resolution.overload.parameters],
        operand=[one.elm for one in converted],
    )


def _unknown(context: Context, node: Call, names: list[str]) -> Expr:
    if node.name in context.symbols.unreadable:
        return context.erroneous(node.span)
    hint = suggestion(node.name, names)
    if hint is None and node.name in context.symbols.own.symbols:
        hint = f"{node.name} is a definition, not a function: write it without ()"
    return context.error(Code.UNKNOWN_FUNCTION, f"There is no function {node.name}.", node.name_span, hint)


HANDLERS: Final[dict[type[Expression], Handler]] = {Call: call}
