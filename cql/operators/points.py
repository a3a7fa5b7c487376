"""MinValue, MaxValue, Successor and Predecessor of the point types (CQL spec, Appendix B, "Arithmetic Operators")."""

from __future__ import annotations

import datetime as stdlib
from decimal import Decimal
from typing import Any, Final

from cql.errors import EvaluationError
from cql.operators.calendar import step
from cql.types import DATE, DATETIME, DECIMAL, INTEGER, LONG, QUANTITY, TIME, CqlType
from cql.values import Date, DateTime, Long, Quantity, Time
from cql.values.number import (
    DECIMAL_MAX,
    DECIMAL_MIN,
    DECIMAL_STEP,
    INTEGER_MAX,
    INTEGER_MIN,
    LONG_MAX,
    LONG_MIN,
    WIDE,
)
from cql.values.precision import MS_PER_DAY

_MINIMA: Final[dict[CqlType, Any]] = {
    INTEGER: INTEGER_MIN,
    LONG: Long(LONG_MIN),
    DECIMAL: DECIMAL_MIN,
    QUANTITY: Quantity(DECIMAL_MIN),
    DATE: Date(1, 1, 1),
    DATETIME: DateTime.of(stdlib.datetime(1, 1, 1), offset=0),
    TIME: Time.of(0),
}
_MAXIMA: Final[dict[CqlType, Any]] = {
    INTEGER: INTEGER_MAX,
    LONG: Long(LONG_MAX),
    DECIMAL: DECIMAL_MAX,
    QUANTITY: Quantity(DECIMAL_MAX),
    DATE: Date(9999, 12, 31),
    DATETIME: DateTime.of(stdlib.datetime(9999, 12, 31, 23, 59, 59, 999_000), offset=0),
    TIME: Time.of(MS_PER_DAY - 1),
}
_TYPES: Final[dict[type, CqlType]] = {
    int: INTEGER,
    Long: LONG,
    Decimal: DECIMAL,
    Quantity: QUANTITY,
    Date: DATE,
    DateTime: DATETIME,
    Time: TIME,
}


def min_value(of: CqlType) -> Any:
    """``minimum T``. Raises ``EvaluationError`` for a type that has no least value."""
    return _extreme(_MINIMA, "minimum", of)


def max_value(of: CqlType) -> Any:
    """``maximum T``. Raises ``EvaluationError`` for a type that has no greatest value."""
    return _extreme(_MAXIMA, "maximum", of)


def point_type(value: Any) -> CqlType | None:
    """The point type of a value, None when it is null or of a type that intervals cannot be made of."""
    return _TYPES.get(type(value))


def successor(value: Any) -> Any:
    """``successor of value``: the next point at the value's own precision.

    Raises ``EvaluationError`` at the greatest value and for values that are not points.
    """
    return _next(value, 1)


def predecessor(value: Any) -> Any:
    """``predecessor of value``: the point before at the value's own precision.

    Raises ``EvaluationError`` at the least value and for values that are not points.
    """
    return _next(value, -1)


def _extreme(table: dict[CqlType, Any], name: str, of: CqlType) -> Any:
    try:
        return table[of]
    except KeyError:
        raise EvaluationError(f"{of} has no {name}") from None


def _next(value: Any, direction: int) -> Any:
    if value is None:
        return None
    kind = type(value)
    if kind is Quantity:
        return Quantity(_next(value.value, direction), value.unit)
    of = _TYPES.get(kind)
    if of is None:
        raise EvaluationError(f"values of type {kind.__name__} have no successor or predecessor")
    limit = (_MAXIMA if direction > 0 else _MINIMA)[of]
    if kind is int or kind is Long:
        if value != limit:
            return kind(value + direction)
    elif kind is Decimal:
        if value != limit:
            return WIDE.add(value, DECIMAL_STEP * direction)
    elif kind is not Time or (value.low + direction >= 0 and value.high + direction < MS_PER_DAY):
        return step(value, direction, value.rank)  # raises at the extremes of Date and DateTime
    raise EvaluationError(f"{value} has no {'successor' if direction > 0 else 'predecessor'}")
