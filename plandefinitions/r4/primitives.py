"""Is a JSON value one of a FHIR primitive type? (FHIR R4, "Data Types", primitive types)"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)"
_FULL_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TEXT = {
    "base64Binary": r"[\s0-9A-Za-z+/=]+",
    "canonical": r"\S+",
    "code": r"\S+( \S+)*",
    "date": _DATE,
    "dateTime": rf"{_DATE}|{_FULL_DATE}T{_CLOCK}{_ZONE}",
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "instant": rf"{_FULL_DATE}T{_CLOCK}{_ZONE}",
    "oid": r"urn:oid:[0-2](\.(0|[1-9]\d*))+",
    "time": _CLOCK,
    "uri": r"\S+",
    "url": r"\S+",
    "uuid": r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _TEXT.items()}
_LEAST = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}


def fits(type_name: str, value: Any) -> bool:
    """Is ``value`` a valid JSON value of the primitive type?"""
    if type_name == "boolean":
        return isinstance(value, bool)
    if type_name in _LEAST:
        return isinstance(value, int) and not isinstance(value, bool) and _LEAST[type_name] <= value < 2**31
    if type_name == "decimal":
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not isinstance(value, str) or not value:
        return False
    pattern = _PATTERNS.get(type_name)
    return bool(value.strip()) if pattern is None else pattern.fullmatch(value) is not None
