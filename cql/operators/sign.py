"""Abs and Negate (CQL spec, Appendix B, "Arithmetic Operators")."""

from __future__ import annotations

from typing import Any

from cql.operators.numeric import numeric
from cql.values import Quantity, Uncertainty
from cql.values.number import WIDE


def abs(value: Any) -> Any:
    """``Abs(value)``; null for the least Integer or Long, whose absolute value is out of range."""
    if value is None:
        return None
    if type(value) is Quantity:
        return Quantity(WIDE.abs(value.value), value.unit)
    return numeric(value, type(value)(0), "Abs", lambda one, _: one if one >= 0 else -one, lambda one, _: WIDE.abs(one))


def negate(value: Any) -> Any:
    """``-value``; null for the least Integer or Long."""
    if value is None:
        return None
    if type(value) is Quantity:
        return Quantity(negate(value.value), value.unit)
    if type(value) is Uncertainty:
        return Uncertainty(-value.high, -value.low)
    return numeric(value, type(value)(0), "-", lambda one, _: -one, lambda one, _: WIDE.minus(one))
