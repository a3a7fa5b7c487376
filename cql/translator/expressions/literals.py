"""Literals: numbers, strings, dates and times, quantities, ratios (CQL author's guide, "Values")."""

from __future__ import annotations

import calendar
import re
from decimal import Decimal
from typing import Any, Final

from cql.syntax.nodes import (
    BooleanLiteral,
    DateLiteral,
    DateTimeLiteral,
    DecimalLiteral,
    Expression,
    IntegerLiteral,
    LongLiteral,
    NullLiteral,
    QuantityLiteral,
    RatioLiteral,
    Span,
    StringLiteral,
    TimeLiteral,
)
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code
from cql.translator.elm import Expr
from cql.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    STRING,
    TIME,
    NamedType,
)

MAX_INTEGER: Final = 2**31 - 1
MAX_LONG: Final = 2**63 - 1
MAX_DECIMAL: Final = Decimal("99999999999999999999.99999999")
_SCALE: Final = 8

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_TIME: Final = re.compile(r"(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?")
_ZONE: Final = re.compile(r"([+-])(\d{2}):(\d{2})")
_DATE_FIELDS: Final = ("year", "month", "day")
_TIME_FIELDS: Final = ("hour", "minute", "second", "millisecond")
_LIMITS: Final = {"hour": 23, "minute": 59, "second": 59}


def null(context: Context, node: NullLiteral) -> Expr:
    """``null``."""
    return context.build.node("Null", node.span, ANY)


def boolean(context: Context, node: BooleanLiteral) -> Expr:
    """``true``, ``false``."""
    return context.build.literal("true" if node.value else "false", BOOLEAN, node.span)


def string(context: Context, node: StringLiteral) -> Expr:
    """``'text'``."""
    return context.build.literal(node.value, STRING, node.span)


def integer(context: Context, node: IntegerLiteral) -> Expr:
    """``5``: an Integer; its range is checked."""
    return whole_number(context, node.text, INTEGER, MAX_INTEGER, node.span)


def long(context: Context, node: LongLiteral) -> Expr:
    """``5L``."""
    return whole_number(context, node.text, LONG, MAX_LONG, node.span)


def whole_number(context: Context, text: str, of: NamedType, limit: int, span: Span) -> Expr:
    """An Integer or Long literal of at most ``limit``; under a minus sign the limit is one higher."""
    if len(text) > 40 or int(text) > limit:
        hint = "write it as a Long: add L to the digits" if of == INTEGER and len(text) < 19 else None
        return context.error(Code.INTEGER_RANGE, f"{text} is not a {of.name}: the largest is {limit}.", span, hint)
    return context.build.literal(text, of, span)


def decimal(context: Context, node: DecimalLiteral) -> Expr:
    """``5.0``: at most 28 digits, 8 of them after the point."""
    problem = _decimal_problem(node.text)
    if problem:
        return context.error(Code.DECIMAL_RANGE, problem, node.span)
    return context.build.literal(node.text, DECIMAL, node.span)


def _decimal_problem(text: str) -> str | None:
    if len(text) > 200 or Decimal(text) > MAX_DECIMAL:
        return f"{text} is too large for a Decimal: the largest is {MAX_DECIMAL}."
    if len(text.partition(".")[2].rstrip("0")) > _SCALE:
        return f"{text} has more than {_SCALE} decimal places, which a Decimal cannot hold."
    return None


def quantity(context: Context, node: QuantityLiteral) -> Expr:
    """``5 'mg'``, ``3 days``."""
    problem = _decimal_problem(f"{node.value:f}")
    if problem:
        return context.error(Code.DECIMAL_RANGE, problem, node.span)
    return context.build.node("Quantity", node.span, QUANTITY, value=json_number(node.value), unit=node.unit)


def json_number(value: Decimal) -> int | float | str:
    """A decimal as JSON carries it: a number, or text where a JSON number's reader would lose digits."""
    if value == value.to_integral_value():
        whole = int(value)
        return whole if abs(whole) < 2**53 else str(whole)
    approximate = float(value)
    return approximate if Decimal(repr(approximate)) == value else f"{value:f}"


def ratio(context: Context, node: RatioLiteral) -> Expr:
    """``1 'mg' : 2 'mL'``."""
    numerator, denominator = context.expression(node.numerator), context.expression(node.denominator)
    parts: dict[str, Any] = {
        name: {key: one.elm[key] for key in ("localId", "locator", "value", "unit") if key in one.elm}
        for name, one in (("numerator", numerator), ("denominator", denominator))
    }
    return context.build.node("Ratio", node.span, RATIO, **parts)


def date(context: Context, node: DateLiteral) -> Expr:
    """``@2014-01-25`` to the smallest part given."""
    found = _DATE.fullmatch(node.text)
    problem = _date_problem(found) if found else "it must look like @2014-01-25"
    if found is None or problem:
        return context.error(Code.INVALID_DATE, f"@{node.text} is not a date: {problem}.", node.span)
    return context.build.node("Date", node.span, DATE, **_parts(context, _DATE_FIELDS, found.groups(), node.span))


def date_time(context: Context, node: DateTimeLiteral) -> Expr:
    """``@2014-01-25T14:30:14.559+01:00``, ``@2014T``."""
    day, _, rest = node.text.partition("T")
    zone = _ZONE.search(rest)
    time_text = rest.removesuffix("Z") if zone is None else rest[: zone.start()]
    on, at = _DATE.fullmatch(day), _TIME.fullmatch(time_text)
    problem = "it must look like @2014-01-25T14:30:14.559+01:00"
    if on is not None and (at is not None or not time_text):
        problem = _date_problem(on) or (_time_problem(at) if at else "") or _zone_problem(zone)
        if not problem:
            fields = _parts(context, _DATE_FIELDS, on.groups(), node.span)
            if at is not None:
                fields.update(_parts(context, _TIME_FIELDS, _with_milliseconds(at), node.span))
            if zone is not None or rest.endswith("Z"):
                fields["timezoneOffset"] = context.build.literal(_offset(zone), DECIMAL, node.span).elm
            return context.build.node("DateTime", node.span, DATETIME, **fields)
    return context.error(Code.INVALID_DATE, f"@{node.text} is not a date and time: {problem}.", node.span)


def time(context: Context, node: TimeLiteral) -> Expr:
    """``@T14:30``."""
    found = _TIME.fullmatch(node.text)
    problem = _time_problem(found) if found else "it must look like @T14:30:14.559"
    if found is None or problem:
        return context.error(Code.INVALID_TIME, f"@T{node.text} is not a time of day: {problem}.", node.span)
    return context.build.node(
        "Time", node.span, TIME, **_parts(context, _TIME_FIELDS, _with_milliseconds(found), node.span)
    )


def _parts(context: Context, names: tuple[str, ...], texts: tuple[str | None, ...], span: Span) -> dict[str, Any]:
    return {
        name: context.build.literal(str(int(text)), INTEGER, span).elm
        for name, text in zip(names, texts, strict=False)
        if text is not None
    }


def _with_milliseconds(found: re.Match[str]) -> tuple[str | None, ...]:
    *rest, fraction = found.groups()
    return (*rest, None if fraction is None else fraction[:3].ljust(3, "0"))


def _offset(zone: re.Match[str] | None) -> str:
    """The offset in hours, as a decimal's text: ``+05:30`` is ``5.5``."""
    if zone is None:
        return "0"
    minutes = int(zone[2]) * 60 + int(zone[3])
    hours = (Decimal(minutes) / 60).quantize(Decimal(1).scaleb(-_SCALE)).normalize()
    return f"{-hours if zone[1] == '-' else hours:f}"


def _date_problem(found: re.Match[str]) -> str:
    year, month, day = (None if text is None else int(text) for text in found.groups())
    assert year is not None
    if year < 1:
        return "years go from 0001 to 9999"
    if month is None:
        return ""
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    if day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        return f"{calendar.month_name[month]} {year} has no day {day}"
    return ""


def _time_problem(found: re.Match[str]) -> str:
    for name, text in zip(_TIME_FIELDS, found.groups(), strict=True):
        if text is not None and name in _LIMITS and int(text) > _LIMITS[name]:
            return f"there is no {name} {int(text)}"
    return ""


def _zone_problem(zone: re.Match[str] | None) -> str:
    if zone is None:
        return ""
    minutes = int(zone[2]) * 60 + int(zone[3])
    return "a time zone is between -14:00 and +14:00" if minutes > 14 * 60 or int(zone[3]) > 59 else ""


HANDLERS: Final[dict[type[Expression], Handler]] = {
    NullLiteral: null,
    BooleanLiteral: boolean,
    StringLiteral: string,
    IntegerLiteral: integer,
    LongLiteral: long,
    DecimalLiteral: decimal,
    QuantityLiteral: quantity,
    RatioLiteral: ratio,
    DateLiteral: date,
    DateTimeLiteral: date_time,
    TimeLiteral: time,
}
