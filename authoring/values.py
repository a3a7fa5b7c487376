"""CQL values as plain JSON, for printing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cql.data.element import FhirElement
from cql.values import Code, Concept, Interval, Quantity, Ratio, Tuple


def plain(value: Any) -> Any:
    """``value`` as what ``json.dumps`` can print: numbers stay numbers, dates are their text, resources themselves."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return int(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Quantity():
            return {"value": plain(value.value), "unit": value.unit}
        case Ratio():
            return {"numerator": plain(value.numerator), "denominator": plain(value.denominator)}
        case Interval():
            return {
                "low": plain(value.low),
                "high": plain(value.high),
                "lowClosed": value.low_closed,
                "highClosed": value.high_closed,
            }
        case Code():
            named = {"code": value.code, "system": value.system, "version": value.version, "display": value.display}
            return {name: part for name, part in named.items() if part is not None}
        case Concept():
            return {"codes": [plain(code) for code in value.codes], "display": value.display}
        case list():
            return [plain(one) for one in value]
        case Tuple():
            return {name: plain(part) for name, part in value.items()}
        case dict():
            return value
        case FhirElement():
            return value.value
    return str(value)
