"""Ceiling, Floor, Truncate and Round (CQL spec, Appendix B, "Arithmetic Operators")."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import Any

from cql.errors import EvaluationError
from cql.values import Long, Quantity
from cql.values.number import DECIMAL_PLACES, WIDE, decimal, integer


def ceiling(value: Any) -> int | None:
    """``Ceiling(value)``: the least Integer not below it; null when out of range."""
    return _whole(value, ROUND_CEILING)


def floor(value: Any) -> int | None:
    """``Floor(value)``: the greatest Integer not above it; null when out of range."""
    return _whole(value, ROUND_FLOOR)


def truncate(value: Any) -> int | None:
    """``Truncate(value)``: the Integer towards zero; null when out of range."""
    return _whole(value, ROUND_DOWN)


def round(value: Any, precision: int | None = None) -> Decimal | Quantity | None:
    """``Round(value, precision)``: to ``precision`` decimal places (0), halves away from zero."""
    if value is None:
        return None
    if type(value) is Quantity:
        rounded = round(value.value, precision)
        return Quantity(rounded, value.unit) if isinstance(rounded, Decimal) else None
    value = _number(value)
    if precision is not None and not 0 <= precision <= DECIMAL_PLACES:
        # Beyond 8 places nothing is left to round; rounding before the point is not something CQL defines.
        if precision < 0:
            raise EvaluationError(f"Round takes a precision of 0 or more, not {precision}")
        return decimal(value)
    return decimal(value.quantize(Decimal(1).scaleb(-(precision or 0)), context=WIDE))


def _whole(value: Any, rounding: str) -> int | None:
    return None if value is None else integer(int(_number(value).to_integral_value(rounding)))


def _number(value: Any) -> Decimal:
    if type(value) in (Decimal, int, Long):
        return Decimal(value)
    raise EvaluationError(f"a value of type {type(value).__name__} cannot be rounded")
