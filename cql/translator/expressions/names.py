"""Identifiers, members and indexers: what a name refers to (CQL developer's guide, "Identifier Resolution")."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import Expression, ExternalConstant, Identifier, Index, Indexer, Member, Span, This, Total
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code, suggestion
from cql.translator.elm import Expr
from cql.translator.symbols import Included, Symbol
from cql.translator.types import is_erroneous
from cql.types import BOOLEAN, INTEGER, CqlType, ListType


def identifier(context: Context, node: Identifier) -> Expr:
    """A bare name: an alias, let or operand, then a property of the element being sorted, then a definition."""
    found = _local(context, node.name, node.span) or _defined(context, node.name, node.span)
    if found is not None:
        return found
    this = context.scopes.this()
    if this is not None and this.this is not None:
        of = context.types.property_type(this.this, node.name)
        if of is not None:
            return context.build.node("Property", node.span, of, path=node.name, scope="$this")
    if node.name in context.symbols.unreadable:
        return context.erroneous(node.span)
    if node.name in context.symbols.included:
        return context.error(
            Code.NOT_A_VALUE,
            f"{node.name} is a library, not a value.",
            node.span,
            f"name one of its definitions: {node.name}.X",
        )
    return _unknown(context, node.name, node.span)


def _unknown(context: Context, name: str, span: Span) -> Expr:
    own = context.symbols.own
    candidates = [*context.scopes.names(), *own.symbols, *context.symbols.included]
    element = context.scopes.sort_element()
    if element is not None:
        candidates += context.types.property_names(element)
    hint = suggestion(name, candidates)
    if hint is None and name in own.functions:
        hint = f"{name} is a function: call it with ()"
    return context.error(Code.UNKNOWN_IDENTIFIER, f"Nothing here is called {name}.", span, hint)


def _local(context: Context, name: str, span: Span) -> Expr | None:
    element = context.scopes.sort_element()
    if element is not None:
        of = context.types.property_type(element, name)
        if of is not None:
            return context.build.node("IdentifierRef", span, of, name=name)
    found = context.scopes.find(name)
    return None if found is None else context.build.node(found[0], span, found[1], name=name)


def _defined(context: Context, name: str, span: Span) -> Expr | None:
    symbol = context.symbols.own.symbols.get(name)
    if symbol is None:
        return None
    return _reference(context, symbol, context.symbols.type_of(symbol), span, None)


def _reference(context: Context, symbol: Symbol, of: CqlType, span: Span, alias: str | None) -> Expr:
    symbol.used = True
    if is_erroneous(of):
        return Expr({"type": "Null"}, of, span)
    preserve = True if symbol.reference == "ValueSetRef" else None
    return context.build.node(symbol.reference, span, of, name=symbol.name, libraryName=alias, preserve=preserve)


def member(context: Context, node: Member) -> Expr:
    """``source.name``: a definition of an included library, or a property."""
    library = included(context, node.source)
    if library is not None:
        return _included_member(context, library, node)
    source = context.expression(node.source)
    return property_of(context, source, node.name, node.span, node.name_span)


def included(context: Context, source: Expression | None) -> Included | None:
    """The library that ``source`` names, unless something nearer has that name."""
    if not isinstance(source, Identifier) or source.name not in context.symbols.included:
        return None
    if context.scopes.find(source.name) is not None:
        return None
    library = context.symbols.included[source.name]
    library.used = True
    return library


def _included_member(context: Context, library: Included, node: Member) -> Expr:
    if library.exports is None:
        return context.erroneous(node.span)
    symbol = library.exports.symbols.get(node.name)
    if symbol is None:
        hint = suggestion(node.name, (name for name, one in library.exports.symbols.items() if not one.private))
        return context.error(
            Code.UNKNOWN_IDENTIFIER,
            f"The library {library.exports.name} has no definition {node.name}.",
            node.name_span,
            hint,
        )
    if symbol.private:
        return context.error(
            Code.PRIVATE_MEMBER, f"{node.name} is private to the library {library.exports.name}.", node.name_span
        )
    assert symbol.type is not None
    return _reference(context, symbol, symbol.type, node.span, library.alias)


def property_of(context: Context, source: Expr, name: str, span: Span, name_span: Span) -> Expr:
    """Property ``name`` of ``source``; of a list, that of each element which has it, flattened."""
    if is_erroneous(source.type):
        return context.erroneous(span)
    of = context.types.property_type(source.type, name)
    if of is not None:
        if source.elm["type"] == "AliasRef":
            return context.build.node("Property", span, of, path=name, scope=source.elm["name"])
        return context.build.node("Property", span, of, path=name, source=source.elm)
    if isinstance(source.type, ListType):
        inner = context.types.property_type(source.type.element, name)
        if inner is not None:
            return _traverse(context, source, source.type.element, name, inner, span)
    hint = suggestion(name, context.types.property_names(source.type))
    return context.error(Code.UNKNOWN_PROPERTY, f"{source.type} has no property {name}.", name_span, hint)


def _traverse(context: Context, source: Expr, element: CqlType, name: str, of: CqlType, span: Span) -> Expr:
    build = context.build

    def path() -> Expr:
        this = build.node("AliasRef", span, element, name="$this")
        return build.node("Property", span, of, path=name, source=this.elm)

    null = build.node("IsNull", span, BOOLEAN, operand=path().elm)
    where = build.node("Not", span, BOOLEAN, operand=null.elm)
    aliased = {**build.marks(span, source.type), "alias": "$this", "expression": source.elm}
    returned = {**build.marks(span, ListType(of)), "distinct": False, "expression": path().elm}
    query = build.node("Query", span, ListType(of), source=[aliased], where=where.elm, **{"return": returned})
    return build.node("Flatten", span, of, operand=query.elm) if isinstance(of, ListType) else query


def this(context: Context, node: This) -> Expr:
    """``$this``."""
    element = context.scopes.sort_element()
    if element is not None:
        return context.build.node("IdentifierRef", node.span, element, name="$this")
    level = context.scopes.this()
    if level is None or level.this is None:
        return context.error(
            Code.OUT_OF_SCOPE,
            "$this has a meaning only in a sort clause or in a function over each element.",
            node.span,
        )
    return context.build.node("AliasRef", node.span, level.this, name="$this")


def index(context: Context, node: Index) -> Expr:
    """``$index``."""
    level = context.scopes.this()
    if level is None or not level.index:
        return context.error(Code.OUT_OF_SCOPE, "$index has no meaning here.", node.span)
    return context.build.node("Iteration", node.span, INTEGER)


def total(context: Context, node: Total) -> Expr:
    """``$total``."""
    level = context.scopes.this()
    if level is None or level.total is None:
        return context.error(Code.OUT_OF_SCOPE, "$total has no meaning here.", node.span)
    return context.build.node("Total", node.span, level.total)


def external_constant(context: Context, node: ExternalConstant) -> Expr:
    """``%name``: a parameter of that name."""
    symbol = context.symbols.own.symbols.get(node.name)
    if symbol is None or symbol.reference != "ParameterRef":
        hint = "declare it as a parameter"
        return context.error(Code.UNKNOWN_IDENTIFIER, f"There is no parameter {node.name}.", node.span, hint)
    return _reference(context, symbol, context.symbols.type_of(symbol), node.span, None)


def indexer(context: Context, node: Indexer) -> Expr:
    """``X[i]``."""
    operands = [context.expression(node.operand), context.expression(node.index)]
    return context.call("Indexer", operands, node.span, label="[ ]")


HANDLERS: Final[dict[type[Expression], Handler]] = {
    Identifier: identifier,
    Member: member,
    This: this,
    Index: index,
    Total: total,
    ExternalConstant: external_constant,
    Indexer: indexer,
}
