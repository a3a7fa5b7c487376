"""The functions of the library FHIRHelpers 4.0.1, from FHIR elements to System values.

Each takes a ``FhirElement`` (or None) and gives the System value; None for None, and for an element that FHIRHelpers
has no such function for. The ``raw_...`` functions do the same from the JSON of the element, for compiled code.

One difference from the published library: where that raises an error message (a Quantity with a comparator, or with a
unit that is not UCUM), the value is null and a warning is recorded, since nothing in patient data ends an evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from cql.data.context import report, report_malformed
from cql.data.element import FhirElement
from cql.data.primitives import (
    read_boolean,
    read_date,
    read_date_time,
    read_decimal,
    read_integer,
    read_string,
    read_time,
)
from cql.data.properties import raw_object, raw_objects
from cql.data.shapes import fhir, primitive_reader
from cql.data.warnings import QUANTITY_UNIT_NOT_UCUM, QUANTITY_WITH_COMPARATOR
from cql.operators.comparison import greater
from cql.types import DATETIME, QUANTITY
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity, Ratio, Time, ValueSet

_UNIT_SYSTEMS = frozenset({None, "http://unitsofmeasure.org", "http://hl7.org/fhirpath/CodeSystem/calendar-units"})
_CALENDAR_UNITS = {
    "ms": "millisecond",
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}


def to_calendar_unit(unit: str | None) -> str | None:
    """A UCUM time unit as CQL's calendar word (``mo`` -> ``month``); any other unit as it is."""
    return None if unit is None else _CALENDAR_UNITS.get(unit, unit)


def raw_quantity(raw: dict[str, Any] | None, *, ignoring_comparator: bool = False) -> Quantity | None:
    """ToQuantity of a Quantity's JSON; with ``ignoring_comparator`` ToQuantityIgnoringComparator."""
    if raw is None:
        return None
    value = read_decimal(raw.get("value"))
    if value is None:
        return None
    if not ignoring_comparator and raw.get("comparator") is not None:
        report(raw, QUANTITY_WITH_COMPARATOR, "the quantity has a comparator, so it is no exact value; taken as absent")
        return None
    if read_string(raw.get("system")) not in _UNIT_SYSTEMS:
        report(raw, QUANTITY_UNIT_NOT_UCUM, "the quantity's unit is not of UCUM; the quantity is taken as absent")
        return None
    unit = read_string(raw.get("code"))
    if unit is None:
        unit = read_string(raw.get("unit"))
    return Quantity(value, "1" if unit is None else _CALENDAR_UNITS.get(unit, unit))


def raw_quantity_interval(raw: dict[str, Any] | None) -> Interval | None:
    """ToInterval of a Quantity's JSON: what its comparator leaves open is a null bound."""
    if raw is None:
        return None
    comparator = read_string(raw.get("comparator"))
    quantity = raw_quantity(raw, ignoring_comparator=comparator in ("<", "<=", ">=", ">"))
    match comparator:
        case "<" | "<=":
            return Interval(None, quantity, True, comparator == "<=", QUANTITY)
        case ">=" | ">":
            return Interval(quantity, None, comparator == ">=", True, QUANTITY)
    return Interval(quantity, quantity, True, True, QUANTITY)


def raw_period(raw: dict[str, Any] | None) -> Interval | None:
    """ToInterval of a Period's JSON: a missing start is unknown (an open bound), a missing end has not come yet."""
    if raw is None:
        return None
    start_is_known = raw.get("start") is not None or raw.get("_start") is not None
    start, end = read_date_time(raw.get("start")), read_date_time(raw.get("end"))
    if start is not None and end is not None and _is_inverted(start, end):
        report_malformed(raw, "a Period whose start is after its end")
        return None
    return Interval(start, end, start_is_known, True, DATETIME)


def raw_range(raw: dict[str, Any] | None) -> Interval | None:
    """ToInterval of a Range's JSON."""
    if raw is None:
        return None
    low, high = raw_quantity(raw_object(raw, "low")), raw_quantity(raw_object(raw, "high"))
    if low is not None and high is not None and low.unit == high.unit and low.value > high.value:
        report_malformed(raw, "a Range whose low is above its high")
        return None
    return Interval(low, high, True, True, QUANTITY)


def raw_ratio(raw: dict[str, Any] | None) -> Ratio | None:
    """ToRatio of a Ratio's JSON; None when one of its quantities is absent."""
    if raw is None:
        return None
    numerator, denominator = raw_quantity(raw_object(raw, "numerator")), raw_quantity(raw_object(raw, "denominator"))
    return None if numerator is None or denominator is None else Ratio(numerator, denominator)


def raw_code(raw: dict[str, Any] | None) -> Code | None:
    """ToCode of a Coding's JSON; a Coding without a code (only a display) gives a Code whose code is null."""
    if raw is None:
        return None
    code, system, version, display = (read_string(raw.get(key)) for key in ("code", "system", "version", "display"))
    return Code(code, system, version, display)


def raw_concept(raw: dict[str, Any] | None) -> Concept | None:
    """ToConcept of a CodeableConcept's JSON; text alone gives a Concept without codes."""
    if raw is None:
        return None
    codes = tuple(code for coding in raw_objects(raw, "coding") if (code := raw_code(coding)) is not None)
    return Concept(codes, read_string(raw.get("text")))


def _is_inverted(start: DateTime, end: DateTime) -> bool:
    """Is ``start`` certainly after ``end``? An interval may not be so; data sometimes is."""
    return greater(start, end) is True


def _of_class(element: object, name: str) -> dict[str, Any] | None:
    """The JSON of ``element`` when it is of the FHIR class ``name`` or one derived from it."""
    if not isinstance(element, FhirElement) or not isinstance(element.value, dict):
        return None
    is_of_class = element.type == name or any(one.name == name for one in fhir().lineage(element.type))
    return element.value if is_of_class else None


def to_quantity(quantity: FhirElement | None) -> Quantity | None:
    """FHIR.Quantity -> Quantity."""
    return raw_quantity(_of_class(quantity, "Quantity"))


def to_quantity_ignoring_comparator(quantity: FhirElement | None) -> Quantity | None:
    """FHIR.Quantity -> Quantity, whatever its comparator."""
    return raw_quantity(_of_class(quantity, "Quantity"), ignoring_comparator=True)


def to_interval(element: FhirElement | None) -> Interval | None:
    """FHIR.Period, FHIR.Range or FHIR.Quantity -> Interval of DateTime or Quantity."""
    for name, convert in _INTERVALS:
        raw = _of_class(element, name)
        if raw is not None:
            return convert(raw)
    return None


_INTERVALS: tuple[tuple[str, Callable[[dict[str, Any] | None], Interval | None]], ...] = (
    ("Period", raw_period),
    ("Range", raw_range),
    ("Quantity", raw_quantity_interval),
)


def to_ratio(ratio: FhirElement | None) -> Ratio | None:
    """FHIR.Ratio -> Ratio."""
    return raw_ratio(_of_class(ratio, "Ratio"))


def to_code(coding: FhirElement | None) -> Code | None:
    """FHIR.Coding -> Code."""
    return raw_code(_of_class(coding, "Coding"))


def to_concept(concept: FhirElement | None) -> Concept | None:
    """FHIR.CodeableConcept -> Concept."""
    return raw_concept(_of_class(concept, "CodeableConcept"))


def to_value_set(uri: str | None) -> ValueSet | None:
    """The URL of a value set -> ValueSet."""
    return None if uri is None else ValueSet(uri)


def _scalar(element: object, *readers: Callable[[Any], Any]) -> Any:
    """The scalar of a primitive element whose type is read by one of ``readers``."""
    if isinstance(element, FhirElement) and primitive_reader(element.type) in readers:
        return element.value
    return None


def to_string(element: FhirElement | None) -> str | None:
    """FHIR.string, uri, code, id and the like, and every enumeration -> String."""
    return read_string(_scalar(element, read_string))


def to_boolean(element: FhirElement | None) -> bool | None:
    """FHIR.boolean -> Boolean."""
    return read_boolean(_scalar(element, read_boolean))


def to_integer(element: FhirElement | None) -> int | None:
    """FHIR.integer, positiveInt, unsignedInt -> Integer."""
    return read_integer(_scalar(element, read_integer))


def to_decimal(element: FhirElement | None) -> Decimal | None:
    """FHIR.decimal -> Decimal."""
    return read_decimal(_scalar(element, read_decimal))


def to_date(element: FhirElement | None) -> Date | None:
    """FHIR.date -> Date."""
    return read_date(_scalar(element, read_date))


def to_date_time(element: FhirElement | None) -> DateTime | None:
    """FHIR.dateTime, FHIR.instant -> DateTime; a FHIR.date gives a DateTime of its precision."""
    return read_date_time(_scalar(element, read_date_time, read_date))


def to_time(element: FhirElement | None) -> Time | None:
    """FHIR.time -> Time."""
    return read_time(_scalar(element, read_time))


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "ToBoolean": to_boolean,
        "ToCalendarUnit": to_calendar_unit,
        "ToCode": to_code,
        "ToConcept": to_concept,
        "ToDate": to_date,
        "ToDateTime": to_date_time,
        "ToDecimal": to_decimal,
        "ToInteger": to_integer,
        "ToInterval": to_interval,
        "ToQuantity": to_quantity,
        "ToQuantityIgnoringComparator": to_quantity_ignoring_comparator,
        "ToRatio": to_ratio,
        "ToString": to_string,
        "ToTime": to_time,
        "ToValueSet": to_value_set,
    }
)
"""The functions by their names in the library FHIRHelpers."""
