"""Durations, differences and components of dates and times (CQL reference, "Date and Time Operators")."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import Component, DurationBetween, DurationOf, Expression
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code
from cql.translator.elm import PRECISIONS, Expr
from cql.translator.overloads import Resolution
from cql.translator.types import is_erroneous
from cql.types import DATE, DATETIME, TIME, NamedType

_WHOLE: Final = {
    "date": "DateFrom",
    "time": "TimeFrom",
    "timezoneoffset": "TimezoneOffsetFrom",
    "timezone": "TimezoneOffsetFrom",
}
_OF_TYPE: Final = {
    DATE: frozenset({"year", "month", "week", "day"}),
    TIME: frozenset({"hour", "minute", "second", "millisecond"}),
    DATETIME: frozenset(PRECISIONS),
}


def duration_between(context: Context, node: DurationBetween) -> Expr:
    """``days between a and b``, ``difference in days between a and b``."""
    operands = [context.expression(node.low), context.expression(node.high)]
    return _between(context, node, operands)


def duration_of(context: Context, node: DurationOf) -> Expr:
    """``duration in days of interval``, ``difference in days of interval``."""
    interval = context.expression(node.interval)
    ends = [context.call(name, [interval], node.interval.span, label="`duration of`") for name in ("Start", "End")]
    return _between(context, node, ends)


def _between(context: Context, node: DurationBetween | DurationOf, operands: list[Expr]) -> Expr:
    name = "DifferenceBetween" if node.difference else "DurationBetween"
    label = f"`{'difference' if node.difference else 'duration'} in {node.precision}s`"
    result = context.call(name, operands, node.span, label=label, precision=PRECISIONS[node.precision])
    if not is_erroneous(result.type):
        _check_precision(context, node.precision, context.try_call(name, operands), node)
    return result


def _check_precision(context: Context, precision: str, resolution: Resolution | None, node: Expression) -> None:
    of = resolution.overload.parameters[0] if resolution is not None else None
    if isinstance(of, NamedType) and of in _OF_TYPE and precision not in _OF_TYPE[of]:
        context.error(Code.INVALID_PRECISION, f"A {of.name} has no {precision}s.", node.span)


def component(context: Context, node: Component) -> Expr:
    """``year from X``, ``date from X``, ``timezoneoffset from X``."""
    operand = context.expression(node.operand)
    label = f"`{node.component} from`"
    whole = _WHOLE.get(node.component)
    if whole is not None:
        return context.call(whole, [operand], node.span, label=label)
    if node.component == "week":
        return context.error(
            Code.INVALID_PRECISION, "There is no `week from`: a week is no component of a date.", node.span
        )
    result = context.call(
        "DateTimeComponentFrom", [operand], node.span, label=label, precision=PRECISIONS[node.component]
    )
    if not is_erroneous(result.type):
        _check_precision(context, node.component, context.try_call("DateTimeComponentFrom", [operand]), node)
    return result


HANDLERS: Final[dict[type[Expression], Handler]] = {
    DurationBetween: duration_between,
    DurationOf: duration_of,
    Component: component,
}
