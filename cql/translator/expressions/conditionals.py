"""``if`` and ``case`` (CQL author's guide, "Conditional Expressions")."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import Case, Expression, If
from cql.translator.context import Context, Handler
from cql.translator.elm import Elm, Expr
from cql.types import BOOLEAN, ChoiceType, CqlType


def if_(context: Context, node: If) -> Expr:
    """``if c then a else b``; ``else if`` in a row is worked through without recursion."""
    links: list[tuple[If, Expr, Expr]] = []
    current: Expression = node
    while isinstance(current, If):
        condition = context.coerce(context.expression(current.condition), BOOLEAN, "The condition of `if`")
        links.append((current, condition, context.expression(current.then)))
        current = current.otherwise
    result = context.expression(current)
    for link, condition, then in reversed(links):
        of = context.common_type([then.type, result.type])
        then, otherwise = (_as_result(context, one, of) for one in (then, result))
        result = context.build.node(
            "If", link.span, of, condition=condition.elm, then=then.elm, **{"else": otherwise.elm}
        )
    return result


def case(context: Context, node: Case) -> Expr:
    """``case [comparand] when a then b else c end``."""
    comparand = None if node.comparand is None else context.expression(node.comparand)
    whens = [context.expression(when) for when, _ in node.items]
    thens = [context.expression(then) for _, then in node.items]
    otherwise = context.expression(node.otherwise)
    if comparand is None:
        whens = [context.coerce(one, BOOLEAN, "The condition of `when`") for one in whens]
    else:
        tested = _compared_type(context, comparand, whens)
        comparand = context.coerce(comparand, tested, "The value that `case` compares")
        whens = [context.coerce(one, tested, "The value of `when`") for one in whens]
    of = context.common_type([one.type for one in (*thens, otherwise)])
    items: list[Elm] = []
    for (when_node, then_node), when, then in zip(node.items, whens, thens, strict=True):
        marks = context.build.marks(when_node.span.to(then_node.span))
        items.append({**marks, "when": when.elm, "then": _as_result(context, then, of).elm})
    return context.build.node(
        "Case",
        node.span,
        of,
        comparand=None if comparand is None else comparand.elm,
        caseItem=items,
        **{"else": _as_result(context, otherwise, of).elm},
    )


def _compared_type(context: Context, comparand: Expr, whens: list[Expr]) -> CqlType:
    """The type in which a ``case`` compares: the comparand's, unless a ``when`` needs a wider one."""
    of = context.common_type([comparand.type, *(one.type for one in whens)])
    return comparand.type if isinstance(of, ChoiceType) else of


def _as_result(context: Context, one: Expr, of: CqlType) -> Expr:
    return context.coerce(one, of, "This branch")


HANDLERS: Final[dict[type[Expression], Handler]] = {If: if_, Case: case}
