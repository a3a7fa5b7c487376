"""Dates and times (ELM chapter "Date and Time Operators")."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node, items, precision
from cql.compiler.operators import always, apply, decimal, integer, operator
from cql.compiler.registry import emits
from cql.types import DATE, DATETIME, INTEGER, TIME

_COMPONENTS = ("year", "month", "day", "hour", "minute", "second", "millisecond")
_NULL = Value("None", None, None)

operator("Date", "temporal.date", always(DATE), operands=_COMPONENTS[:3])
operator("Time", "temporal.time", always(TIME), operands=_COMPONENTS[3:])
operator("DateFrom", "temporal.date_from", always(DATE))
operator("TimeFrom", "temporal.time_from", always(TIME), keywords="offset=E.offset")
operator("TimezoneOffsetFrom", "temporal.timezone_offset_from", decimal, keywords="offset=E.offset")
operator("TimezoneFrom", "temporal.timezone_offset_from", decimal, keywords="offset=E.offset")
operator("DateTimeComponentFrom", "temporal.date_time_component_from", integer, precise=True)
operator("DurationBetween", "temporal.duration_between", integer, precise=True)
operator("DifferenceBetween", "temporal.difference_between", integer, precise=True)
operator("CalculateAgeAt", "temporal.calculate_age_at", integer, precise=True)


@emits("DateTime")
def _date_time(emitter: Emitter, node: Node) -> Value:
    """A DateTime that names no offset has the evaluation's: only one with an offset is a constant."""
    parts = [emitter.boxed(emitter.emit(node[part])) if node.get(part) else _NULL for part in _COMPONENTS]
    while len(parts) > 1 and parts[-1] is _NULL:
        parts.pop()
    if node.get("timezoneOffset") is None:
        return apply(emitter, "temporal.date_time", parts, DATETIME, keywords="offset=E.offset")
    zone = emitter.boxed(emitter.emit(node["timezoneOffset"]))
    parts += [_NULL] * (7 - len(parts))
    return apply(emitter, "temporal.date_time", [*parts, zone], DATETIME)


@emits("Now")
def _now(emitter: Emitter, node: Node) -> Value:
    return Value(emitter.bind("E.now"), DATETIME)


@emits("Today")
def _today(emitter: Emitter, node: Node) -> Value:
    return Value(emitter.call("temporal.today", "E.now"), DATE)


@emits("TimeOfDay")
def _time_of_day(emitter: Emitter, node: Node) -> Value:
    return Value(emitter.call("temporal.time_of_day", "E.now"), TIME)


@emits("CalculateAge")
def _calculate_age(emitter: Emitter, node: Node) -> Value:
    birth = emitter.value(items(node, "operand")[0])
    return Value(emitter.call("temporal.calculate_age", birth, repr(precision(node)), "E.now"), INTEGER)
