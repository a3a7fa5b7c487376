"""Values in a few words, for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cql.data.element import FhirElement


def shown(value: Any) -> str:
    """A value in a few words: resources by their reference, lists by their length and first elements."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case list():
            some = ", ".join(shown(one) for one in value[:3])
            return f"[{some}{', ...' if len(value) > 3 else ''}] ({len(value)})"
        case {"resourceType": str(kind)}:
            return f"{kind}/{value.get('id', '?')}"
        case FhirElement():
            return f"{value.type} {value.value!r}" if not isinstance(value.value, dict) else str(value.type)
    return str(value)
