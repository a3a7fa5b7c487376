"""FHIR primitive JSON values as CQL System values (FHIR R4, "Data Types", primitive types; CQL spec, appendix B).

A reader takes the JSON scalar and gives the System value; None for None, and None with a recorded warning for what is
malformed or out of range. A System value is passed through: instances built by a library hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType
from typing import Any

from cql.data.context import current_reading, report_malformed
from cql.values import Date, DateTime, Time

Reader = Callable[[Any], Any]

_DECIMAL_STEP = Decimal("0.00000001")
_DECIMAL_LIMIT = Decimal(10) ** 20
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_INTEGER_LIMIT = 2**31
_SHORT = 10
"""No text of a number this short, without exponent, has more than 8 decimal places."""


def read_string(raw: Any) -> str | None:
    """JSON string -> String."""
    if raw is None or type(raw) is str:
        return raw
    report_malformed(raw, "a string")
    return None


def read_boolean(raw: Any) -> bool | None:
    """JSON boolean -> Boolean."""
    if raw is None or raw is True or raw is False:
        return raw
    report_malformed(raw, "true or false")
    return None


def read_integer(raw: Any) -> int | None:
    """JSON number without a fraction -> Integer (32 bits)."""
    if raw is None:
        return None
    number = int(raw) if type(raw) is float and raw.is_integer() else raw
    if type(number) is int and -_INTEGER_LIMIT <= number < _INTEGER_LIMIT:
        return number
    report_malformed(raw, "a 32-bit integer")
    return None


def read_decimal(raw: Any) -> Decimal | None:
    """JSON number -> Decimal, rounded to 8 decimal places; the digits are those of the shortest text of a float."""
    if raw is None:
        return None
    kind = type(raw)
    if kind is float:
        text = repr(raw)
        number = Decimal(text)
        if len(text) <= _SHORT and raw and "e" not in text and number.is_finite():
            return number
    elif kind is int and abs(raw) < 10**20:
        return Decimal(raw)
    elif kind is Decimal:
        number = raw
    else:
        report_malformed(raw, "a decimal number in CQL's range")
        return None
    if not number.is_finite() or abs(number) >= _DECIMAL_LIMIT:
        report_malformed(raw, "a decimal number in CQL's range")
        return None
    exponent = number.as_tuple().exponent
    if type(exponent) is int and (exponent < -8 or exponent > 0):
        number = number.quantize(_DECIMAL_STEP if exponent < 0 else Decimal(1), context=_WIDE)
    return number if number else abs(number)  # no negative zero


def read_date(raw: Any) -> Date | None:
    """``2014``, ``2014-01``, ``2014-01-25`` -> Date of that precision."""
    if raw is None or type(raw) is Date:
        return raw
    try:
        return Date.parse(raw)
    except (ValueError, TypeError):
        report_malformed(raw, "a FHIR date")
        return None


def read_date_time(raw: Any) -> DateTime | None:
    """A FHIR dateTime or instant -> DateTime of that precision; without a zone it has the evaluation's offset.

    Seconds and the zone are mandatory in FHIR whenever there is a time; real data lacks them, and CQL can do without.
    """
    if raw is None or type(raw) is DateTime:
        return raw
    circumstances = current_reading()
    try:
        if circumstances is None:
            return DateTime.parse(raw)
        moment = circumstances.moments.get(raw)
        if moment is None:
            moment = circumstances.moments[raw] = DateTime.parse(raw, circumstances.offset)
        return moment
    except (ValueError, TypeError):
        report_malformed(raw, "a FHIR dateTime")
        return None


def read_time(raw: Any) -> Time | None:
    """``14:30:00`` -> Time; fractions of a second beyond milliseconds are cut off."""
    if raw is None or type(raw) is Time:
        return raw
    try:
        return Time.parse(raw)
    except (ValueError, TypeError):
        report_malformed(raw, "a FHIR time")
        return None


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "Boolean": read_boolean,
        "Integer": read_integer,
        "Decimal": read_decimal,
        "String": read_string,
        "Date": read_date,
        "DateTime": read_date_time,
        "Time": read_time,
    }
)
"""Reader by the name of the System type that a FHIR primitive's ``value`` has in the model."""
