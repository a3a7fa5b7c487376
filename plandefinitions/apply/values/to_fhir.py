"""CQL values, and results of FHIRPath, as FHIR JSON of the type that their place wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from cql.data.element import FhirElement
from cql.operators.interval import end, start
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity, Ratio, Time, Tuple
from plandefinitions.r4 import Element, check, elements, is_primitive, is_resource, locate
from plandefinitions.r4.check import check_object
from plandefinitions.r4.primitives import fits

UCUM = "http://unitsofmeasure.org"
_CALENDAR = {
    "year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond":
    "ms",
}  # fmt: skip
_TEXT = frozenset(
    (
        "string",
        "markdown",
        "code",
        "uri",
        "url",
        "canonical",
        "id",
        "date",
        "dateTime",
        "instant",
        "time",
        "oid",
        "uuid",
    )
)
_QUANTITIES = ("Quantity", "Duration", "Age", "Count", "Distance", "SimpleQuantity", "MoneyQuantity")
Json = Any


def to_fhir(value: Any, types: Sequence[str], element: Element | None = None) -> tuple[str, Json]:
    """(type, JSON) of ``value`` as the first of ``types`` that it can be. Raises ``ValueError`` when it can be none."""
    for of in _ordered(value, types):
        content = _as(value, of)
        if content is not None:
            if element is not None and element.codes is not None and content not in element.codes:
                raise ValueError(f"{content!r} is not a code of {element.name}: {', '.join(element.codes[:12])}")
            return of, content
    raise ValueError(f"{_describe(value)} cannot be a FHIR {' or '.join(types[:8])}")


def _ordered(value: Any, types: Sequence[str]) -> list[str]:
    """The types to try: an element's own type first, then the natural ones of the value, then the rest."""
    natural: tuple[str, ...] = ()
    match value:
        case FhirElement():
            natural = (value.type.rpartition(".")[2], value.type)
        case bool():
            natural = ("boolean",)
        case int():
            natural = ("integer", "positiveInt", "unsignedInt", "decimal")
        case Decimal() | float():
            natural = ("decimal",)
        case str():
            natural = ("string", "markdown")
        case DateTime():
            natural = ("dateTime", "instant")
        case Date():
            natural = ("date", "dateTime")
        case Quantity():
            natural = ("Quantity", "Duration")
        case Concept() | Code():
            natural = ("CodeableConcept", "Coding")
    return sorted(types, key=lambda of: natural.index(of) if of in natural else len(natural))


def _as(value: Any, of: str) -> Json:
    """The value as JSON of one type, None when it cannot be."""
    if isinstance(value, FhirElement):
        return _element(value, of)
    if of == "Resource":
        return value if isinstance(value, dict) and "resourceType" in value and not list(check(value)) else None
    if is_primitive(of):
        content = _primitive(value, of)
        return content if content is not None and fits(of, content) else None
    if isinstance(value, dict) and not isinstance(value, Tuple):
        return _object(value, of)
    convert = _COMPLEX.get(type(value))
    return convert(value, of) if convert is not None else None


def _primitive(value: Any, of: str) -> Json:
    match value:
        case bool():
            return value if of == "boolean" else None
        case int():
            return int(value) if of in ("integer", "positiveInt", "unsignedInt", "decimal") else None
        case Decimal() | float():
            return number(value) if of == "decimal" else None
        case str():
            return value if of in _TEXT else None
        case DateTime():
            text = str(value).removesuffix("T")
            if of == "date" or (of == "dateTime" and not fits(of, text)):  # an hour alone is no FHIR dateTime
                return text[:10]
            return text if of in ("dateTime", "instant") else None
        case Date():
            return str(value) if of in ("date", "dateTime") else None
        case Time():
            return str(value).removeprefix("T") if of == "time" else None
        case Code():
            return value.code if of == "code" else value.system if of == "uri" else None
        case Concept() if of == "code" and len(value.codes) == 1:
            return value.codes[0].code
    return None


def number(value: Decimal | float) -> int | float:
    """A JSON number: whole ones without a point."""
    return int(value) if value == int(value) else float(value)


def _element(value: FhirElement, of: str) -> Json:
    """An element taken from a resource keeps its JSON; one of a narrower type (a code, an Age) fits the wider."""
    content = value.value
    if is_primitive(of):
        return content if not isinstance(content, dict) and fits(of, content) else None
    if not isinstance(content, dict):
        return None
    if "resourceType" in content:
        return _object(content, of)
    own = value.type
    same_kind = own == of or (own in _QUANTITIES and of in _QUANTITIES)
    if own == "Coding" and of == "CodeableConcept":
        return {"coding": [content]}
    return content if same_kind else None


def _object(value: dict[str, Any], of: str) -> Json:
    """A JSON object of unknown type fits a type whose elements it has; a resource becomes a Reference to it."""
    kind = value.get("resourceType")
    if kind is not None:
        if of == "Reference" and isinstance(value.get("id"), str):
            return {"reference": f"{kind}/{value['id']}"}
        return value if of == kind and is_resource(of) else None
    return value if value and not list(check_object(value, of)) else None


def _quantity(value: Quantity, of: str) -> Json:
    if of not in _QUANTITIES:
        return None
    code = _CALENDAR.get(value.unit.removesuffix("s"), value.unit)
    content = {"value": number(value.value), "system": UCUM, "code": code}
    return (
        content if value.unit == "1" else {"value": content["value"], "unit": value.unit, "system": UCUM, "code": code}
    )


def _ratio(value: Ratio, of: str) -> Json:
    if of != "Ratio":
        return None
    return {
        "numerator": _quantity(value.numerator, "Quantity"),
        "denominator": _quantity(value.denominator, "Quantity"),
    }


def _coding(value: Code) -> dict[str, Any]:
    parts = {"system": value.system, "version": value.version, "code": value.code, "display": value.display}
    return {name: part for name, part in parts.items() if part is not None}


def _code(value: Code, of: str) -> Json:
    if of == "Coding":
        return _coding(value)
    return {"coding": [_coding(value)]} if of == "CodeableConcept" else None


def _concept(value: Concept, of: str) -> Json:
    if of == "Coding":
        return _coding(value.codes[0]) if len(value.codes) == 1 else None
    if of != "CodeableConcept":
        return None
    content: dict[str, Any] = {"coding": [_coding(one) for one in value.codes]}
    return {**content, "text": value.display} if value.display else content


def _interval(value: Interval, of: str) -> Json:
    """Period for points in time, Range for quantities; the ends are those that belong to the interval."""
    ends = {
        "low": start(value) if value.low is not None else None,
        "high": end(value) if value.high is not None else None,
    }
    given = {name: one for name, one in ends.items() if one is not None}
    if of == "Period" and given and all(isinstance(one, Date | DateTime) for one in given.values()):
        names = {"low": "start", "high": "end"}
        return {names[name]: _primitive(one, "dateTime") for name, one in given.items()}
    if of == "Range" and given and all(isinstance(one, Quantity) for one in given.values()):
        return {name: _quantity(one, "Quantity") for name, one in given.items()}
    return None


def _tuple(value: Tuple, of: str) -> Json:
    """A Tuple whose elements are those of the type, by their names or as the JSON names of a choice."""
    content: dict[str, Any] = {}
    for name, part in value.items():
        if part is None:
            continue
        element = elements(of).get(name)
        types: Sequence[str] = element.types if element else ()
        if element is None:
            found = locate(of, name)
            if found is None:
                return None
            element, types = found[0], (found[1],)
        if element.many:
            content[element.name] = [to_fhir(one, types)[1] for one in (part if isinstance(part, list) else [part])]
        else:
            kind, inner = to_fhir(part, types)
            content[element.json_name(kind)] = inner
    return content or None


def _describe(value: Any) -> str:
    shown = value.value if isinstance(value, FhirElement) else value
    kind = value.type if isinstance(value, FhirElement) else type(value).__name__
    return f"{kind} {str(shown)[:60]!r}"


_COMPLEX: dict[type, Callable[[Any, str], Json]] = {
    Quantity: _quantity,
    Ratio: _ratio,
    Code: _code,
    Concept: _concept,
    Interval: _interval,
    Tuple: _tuple,
}
