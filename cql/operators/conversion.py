"""Conversions between types (CQL spec, Appendix B, "Type Operators").

Null in, null out; what does not convert is null. The operators that only ask are in ``cql.operators.convertible``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from cql.errors import EvaluationError
from cql.operators.quantity_arithmetic import divided
from cql.operators.types import as_type, is_type, type_of
from cql.values import Code, Concept, Date, DateTime, Long, Quantity, Ratio, Time
from cql.values.number import decimal, integer, long, plain
from cql.values.precision import HOUR
from cql.values.quantity import CALENDAR_UNITS
from cql.values.units import conversion

__all__ = [
    "as_type",
    "convert_quantity",
    "is_type",
    "to_boolean",
    "to_chars",
    "to_concept",
    "to_date",
    "to_date_time",
    "to_decimal",
    "to_integer",
    "to_list",
    "to_long",
    "to_quantity",
    "to_ratio",
    "to_string",
    "to_time",
    "type_of",
]

_BOOLEANS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_QUANTITY = re.compile(r"\s*([+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?)\s*(?:'((?:[^'\\]|\\.)*)'|([a-z]+))?\s*")
_TIME_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")


def to_string(value: Any, *, offset: int | None = None) -> str | None:
    """``ToString(value)``, in the form of CQL's literals without ``@``.

    A DateTime's offset is left out when it is ``offset``, the evaluation's: read back, the text means the same.
    """
    kind = type(value)
    if value is None or kind is str:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is Long:
        return str(int(value))
    if kind is Decimal:
        return plain(value)
    if kind is DateTime and offset is not None and value.offset == offset and value.rank >= HOUR:
        return _TIME_ZONE.sub("", str(value))
    if kind in (Date, DateTime, Time, Quantity, Ratio):
        return str(value)
    raise EvaluationError(f"ToString is not defined for values of type {kind.__name__}")


def to_boolean(value: Any) -> bool | None:
    """``ToBoolean(value)``: of true/t/yes/y/1 and false/f/no/n/0 in any case, or the numbers 1 and 0."""
    kind = type(value)
    if value is None or kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _BOOLEANS.get(value.lower())
    if kind in (int, Long, Decimal):
        return bool(value) if value in (0, 1) else None
    raise _undefined("ToBoolean", value)


def to_integer(value: Any) -> int | None:
    """``ToInteger(value)``: of a String like ``-25``, a Long in range, or a Boolean."""
    kind = type(value)
    if value is None or kind is int:
        return value  # type: ignore[no-any-return]
    if kind is bool or kind is Long:
        return integer(int(value))
    if kind is str:
        return integer(int(value)) if _INTEGER.fullmatch(value) else None
    raise _undefined("ToInteger", value)


def to_long(value: Any) -> Long | None:
    """``ToLong(value)``: of a String like ``-25``, an Integer, or a Boolean."""
    kind = type(value)
    if value is None or kind is Long:
        return value  # type: ignore[no-any-return]
    if kind is bool or kind is int:
        return long(int(value))
    if kind is str:
        return long(int(value)) if _INTEGER.fullmatch(value) else None
    raise _undefined("ToLong", value)


def to_decimal(value: Any) -> Decimal | None:
    """``ToDecimal(value)``: of a String like ``+25.5``, an Integer, a Long, or a Boolean."""
    kind = type(value)
    if value is None or kind is Decimal:
        return value  # type: ignore[no-any-return]
    if kind is int or kind is Long:
        return Decimal(int(value))
    if kind is bool:
        return Decimal("1.0") if value else Decimal("0.0")
    if kind is str:
        return _decimal(value)
    raise _undefined("ToDecimal", value)


def to_date(value: Any) -> Date | None:
    """``ToDate(value)``: of a String ``YYYY[-MM[-DD]]`` (a time after it is cut off), or a DateTime."""
    kind = type(value)
    if value is None or kind is Date:
        return value  # type: ignore[no-any-return]
    if kind is DateTime:
        return Date.of(value.first.date(), min(value.rank, 2))
    if kind is not str:
        raise _undefined("ToDate", value)
    try:
        return Date.parse(value)
    except ValueError:
        moment = to_date_time(value)
        return None if moment is None else to_date(moment)


def to_date_time(value: Any, *, offset: int | None = None) -> DateTime | None:
    """``ToDateTime(value)``: of an ISO String, or a Date, whose time stays unknown; ``offset`` is the evaluation's."""
    kind = type(value)
    if value is None or kind is DateTime:
        return value  # type: ignore[no-any-return]
    if kind is Date:
        return DateTime.from_date(value, offset)
    if kind is not str:
        raise _undefined("ToDateTime", value)
    try:
        return DateTime.parse(value, offset)
    except ValueError:
        return None


def to_time(value: Any, *, offset: int | None = None) -> Time | None:
    """``ToTime(value)``: of a String ``[T]hh[:mm[:ss[.fff]]]``, whose time zone is dropped, or a DateTime."""
    kind = type(value)
    if value is None or kind is Time:
        return value  # type: ignore[no-any-return]
    if kind is DateTime:
        if value.rank < HOUR:
            return None
        shift = value.offset if offset is None or value.offset is None else offset
        return Time.of((value.low + (shift or 0) * 60_000) % 86_400_000, value.rank)
    if kind is not str:
        raise _undefined("ToTime", value)
    try:
        return Time.parse(_TIME_ZONE.sub("", value))
    except ValueError:
        return None


def to_quantity(value: Any) -> Quantity | None:
    """``ToQuantity(value)``: of a String like ``5.5 'cm'`` or ``4 days``, a number, or a Ratio (its quotient)."""
    kind = type(value)
    if value is None or kind is Quantity:
        return value  # type: ignore[no-any-return]
    if kind in (int, Long, Decimal):
        return Quantity(Decimal(value))
    if kind is Ratio:
        return divided(value.numerator, value.denominator)
    if kind is not str:
        raise _undefined("ToQuantity", value)
    found = _QUANTITY.fullmatch(value)
    if found is None or (found[3] is not None and found[3] not in CALENDAR_UNITS):
        return None
    amount = _decimal(found[1])
    unit = found[3] if found[3] is not None else re.sub(r"\\(.)", r"\1", found[2] or "1")
    return None if amount is None else Quantity(amount, unit)


def to_ratio(value: Any) -> Ratio | None:
    """``ToRatio(value)``: of a String of two quantities with a colon between them."""
    if value is None or type(value) is Ratio:
        return value
    if type(value) is not str:
        raise _undefined("ToRatio", value)
    # A colon may also stand inside a quoted unit, so that each is tried; real ratios have one or two.
    for place in [index for index, letter in enumerate(value) if letter == ":"][:8]:
        numerator, denominator = to_quantity(value[:place]), to_quantity(value[place + 1 :])
        if numerator is not None and denominator is not None:
            return Ratio(numerator, denominator)
    return None


def to_concept(value: Any) -> Concept | None:
    """``ToConcept(value)``: of a Code or a list of them; nulls in the list are left out."""
    kind = type(value)
    if value is None or kind is Concept:
        return value  # type: ignore[no-any-return]
    if kind is Code:
        return Concept((value,), value.display)
    if kind is list:
        return Concept(tuple(code for code in value if code is not None))
    raise _undefined("ToConcept", value)


def to_list(value: Any) -> list[Any]:
    """``ToList(value)``: the value as the one element; null becomes the empty list."""
    return [] if value is None else [value]


def to_chars(value: str | None) -> list[str] | None:
    """``ToChars(value)``: the characters as Strings."""
    return None if value is None else list(value)


def convert_quantity(value: Quantity | None, unit: str | None) -> Quantity | None:
    """``convert value to unit``; null when the units do not measure the same thing."""
    if value is None or unit is None:
        return None
    if value.unit == unit:
        return value
    convert = conversion(value.unit, unit)
    converted = convert(value.value) if convert is not None else None
    return None if converted is None else Quantity(converted, unit)


def _decimal(text: str) -> Decimal | None:
    """A Decimal as written, rounded to 8 decimal places; null when it is none or out of range."""
    return decimal(Decimal(text)) if _DECIMAL.fullmatch(text) else None


def _undefined(operator: str, value: Any) -> EvaluationError:
    return EvaluationError(f"{operator} is not defined for values of type {type(value).__name__}")
