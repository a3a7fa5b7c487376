"""Start and End of an interval (CQL spec, Appendix B, "Interval Operators"): the first and last point it contains."""

from __future__ import annotations

from typing import Any

from cql.operators.points import max_value, min_value, point_type, predecessor, successor
from cql.types import ANY, QUANTITY, ChoiceType
from cql.values import Interval, Quantity


def start(interval: Interval | None) -> Any:
    """The first point: an open bound's successor, the least value for a closed null, null for an open null.

    Raises ``EvaluationError`` when an open bound is the greatest value of its type.
    """
    if interval is None:
        return None
    if interval.low is not None:
        return interval.low if interval.low_closed else successor(interval.low)
    return _extreme(interval, least=True) if interval.low_closed else None


def end(interval: Interval | None) -> Any:
    """The last point: an open bound's predecessor, the greatest value for a closed null, null for an open null.

    Raises ``EvaluationError`` when an open bound is the least value of its type.
    """
    if interval is None:
        return None
    if interval.high is not None:
        return interval.high if interval.high_closed else predecessor(interval.high)
    return _extreme(interval, least=False) if interval.high_closed else None


def _extreme(interval: Interval, *, least: bool) -> Any:
    """The least or greatest value of the interval's point type; null when nothing tells the type."""
    other = interval.high if least else interval.low
    of = point_type(other) or interval.point_type
    if of is None or of == ANY or isinstance(of, ChoiceType):
        return None
    value = min_value(of) if least else max_value(of)
    if of == QUANTITY and isinstance(other, Quantity):
        return Quantity(value.value, other.unit)
    return value
