"""Timing phrases: ``A starts 3 days or less before start of B`` and all their relatives.

CQL author's guide, "Timing and Interval Operators"; the expansions are those of the developer's guide,
"Timing Phrases".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cql.syntax.nodes import (
    BeforeAfterPhrase,
    EndsPhrase,
    Expression,
    IncludedInPhrase,
    IncludesPhrase,
    MeetsPhrase,
    OverlapsPhrase,
    SamePhrase,
    StartsPhrase,
    Timing,
    TimingPhrase,
    WithinPhrase,
)
from cql.translator.context import Context, Handler
from cql.translator.elm import PRECISIONS, Expr
from cql.translator.expressions.membership import contained, contains, included_in, includes
from cql.translator.types import is_erroneous
from cql.types import BOOLEAN, CqlType, IntervalType

_SAME: Final = {"as": "SameAs", "or before": "SameOrBefore", "or after": "SameOrAfter"}
_BOUNDARY: Final = {"start": "Start", "end": "End"}


def timing(context: Context, node: Timing) -> Expr:
    """``left <phrase> right``, each side at the boundary that the phrase names."""
    left = _at(context, context.expression(node.left), node.left_boundary)
    right = _at(context, context.expression(node.right), node.right_boundary)
    if is_erroneous(left.type) or is_erroneous(right.type):
        return context.erroneous(node.span)
    return _PHRASES[type(node.phrase)](context, node, left, right, node.phrase)


def _at(context: Context, side: Expr, boundary: str | None) -> Expr:
    if boundary is None:
        return side
    return context.call(_BOUNDARY[boundary], [side], side.span, label=f"`{boundary} of`")


def _precision(phrase: Any) -> str | None:
    return None if phrase.precision is None else PRECISIONS[phrase.precision]


def _same(context: Context, node: Timing, left: Expr, right: Expr, phrase: SamePhrase) -> Expr:
    name = _SAME[phrase.relation]
    return context.call(
        name,
        [left, right],
        node.span,
        promote=name != "SameAs",
        label=f"`same {phrase.relation}`",
        precision=_precision(phrase),
    )


def _includes(context: Context, node: Timing, left: Expr, right: Expr, phrase: IncludesPhrase) -> Expr:
    precision = _precision(phrase)
    if node.right_boundary is not None:
        return contains(context, left, right, node.span, proper=phrase.proper, precision=precision)
    return includes(context, left, right, node.span, proper=phrase.proper, precision=precision)


def _included_in(context: Context, node: Timing, left: Expr, right: Expr, phrase: IncludedInPhrase) -> Expr:
    precision = _precision(phrase)
    if node.left_boundary is not None:
        return contained(context, left, right, node.span, proper=phrase.proper, precision=precision)
    return included_in(context, left, right, node.span, proper=phrase.proper, precision=precision)


def _before_after(context: Context, node: Timing, left: Expr, right: Expr, phrase: BeforeAfterPhrase) -> Expr:
    before = phrase.direction == "before"
    if phrase.offset is not None:
        return _offset(context, node, left, right, phrase)
    name = _direction(before, phrase.inclusive)
    label = f"`on or {phrase.direction}`" if phrase.inclusive else f"`{phrase.direction}`"
    return context.call(name, [left, right], node.span, promote=True, label=label, precision=_precision(phrase))


def _direction(before: bool, inclusive: bool) -> str:
    if inclusive:
        return "SameOrBefore" if before else "SameOrAfter"
    return "Before" if before else "After"


def _offset(context: Context, node: Timing, left: Expr, right: Expr, phrase: BeforeAfterPhrase) -> Expr:
    """``3 days [or more|or less] before``, ``more|less than 3 days after``: compared with the right side, shifted."""
    assert phrase.offset is not None
    before = phrase.direction == "before"
    span, label, precision = node.span, f"`{phrase.direction}`", _precision(phrase)
    left = _as_point(context, left, "End" if before else "Start")
    right = _as_point(context, right, "Start" if before else "End")
    shifted = context.call(
        "Subtract" if before else "Add", [right, context.expression(phrase.offset)], right.span, label=label
    )
    relation = phrase.offset_relation
    if relation in ("exactly", None):
        return context.call("SameAs", [left, shifted], span, label=label, precision=precision)
    if relation in ("or more", "more than"):
        name = _direction(before, inclusive=relation == "or more")
        return context.call(name, [left, shifted], span, promote=True, label=label, precision=precision)
    near_closed, far_closed = phrase.inclusive, relation == "or less"
    low, high = (shifted, right) if before else (right, shifted)
    closed = (far_closed, near_closed) if before else (near_closed, far_closed)
    found = _within(context, node, left, low, high, closed, precision)
    return _and_known(context, found, right) if near_closed or far_closed else found


def _as_point(context: Context, side: Expr, boundary: str) -> Expr:
    """An interval by its boundary; a point as it is. What can only be read as an interval (a FHIR.Period) is one."""
    return context.call(boundary, [side], side.span) if _is_interval(context, side.type) else side


def _is_interval(context: Context, of: CqlType) -> bool:
    targets = context.conversions.targets(of)
    return isinstance(of, IntervalType) or any(isinstance(one, IntervalType) for one in targets)


def _within(
    context: Context,
    node: Timing,
    point: Expr,
    low: Expr,
    high: Expr,
    closed: tuple[bool, bool],
    precision: str | None,
) -> Expr:
    if is_erroneous(low.type) or is_erroneous(high.type):
        return context.erroneous(node.span)
    of = context.common_type([low.type, high.type])
    bounds = [context.coerce(one, of, "The bound of this phrase") for one in (low, high)]
    interval = context.build.node(
        "Interval",
        node.right.span,
        IntervalType(of),
        lowClosed=closed[0],
        highClosed=closed[1],
        low=bounds[0].elm,
        high=bounds[1].elm,
    )
    return context.call("In", [point, interval], node.span, label="this timing phrase", precision=precision)


def _and_known(context: Context, found: Expr, point: Expr) -> Expr:
    """``found and point is not null``: an interval closed at an unknown bound would reach to the end of time."""
    if is_erroneous(found.type):
        return found
    null = context.build.node("IsNull", point.span, BOOLEAN, operand=point.elm)
    known = context.build.node("Not", point.span, BOOLEAN, operand=null.elm)
    return context.operation("And", [found, known], BOOLEAN, found.span)


def _within_phrase(context: Context, node: Timing, left: Expr, right: Expr, phrase: WithinPhrase) -> Expr:
    """``[properly] within 3 days of``."""
    is_range = _is_interval(context, right.type)
    near = [_as_point(context, right, boundary) for boundary in ("Start", "End")]
    offset = phrase.offset
    low, high = (
        context.call(name, [one, context.expression(offset)], one.span, label="`within`")
        for name, one in zip(("Subtract", "Add"), near, strict=True)
    )
    name = "IncludedIn" if _is_interval(context, left.type) else "In"
    closed = not phrase.proper
    if name == "IncludedIn":
        first, last = (_as_point(context, left, boundary) for boundary in ("Start", "End"))
        sides = [_within(context, node, one, low, high, (closed, closed), None) for one in (first, last)]
        found = context.call("And", sides, node.span)
    else:
        found = _within(context, node, left, low, high, (closed, closed), None)
    return found if phrase.proper or is_range else _and_known(context, found, right)


def _simple(names: dict[str | None, str], word: str) -> Callable[[Context, Timing, Expr, Expr, Any], Expr]:
    """A phrase that is one ELM operator, chosen by its direction."""

    def translate(context: Context, node: Timing, left: Expr, right: Expr, phrase: Any) -> Expr:
        name = names[getattr(phrase, "direction", None)]
        return context.call(name, [left, right], node.span, label=f"`{word}`", precision=_precision(phrase))

    return translate


_PHRASES: Final[dict[type[TimingPhrase], Callable[[Context, Timing, Expr, Expr, Any], Expr]]] = {
    SamePhrase: _same,
    IncludesPhrase: _includes,
    IncludedInPhrase: _included_in,
    BeforeAfterPhrase: _before_after,
    WithinPhrase: _within_phrase,
    MeetsPhrase: _simple({None: "Meets", "before": "MeetsBefore", "after": "MeetsAfter"}, "meets"),
    OverlapsPhrase: _simple({None: "Overlaps", "before": "OverlapsBefore", "after": "OverlapsAfter"}, "overlaps"),
    StartsPhrase: _simple({None: "Starts"}, "starts"),
    EndsPhrase: _simple({None: "Ends"}, "ends"),
}

HANDLERS: Final[dict[type[Expression], Handler]] = {Timing: timing}
