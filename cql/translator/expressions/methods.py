"""FHIRPath's functions in method style, ``X.where(...)``, as CQL means them (CQL spec, appendix J, "FHIRPath Function
Translation").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cql.syntax.nodes import Call, Expression, Identifier, If, Member, NamedTypeSpecifier
from cql.translator.context import Context
from cql.translator.diagnostics import Code
from cql.translator.elm import Elm, Expr
from cql.translator.expressions.conditionals import if_
from cql.translator.expressions.system_functions import system_function
from cql.translator.scope import Scope
from cql.translator.specifiers import resolve_named
from cql.translator.types import is_erroneous
from cql.types import BOOLEAN, INTEGER, STRING, CqlType, ListType

Method = Callable[[Context, Call, Expr], Expr]


def method(context: Context, node: Call) -> Expr:
    """``source.name(arguments)``, where ``name`` is one of ``METHODS``."""
    assert node.source is not None
    if node.name == "iif":
        return _iif(context, node)
    source = context.expression(node.source)
    if is_erroneous(source.type):
        return context.erroneous(node.span)
    return METHODS[node.name](context, node, source)


# --- functions over each element ------------------------------------------------------------------


def _each(context: Context, node: Call, source: Expr) -> tuple[Elm, Expr]:
    """The argument translated for each element (``$this``): (source clause of a query, translated argument)."""
    element = source.type.element if isinstance(source.type, ListType) else source.type
    context.scopes.push(Scope({"$this": ("AliasRef", element)}, this=element))
    try:
        criteria = context.expression(node.arguments[0])
    finally:
        context.scopes.pop()
    clause = {**context.build.marks(source.span, source.type), "alias": "$this", "expression": source.elm}
    return clause, criteria


def _where(context: Context, node: Call, source: Expr) -> Expr:
    if not _takes(context, node, 1):
        return context.erroneous(node.span)
    clause, criteria = _each(context, node, source)
    where = context.coerce(criteria, BOOLEAN, f"The condition of {node.name}")
    return context.build.node("Query", node.span, source.type, source=[clause], where=where.elm)


def _select(context: Context, node: Call, source: Expr) -> Expr:
    """The argument for each element where it is not null; lists are flattened."""
    if not _takes(context, node, 1):
        return context.erroneous(node.span)
    build, span = context.build, node.span
    clause, value = _each(context, node, source)

    def let() -> Elm:
        return build.node("QueryLetRef", span, value.type, name="$a").elm

    null = build.node("IsNull", span, BOOLEAN, operand=let())
    where = build.node("Not", span, BOOLEAN, operand=null.elm)
    of: CqlType = ListType(value.type) if isinstance(source.type, ListType) else value.type
    query = build.node(
        "Query",
        span,
        of,
        source=[clause],
        let=[{**build.marks(span, value.type), "identifier": "$a", "expression": value.elm}],
        where=where.elm,
        **{"return": {**build.marks(span, of), "distinct": False, "expression": let()}},
    )
    if isinstance(of, ListType) and isinstance(of.element, ListType):
        return build.node("Flatten", span, of.element, operand=query.elm)
    return query


def _exists(context: Context, node: Call, source: Expr) -> Expr:
    filtered = _where(context, node, source) if node.arguments else source
    return context.call("Exists", [filtered], node.span, label="exists")


def _all(context: Context, node: Call, source: Expr) -> Expr:
    if not _takes(context, node, 1):
        return context.erroneous(node.span)
    clause, criteria = _each(context, node, source)
    value = context.coerce(criteria, BOOLEAN, "The condition of all")
    returned = {**context.build.marks(node.span, BOOLEAN), "distinct": False, "expression": value.elm}
    query = context.build.node("Query", node.span, ListType(BOOLEAN), source=[clause], **{"return": returned})
    return context.call("AllTrue", [query], node.span, label="all")


def _of_type(context: Context, node: Call, source: Expr) -> Expr:
    """The elements of that type, as it."""
    of = _type_argument(context, node)
    if of is None:
        return context.erroneous(node.span)
    build = context.build
    if not isinstance(source.type, ListType):
        return build.cast(source, of)
    element = build.node("AliasRef", node.span, source.type.element, name="$this")
    clause = {**build.marks(source.span, source.type), "alias": "$this", "expression": source.elm}
    where = build.is_type(element, of, BOOLEAN)
    returned = {**build.marks(node.span, of), "distinct": False, "expression": build.cast(element, of).elm}
    return build.node("Query", node.span, ListType(of), source=[clause], where=where.elm, **{"return": returned})


# --- types and conditions -------------------------------------------------------------------------


def _is(context: Context, node: Call, source: Expr) -> Expr:
    of = _type_argument(context, node)
    return context.erroneous(node.span) if of is None else context.build.is_type(source, of, BOOLEAN)


def _as(context: Context, node: Call, source: Expr) -> Expr:
    of = _type_argument(context, node)
    return context.erroneous(node.span) if of is None else context.build.cast(source, of)


def _type_argument(context: Context, node: Call) -> CqlType | None:
    if not _takes(context, node, 1):
        return None
    names: list[str] = []
    current: Expression = node.arguments[0]
    while isinstance(current, Member):
        names.insert(0, current.name)
        current = current.source
    if not isinstance(current, Identifier):
        context.error(Code.UNKNOWN_TYPE, f"{node.name} takes the name of a type.", node.arguments[0].span)
        return None
    *qualifiers, name = (current.name, *names)
    of = resolve_named(
        context, NamedTypeSpecifier(qualifiers=tuple(qualifiers), name=name, span=node.arguments[0].span)
    )
    return None if is_erroneous(of) else of


def _iif(context: Context, node: Call) -> Expr:
    assert node.source is not None
    if not _takes(context, node, 2):
        return context.erroneous(node.span)
    then, otherwise = node.arguments
    return if_(context, If(condition=node.source, then=then, otherwise=otherwise, span=node.span))


# --- the rest -------------------------------------------------------------------------------------


def _function(name: str, operands: int = 0) -> Method:
    """The system function ``name`` with the source as its first argument; ``operands`` more are taken."""

    def translate(context: Context, node: Call, source: Expr) -> Expr:
        if len(node.arguments) > operands:
            return context.error(Code.NO_OVERLOAD, f"{node.name} takes at most {operands} arguments.", node.span)
        arguments = [source, *(context.expression(one) for one in node.arguments)]
        renamed = Call(source=None, name=name, name_span=node.name_span, arguments=node.arguments, span=node.span)
        return system_function(context, renamed, arguments)

    return translate


def _empty(context: Context, node: Call, source: Expr) -> Expr:
    exists = context.call("Exists", [source], node.span, label="empty")
    return context.call("Not", [exists], node.span)


def _has_value(context: Context, node: Call, source: Expr) -> Expr:
    null = context.call("IsNull", [source], node.span)
    return context.call("Not", [null], node.span)


def _combine(context: Context, node: Call, source: Expr) -> Expr:
    if not _takes(context, node, 1):
        return context.erroneous(node.span)
    other = context.expression(node.arguments[0])
    of = context.common_type([source.type, other.type])
    parts = [context.coerce(one, of, "A list to combine") for one in (source, other)]
    both = context.build.node("List", node.span, ListType(of), element=[one.elm for one in parts])
    return context.call("Flatten", [both], node.span, label="combine")


def _position(context: Context, node: Call, source: Expr) -> Expr:
    """``indexOf``: of text in text, of an element in a list."""
    if not _takes(context, node, 1):
        return context.erroneous(node.span)
    sought = context.expression(node.arguments[0])
    if isinstance(source.type, ListType):
        return context.call("IndexOf", [source, sought], node.span, label=node.name)
    return context.call("PositionOf", [sought, source], node.span, label=node.name)


def _contains(context: Context, node: Call, source: Expr) -> Expr:
    """``contains``: text in text, an element in a list."""
    if not _takes(context, node, 1):
        return context.erroneous(node.span)
    sought = context.expression(node.arguments[0])
    if not context.fits(source, STRING):
        return context.call("Contains", [source, sought], node.span, label=node.name)
    position = context.call("PositionOf", [sought, source], node.span, label=node.name)
    zero = context.build.literal("0", INTEGER, node.span)
    return context.call("GreaterOrEqual", [position, zero], node.span, label=node.name)


def _takes(context: Context, node: Call, count: int) -> bool:
    if len(node.arguments) == count:
        return True
    context.error(Code.NO_OVERLOAD, f"{node.name} takes {count} argument(s), not {len(node.arguments)}.", node.span)
    return False


METHODS: Final[dict[str, Method]] = {
    "where": _where,
    "select": _select,
    "exists": _exists,
    "all": _all,
    "ofType": _of_type,
    "is": _is,
    "as": _as,
    "iif": _where,  # its source is a condition, not a collection: see ``method``
    "empty": _empty,
    "hasValue": _has_value,
    "combine": _combine,
    "indexOf": _position,
    "contains": _contains,
    "single": _function("SingletonFrom"),
    "exclude": _function("Except", 1),
    "subsetOf": _function("IncludedIn", 1),
    "supersetOf": _function("Includes", 1),
    "skip": _function("Skip", 1),
    "take": _function("Take", 1),
    "union": _function("Union", 1),
    "intersect": _function("Intersect", 1),
    "startsWith": _function("StartsWith", 1),
    "endsWith": _function("EndsWith", 1),
    "matches": _function("Matches", 1),
    "replaceMatches": _function("ReplaceMatches", 2),
    "substring": _function("Substring", 2),
    "round": _function("Round", 1),
    "log": _function("Log", 1),
    "power": _function("Power", 1),
    **{
        name[0].lower() + name[1:]: _function(name)
        for name in (
            *(
                "AllTrue",
                "AnyTrue",
                "First",
                "Last",
                "Tail",
                "Count",
                "Distinct",
                "Flatten",
                "Not",
                "Children",
                "Descendents",
            ),
            *("Abs", "Ceiling", "Exp", "Floor", "Ln", "Truncate", "Length", "Upper", "Lower", "ToChars"),
            *(f"To{of}" for of in ("Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity")),
            *(
                f"ConvertsTo{of}"
                for of in ("Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity")
            ),
        )
    },
}
