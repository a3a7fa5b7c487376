"""Queries (CQL author's guide, "Queries"; developer's guide, "Query Evaluation")."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import (
    AggregateClause,
    Expression,
    Identifier,
    Query,
    Relationship,
    ReturnClause,
    SortClause,
    SortItem,
    Span,
    This,
)
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code
from cql.translator.elm import Elm, Expr
from cql.translator.scope import Kind, Scope
from cql.translator.types import is_erroneous
from cql.types import ANY, BOOLEAN, VALUESET, CqlType, ListType, TupleType


def query(context: Context, node: Query) -> Expr:
    """A query over one source or several."""
    scope = Scope()
    sources: list[Elm] = []
    types: dict[str, CqlType] = {}
    many = False
    context.scopes.push(scope)
    try:
        for one in node.sources:
            source = _source(context, context.expression(one.source))
            plural = isinstance(source.type, ListType)
            many = many or plural
            types[one.alias] = _element(source.type)
            _declare(context, scope, one.alias, "AliasRef", types[one.alias], one.alias_span)
            sources.append({**context.build.marks(one.span, source.type), "alias": one.alias, "expression": source.elm})
        return _clauses(context, node, scope, sources, types, many)
    finally:
        context.scopes.pop()


def _source(context: Context, source: Expr) -> Expr:
    """A value set as a source is its expansion."""
    return context.coerce(source, ListType(ANY), "A source") if source.type == VALUESET else source


def _element(of: CqlType) -> CqlType:
    return of.element if isinstance(of, ListType) else of


def _declare(context: Context, scope: Scope, name: str, kind: Kind, of: CqlType, span: Span) -> None:
    if name in scope.names:
        context.error(Code.DUPLICATE_DEFINITION, f"The query has two things called {name}.", span)
    elif context.scopes.find(name) is not None:
        context.diagnostics.warning(Code.HIDES, f"{name} hides what is called so outside of this query.", span)
    scope.names[name] = (kind, of)


def _clauses(
    context: Context, node: Query, scope: Scope, sources: list[Elm], types: dict[str, CqlType], many: bool
) -> Expr:
    fields: Elm = {"source": sources}
    lets: list[Elm] = []
    for one in node.lets:
        value = context.expression(one.value)
        _declare(context, scope, one.name, "QueryLetRef", value.type, one.name_span)
        lets.append({**context.build.marks(one.span, value.type), "identifier": one.name, "expression": value.elm})
    if lets:
        fields["let"] = lets
    relationships = [_relationship(context, one) for one in node.relationships]
    if relationships:
        fields["relationship"] = relationships
    if node.where is not None:
        where = context.coerce(context.expression(node.where), BOOLEAN, "The condition of `where`")
        fields["where"] = where.elm
    element = _result(context, node, types, fields)
    if node.aggregate is not None:
        fields["aggregate"], of = _aggregate(context, node.aggregate, scope)
        return _done(context, node, of, fields)
    if node.sort is not None:
        if not many:
            context.error(Code.SORT, "Only a query over a list can be sorted.", node.sort.span)
        else:
            fields["sort"] = _sort(context, node.sort, element)
    return _done(context, node, ListType(element) if many else element, fields)


def _done(context: Context, node: Query, of: CqlType, fields: Elm) -> Expr:
    if is_erroneous(of):
        return Expr({"type": "Null"}, of, node.span)
    return context.build.node("Query", node.span, of, **fields)


def _result(context: Context, node: Query, types: dict[str, CqlType], fields: Elm) -> CqlType:
    """The type of one element of the result; several sources without ``return`` give tuples of them."""
    if node.result is not None:
        fields["return"], of = _return(context, node.result)
        return of
    if len(node.sources) == 1 or node.aggregate is not None:
        return next(iter(types.values()))
    of = TupleType(tuple(sorted(types.items())))
    elements = [
        {"name": name, "value": context.build.node("AliasRef", node.span, one, name=name).elm}
        for name, one in types.items()
    ]
    combined = context.build.node("Tuple", node.span, of, element=elements)
    fields["return"] = {**context.build.marks(node.span, of), "distinct": True, "expression": combined.elm}
    return of


def _return(context: Context, node: ReturnClause) -> tuple[Elm, CqlType]:
    """``return``: without ``all`` repeats are removed (ELM's default, so nothing is written)."""
    value = context.expression(node.value)
    elm = context.build.marks(node.span, value.type)
    if node.all or node.distinct:
        elm["distinct"] = not node.all
    elm["expression"] = value.elm
    return elm, value.type


def _relationship(context: Context, node: Relationship) -> Elm:
    """``with``/``without``: its alias is known in its own condition only."""
    source = _source(context, context.expression(node.source.source))
    scope = Scope()
    _declare(context, scope, node.source.alias, "AliasRef", _element(source.type), node.source.alias_span)
    context.scopes.push(scope)
    try:
        condition = context.coerce(context.expression(node.condition), BOOLEAN, "The condition of `such that`")
    finally:
        context.scopes.pop()
    return {
        "type": "Without" if node.without else "With",
        **context.build.marks(node.span),
        "alias": node.source.alias,
        "expression": source.elm,
        "suchThat": condition.elm,
    }


def _aggregate(context: Context, node: AggregateClause, scope: Scope) -> tuple[Elm, CqlType]:
    """``aggregate x starting v: e``: the type of ``x`` is that of its start, widened to what ``e`` gives."""
    if node.starting is None:
        starting = context.build.node("Null", node.span, ANY)
    else:
        starting = context.expression(node.starting)
    of = starting.type
    scope.names[node.name] = ("QueryLetRef", of)
    value = context.expression(node.value)
    if (not is_erroneous(value.type) and not context.types.is_subtype(value.type, of)) or of == ANY != value.type:
        of = context.common_type([of, value.type])
        if of != starting.type and not starting.is_null:
            scope.names[node.name] = ("QueryLetRef", of)
            starting = context.coerce(starting, of, "The start of `aggregate`")
            value = context.coerce(context.expression(node.value), of, "The value of `aggregate`")
        else:
            value = context.coerce(value, of, "The value of `aggregate`")
    elm = {**context.build.marks(node.span, of), "identifier": node.name}
    if node.distinct:
        elm["distinct"] = True
    elm["expression"] = value.elm
    elm["starting"] = starting.elm
    return elm, of


def _sort(context: Context, node: SortClause, element: CqlType) -> Elm:
    if node.direction is not None:
        by = [{"type": "ByDirection", **context.build.marks(node.span, element), "direction": node.direction}]
        _check_ordered(context, element, node.span)
    else:
        context.scopes.push(Scope(this=element, sorting=True))
        try:
            by = [_sort_item(context, one) for one in node.items]
        finally:
            context.scopes.pop()
    return {**context.build.marks(node.span), "by": by}


def _sort_item(context: Context, node: SortItem) -> Elm:
    """A name sorts by that column, anything else by an expression over ``$this``."""
    value = context.expression(node.value)
    _check_ordered(context, value.type, node.span)
    marks = context.build.marks(node.span, value.type)
    direction = {"direction": node.direction}
    if isinstance(node.value, Identifier) and value.elm["type"] == "IdentifierRef":
        return {"type": "ByColumn", **marks, **direction, "path": node.value.name}
    if isinstance(node.value, This):
        return {"type": "ByColumn", **marks, **direction, "path": "$this"}
    return {"type": "ByExpression", **marks, **direction, "expression": value.elm}


def _check_ordered(context: Context, of: CqlType, span: Span) -> None:
    if is_erroneous(of) or of == ANY:
        return
    probe = Expr({"type": "AliasRef"}, of, span)
    if context.try_call("Less", [probe, probe]) is None:
        context.error(Code.SORT, f"Values of type {of} have no order to sort by.", span)


HANDLERS: Final[dict[type[Expression], Handler]] = {Query: query}
