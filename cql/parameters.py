"""Values from outside as CQL values: a library's parameters, given in Python's types or as FHIR JSON."""

from __future__ import annotations

import datetime as stdlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from cql.data.element import FhirElement
from cql.data.fhir_helpers import FUNCTIONS, raw_code, raw_concept, raw_period, raw_quantity, raw_range, raw_ratio
from cql.data.shapes import fhir, primitive_reader
from cql.operators.conversion import to_quantity
from cql.operators.types import is_type
from cql.types import FHIR_URI, ChoiceType, CqlType, IntervalType, ListType, NamedType, TupleType, system
from cql.values import Code, CodeSystem, Concept, Date, DateTime, Interval, Long, Quantity, Ratio, Time, Tuple, ValueSet
from cql.values.number import decimal, integer, long


def convert(value: Any, of: CqlType | None, offset: int) -> Any:
    """``value`` as a value of the type; ``offset`` (minutes) is the time zone of what has none. Null fits every type.

    Raises ``ValueError``, saying what is wanted, when it does not fit.
    """
    if value is None:
        return None
    match of:
        case None | NamedType(name="Any"):
            return _natural(value, offset)
        case ListType(element):
            if isinstance(value, list | tuple):
                return [convert(one, element, offset) for one in value]
        case IntervalType(point):
            return _interval(value, point, offset)
        case TupleType(elements):
            if isinstance(value, dict) and value.keys() <= {name for name, _ in elements}:
                return Tuple({name: convert(value.get(name), one, offset) for name, one in elements})
        case ChoiceType(choices):
            return _choice(value, choices, offset)
        case NamedType(uri, name):
            found = _fhir(value, name) if uri == FHIR_URI else _system(value, name, offset)
            if found is not None:
                return found
    raise _misfit(value, of)


def _misfit(value: Any, of: CqlType | None) -> ValueError:
    return ValueError(f"a value of type {of} is wanted, not {type(value).__name__} {str(value)[:60]!r}")


def _system(value: Any, name: str, offset: int) -> Any:
    """None when the value does not fit."""
    if isinstance(value, FhirElement) and f"To{name}" in FUNCTIONS:
        return FUNCTIONS[f"To{name}"](value)
    converter = _SYSTEM.get(name)
    if converter is None:
        return None
    try:
        return converter(value, offset)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _boolean(value: Any, _: int) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any, _: int) -> int | None:
    return integer(int(value)) if isinstance(value, int) and not isinstance(value, bool) else None


def _long(value: Any, _: int) -> Long | None:
    return long(int(value)) if isinstance(value, int) and not isinstance(value, bool) else None


def _decimal(value: Any, _: int) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return decimal(number) if number.is_finite() else None


def _string(value: Any, _: int) -> str | None:
    return value if isinstance(value, str) else None


def _date(value: Any, _: int) -> Date | None:
    if isinstance(value, stdlib.date) and not isinstance(value, stdlib.datetime):
        return Date.of(value)
    return Date.parse(value) if isinstance(value, str) else value if isinstance(value, Date) else None


def _date_time(value: Any, offset: int) -> DateTime | None:
    match value:
        case DateTime():
            return value
        case stdlib.datetime():
            delta = value.utcoffset()
            minutes = offset if delta is None else round(delta.total_seconds() / 60)
            return DateTime.of(value.replace(tzinfo=None), offset=minutes)
        case stdlib.date():
            return DateTime.from_date(Date.of(value), offset)
        case Date():
            return DateTime.from_date(value, offset)
        case str():
            return DateTime.parse(value, offset)
    return None


def _time(value: Any, _: int) -> Time | None:
    match value:
        case Time():
            return value
        case stdlib.time():
            return Time(value.hour, value.minute, value.second, value.microsecond // 1000)
        case str():
            return Time.parse(value.removeprefix("T"))
    return None


def _quantity(value: Any, _: int) -> Quantity | None:
    match value:
        case Quantity():
            return value
        case dict():
            return raw_quantity(value)
        case str():
            return to_quantity(value)
    return None


def _ratio(value: Any, _: int) -> Ratio | None:
    return value if isinstance(value, Ratio) else raw_ratio(value) if isinstance(value, dict) else None


def _code(value: Any, _: int) -> Code | None:
    return value if isinstance(value, Code) else raw_code(value) if isinstance(value, dict) else None


def _concept(value: Any, _: int) -> Concept | None:
    match value:
        case Concept():
            return value
        case Code():
            return Concept((value,), value.display)
        case {"code": str()}:
            code = raw_code(value)
            return None if code is None else Concept((code,))
        case dict():
            return raw_concept(value)
    return None


def _value_set(value: Any, _: int) -> ValueSet | None:
    return value if isinstance(value, ValueSet) else ValueSet(value) if isinstance(value, str) else None


def _code_system(value: Any, _: int) -> CodeSystem | None:
    return value if isinstance(value, CodeSystem) else CodeSystem(value) if isinstance(value, str) else None


_SYSTEM: dict[str, Callable[[Any, int], Any]] = {
    "Boolean": _boolean,
    "Integer": _integer,
    "Long": _long,
    "Decimal": _decimal,
    "String": _string,
    "Date": _date,
    "DateTime": _date_time,
    "Time": _time,
    "Quantity": _quantity,
    "Ratio": _ratio,
    "Code": _code,
    "Concept": _concept,
    "ValueSet": _value_set,
    "CodeSystem": _code_system,
    "Vocabulary": _value_set,
}


def _interval(value: Any, point: CqlType, offset: int) -> Interval:
    """An ``Interval``, a pair (ends included), FHIR's Period or Range, or ``{low, high, lowClosed, highClosed}``."""
    match value:
        case Interval(low, high):
            ends = convert(low, point, offset), convert(high, point, offset)
            return Interval(*ends, value.low_closed, value.high_closed, point)
        case (low, high) if isinstance(value, tuple | list):
            return Interval(convert(low, point, offset), convert(high, point, offset), True, True, point)
        case FhirElement(value=dict() as raw):
            return _interval(raw, point, offset)
        case dict() if "start" in value or "end" in value:
            found = raw_period(value)
            if found is not None and point == system("Date"):
                low, high = (None if end is None else Date.parse(str(end)[:10]) for end in (found.low, found.high))
                return Interval(low, high, found.low_closed, found.high_closed, point)
            if found is not None:
                return found
        case dict() if "low" in value or "high" in value:
            if point == system("Quantity") and not {"lowClosed", "highClosed"} & value.keys():
                found = raw_range(value)
                if found is not None:
                    return found
            low, high = (convert(value.get(end), point, offset) for end in ("low", "high"))
            return Interval(
                low, high, value.get("lowClosed", True) is True, value.get("highClosed", True) is True, point
            )
    raise _misfit(value, IntervalType(point))


def _choice(value: Any, choices: tuple[CqlType, ...], offset: int) -> Any:
    """As the choice that the value already is, else as the first that it can be."""
    for one in choices:
        if is_type(value, one):
            return value
    for one in choices:
        try:
            return convert(value, one, offset)
        except ValueError:
            continue
    raise _misfit(value, ChoiceType(choices))


def _fhir(value: Any, name: str) -> Any:
    """A resource, or an element in its box; None when it does not fit."""
    if is_type(value, NamedType(FHIR_URI, name)):
        return value
    if primitive_reader(name) is not None:
        return FhirElement(name, value) if isinstance(value, str | int | float | bool | Decimal) else None
    is_resource = any(one.name == "Resource" for one in fhir().lineage(name))
    return FhirElement(name, value) if isinstance(value, dict) and not is_resource else None


def _natural(value: Any, offset: int) -> Any:
    """A value whose type nobody has said: that of CQL which is nearest to Python's."""
    match value:
        case bool() | str() | Decimal() | Quantity() | Ratio() | Code() | Concept() | Interval() | FhirElement():
            return value
        case int() if not isinstance(value, Long):
            found = integer(value)
            return found if found is not None else long(value)
        case float():
            return _decimal(value, offset)
        case stdlib.datetime():
            return _date_time(value, offset)
        case stdlib.date():
            return Date.of(value)
        case stdlib.time():
            return _time(value, offset)
        case list() | tuple():
            return [_natural(one, offset) for one in value]
        case dict() if not isinstance(value, Tuple) and "resourceType" not in value:
            return Tuple({str(key): _natural(one, offset) for key, one in value.items()})
    return value
