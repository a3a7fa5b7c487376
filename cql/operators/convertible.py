"""The ConvertsTo operators and CanConvertQuantity (CQL spec, Appendix B, "Type Operators"): is there a conversion?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cql.errors import EvaluationError
from cql.operators import conversion
from cql.values import Quantity


def can_convert_quantity(value: Quantity | None, unit: str | None) -> bool | None:
    """``CanConvertQuantity(value, unit)``."""
    return None if value is None or unit is None else conversion.convert_quantity(value, unit) is not None


def _converts(convert: Callable[[Any], Any], value: Any) -> bool | None:
    """Whether ``convert`` has a result for ``value``; null for null."""
    if value is None:
        return None
    try:
        return convert(value) is not None
    except EvaluationError:
        return False


def converts_to_boolean(value: Any) -> bool | None:
    """``ConvertsToBoolean(value)``."""
    return _converts(conversion.to_boolean, value)


def converts_to_integer(value: Any) -> bool | None:
    """``ConvertsToInteger(value)``."""
    return _converts(conversion.to_integer, value)


def converts_to_long(value: Any) -> bool | None:
    """``ConvertsToLong(value)``."""
    return _converts(conversion.to_long, value)


def converts_to_decimal(value: Any) -> bool | None:
    """``ConvertsToDecimal(value)``."""
    return _converts(conversion.to_decimal, value)


def converts_to_string(value: Any) -> bool | None:
    """``ConvertsToString(value)``."""
    return _converts(conversion.to_string, value)


def converts_to_date(value: Any) -> bool | None:
    """``ConvertsToDate(value)``."""
    return _converts(conversion.to_date, value)


def converts_to_date_time(value: Any) -> bool | None:
    """``ConvertsToDateTime(value)``."""
    return _converts(conversion.to_date_time, value)


def converts_to_time(value: Any) -> bool | None:
    """``ConvertsToTime(value)``."""
    return _converts(conversion.to_time, value)


def converts_to_quantity(value: Any) -> bool | None:
    """``ConvertsToQuantity(value)``."""
    return _converts(conversion.to_quantity, value)


def converts_to_ratio(value: Any) -> bool | None:
    """``ConvertsToRatio(value)``."""
    return _converts(conversion.to_ratio, value)
