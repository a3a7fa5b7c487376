"""Comparing DateTimes without calls: the common case of timing operators in the ``where`` of a query.

A DateTime knows the first and last instant it can mean (``low``, ``high``). When these leave no doubt the answer is
written as Python's own comparison; partial dates, equal instants, nulls and open bounds go to the operator's function.
"""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.types import DATETIME, IntervalType

# Operator -> what it gives when the left moment is certainly earlier, certainly later.
_OUTCOMES = {
    "Before": ("True", "False"),
    "SameOrBefore": ("True", "False"),
    "Less": ("True", "False"),
    "LessOrEqual": ("True", "False"),
    "After": ("False", "True"),
    "SameOrAfter": ("False", "True"),
    "Greater": ("False", "True"),
    "GreaterOrEqual": ("False", "True"),
}


def compare_moments(emitter: Emitter, name: str, left: Value, right: Value, function: str) -> str | None:
    """Write a comparison of two DateTimes (without precision); None when they are not known to be such."""
    if left.type != DATETIME or right.type != DATETIME or name not in _OUTCOMES or emitter.builder.tracing:
        return None
    earlier, later = _OUTCOMES[name]
    a, b, of = left.code, right.code, emitter.op("structures.DateTime")
    general = f"{emitter.op(function)}({a}, {b})"
    return emitter.bind(
        f"{general} if type({a}) is not {of} or type({b}) is not {of} "
        f"else {earlier} if {a}.high < {b}.low else {later} if {a}.low > {b}.high else {general}"
    )


def moment_in_interval(emitter: Emitter, point: Value, interval: Value, function: str) -> str | None:
    """Write ``DateTime in Interval<DateTime>`` for an interval that is the same for all rows; None when it is not."""
    if point.type != DATETIME or interval.type != IntervalType(DATETIME) or not interval.code.startswith("h"):
        return None
    window, of, p = emitter.writer.name("h"), emitter.op("structures.DateTime"), point.code
    with emitter.writer.writing_to(emitter.hoisted_at[interval.code]):
        emitter.line(f"{window} = M")
    emitter.line(f"if {window} is M: {window} = {emitter.op('structures.window')}({interval.code})")
    general = f"{emitter.op(function)}({p}, {interval.code})"
    return emitter.bind(
        f"{general} if type({p}) is not {of} else True if {window}[0] < {p}.low and {p}.high < {window}[1] "
        f"else False if {p}.high < {window}[2] or {p}.low > {window}[3] else {general}"
    )
