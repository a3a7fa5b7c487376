"""Typed readers for single elements of FHIR JSON that may be missing, null, or of the wrong type.

Every reader takes any JSON value and answers with the type it promises or an empty one; none raises. Which element
was odd is the caller's to report: a reader that finds something unusable answers None, an absent element too.
"""

import base64
import binascii
import html
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

Json = Mapping[str, object]
EMPTY: Json = {}

_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d{1,12})?$")
_CENTIMETRES_PER_UNIT = {
    "cm": Decimal(1),
    "centimeter": Decimal(1),
    "centimeters": Decimal(1),
    "centimetre": Decimal(1),
    "centimetres": Decimal(1),
    "mm": Decimal("0.1"),
    "millimeter": Decimal("0.1"),
    "millimeters": Decimal("0.1"),
    "millimetre": Decimal("0.1"),
    "millimetres": Decimal("0.1"),
    "[in_i]": Decimal("2.54"),
    "[in_us]": Decimal("2.54"),
    "in": Decimal("2.54"),
    "inch": Decimal("2.54"),
    "inches": Decimal("2.54"),
    "m": Decimal(100),
    "km": Decimal(100_000),
}
_BLOCK = re.compile(r"</?(?:p|div|li|tr|h[1-6]|table|ul|ol|section)\b[^>]{0,1000}>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,1000}>")
_MAXIMUM_TEXT = 1_000_000


class Coding(NamedTuple):
    """One coding with its strings as written; absent parts are empty strings."""

    system: str
    code: str
    display: str
    user_selected: bool


class Quantity(NamedTuple):
    """A measured amount: the number, its unit code (or the printed unit), and the comparator if one was given."""

    value: Decimal
    unit: str
    comparator: str


def as_dict(value: object) -> Json:
    """The value if it is an object, else an empty one. A list of one object counts as that object."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return value[0]
    return EMPTY


def as_dicts(value: object) -> list[Json]:
    """The objects of a list; a lone object counts as a list of one (clients send `category` as an object)."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return [value] if isinstance(value, dict) else []


def as_text(value: object) -> str:
    """A string without surrounding space, or an empty one; at most one million characters are kept."""
    if not isinstance(value, str):
        return ""
    return value[:_MAXIMUM_TEXT].strip()


def as_bool(value: object) -> bool | None:
    """A boolean, also from the words "true" and "false"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def as_number(value: object) -> Decimal | None:
    """A finite number, also from a string and with a decimal comma."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not _NUMBER.match(value.strip()):
            return None
        value = value.strip().replace(",", ".")
    if isinstance(value, int | float | str | Decimal):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    return None


def as_integer(value: object) -> int | None:
    """A whole number, also from "2" and 2.0."""
    number = as_number(value)
    if number is None or abs(number) > 10**9 or number != number.to_integral_value():
        return None
    return int(number)


def codings(concept: object) -> list[Coding]:
    """The codings of a CodeableConcept, or of a bare Coding, a list of concepts, or an old-style plain code string."""
    if concept is None:
        return []
    if isinstance(concept, dict):
        listed = concept.get("coding")
        if listed is None:
            return [_coding(concept)] if "code" in concept else []
        return [_coding(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    if isinstance(concept, list):
        return [coding for part in concept if isinstance(part, dict) for coding in codings(part)]
    return [Coding("", as_text(concept), "", False)] if isinstance(concept, str) else []


def _coding(item: Json) -> Coding:
    system, code, display = item.get("system"), item.get("code"), item.get("display")
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    return Coding(
        system.strip() if isinstance(system, str) else "",
        code.strip() if isinstance(code, str) else "",
        display.strip() if isinstance(display, str) else "",
        item.get("userSelected") is True,
    )


def concept_text(concept: object) -> str:
    """The text of a CodeableConcept, else its first display."""
    if concept is None:
        return ""
    for part in concept if isinstance(concept, list) else (concept,):
        if isinstance(part, dict) and (text := as_text(part.get("text"))):
            return text
    return next((coding.display for coding in codings(concept) if coding.display), "")


def first_code(concept: object) -> str:
    """The first code of a concept, else its words as a code: for statuses, whose code system is never in doubt."""
    for coding in codings(concept):
        if coding.code:
            return coding.code.lower()
    return concept_text(concept).lower().replace(" ", "-")


def quantity(value: object) -> Quantity | None:
    """A Quantity with a usable number; the unit is the code, else the printed unit."""
    element = as_dict(value)
    number = as_number(element.get("value"))
    if number is None:
        return None
    unit = as_text(element.get("code")) or as_text(element.get("unit"))
    return Quantity(number, unit, as_text(element.get("comparator")))


def centimetres(amount: Quantity) -> Decimal | None:
    """The length in cm (UCUM cm, mm, [in_i] and their printed names), None for any other unit."""
    factor = _CENTIMETRES_PER_UNIT.get(amount.unit.lower())
    return None if factor is None else amount.value * factor


def attachment_text(attachment: object) -> str:
    """The text of an inline plain-text or HTML attachment; empty for PDFs, URLs and broken base64."""
    element = as_dict(attachment)
    kind = as_text(element.get("contentType")).lower()
    data = element.get("data")
    if not isinstance(data, str) or not kind.startswith("text/"):
        return ""
    try:
        raw = base64.b64decode(data[: _MAXIMUM_TEXT * 2], validate=False)
    except (binascii.Error, ValueError):
        return ""
    text = raw.decode("utf-8", errors="replace")
    return _without_tags(text) if kind.startswith("text/html") else as_text(text)


def narrative(resource: Json) -> str:
    """The words of a resource's narrative: for one that says nothing else."""
    return _without_tags(as_text(as_dict(resource.get("text")).get("div")))


def _without_tags(text: str) -> str:
    """The words of HTML: a paragraph for each of its blocks, entities as characters."""
    return as_text(html.unescape(_TAG.sub(" ", _BLOCK.sub("\n\n", text))))
