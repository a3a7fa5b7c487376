"""The arithmetic operators (CQL spec, Appendix B, "Arithmetic Operators").

Null in, null out. Overflow and division by zero are null. Integer, Long and Decimal mix: the result has the wider type.
Add, Subtract and Multiply also take uncertainties; Add and Subtract dates and times with a quantity of time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cql.errors import EvaluationError
from cql.operators.boundary import high_boundary, low_boundary, precision
from cql.operators.date_arithmetic import add_duration
from cql.operators.logarithm import exp, ln, log, power
from cql.operators.numeric import as_decimal, as_quantity, int_quotient, numeric
from cql.operators.points import max_value, min_value, predecessor, successor
from cql.operators.quantity_arithmetic import combine, divided, multiplied, remainder
from cql.operators.rounding import ceiling, floor, round, truncate
from cql.operators.sign import abs, negate
from cql.values import Date, DateTime, Long, Quantity, Time, Uncertainty
from cql.values.number import WIDE, decimal, integer
from cql.values.structured import uncertain

__all__ = [
    "abs",
    "add",
    "ceiling",
    "divide",
    "exp",
    "floor",
    "high_boundary",
    "ln",
    "log",
    "low_boundary",
    "max_value",
    "min_value",
    "modulo",
    "multiply",
    "negate",
    "power",
    "precision",
    "predecessor",
    "round",
    "subtract",
    "successor",
    "truncate",
    "truncated_divide",
]

_TEMPORALS = (Date, DateTime, Time)


def add(left: Any, right: Any) -> Any:
    """``left + right``."""
    if left is None or right is None:
        return None
    kind = type(left)
    if kind is int and type(right) is int:
        return integer(left + right)
    if kind is Decimal and type(right) is Decimal:
        return decimal(WIDE.add(left, right))
    if kind is Quantity or type(right) is Quantity:
        if isinstance(left, _TEMPORALS):
            return add_duration(left, right, 1)
        return combine(as_quantity(left, "+"), as_quantity(right, "+"), add)
    if kind is Uncertainty or type(right) is Uncertainty:
        (low, high), (other_low, other_high) = _range(left), _range(right)
        return uncertain(low + other_low, high + other_high)
    return numeric(left, right, "+", int.__add__, WIDE.add)


def subtract(left: Any, right: Any) -> Any:
    """``left - right``."""
    if left is None or right is None:
        return None
    kind = type(left)
    if kind is int and type(right) is int:
        return integer(left - right)
    if kind is Decimal and type(right) is Decimal:
        return decimal(WIDE.subtract(left, right))
    if kind is Quantity or type(right) is Quantity:
        if isinstance(left, _TEMPORALS):
            return add_duration(left, right, -1)
        return combine(as_quantity(left, "-"), as_quantity(right, "-"), subtract)
    if kind is Uncertainty or type(right) is Uncertainty:
        (low, high), (other_low, other_high) = _range(left), _range(right)
        return uncertain(low - other_high, high - other_low)
    return numeric(left, right, "-", int.__sub__, WIDE.subtract)


def multiply(left: Any, right: Any) -> Any:
    """``left * right``; the unit of a product of quantities is the product of their units."""
    if left is None or right is None:
        return None
    kind = type(left)
    if kind is int and type(right) is int:
        return integer(left * right)
    if kind is Quantity or type(right) is Quantity:
        return multiplied(as_quantity(left, "*"), as_quantity(right, "*"))
    if kind is Uncertainty or type(right) is Uncertainty:
        products = [one * other for one in _range(left) for other in _range(right)]
        return uncertain(min(products), max(products))
    return numeric(left, right, "*", int.__mul__, WIDE.multiply)


def divide(left: Any, right: Any) -> Decimal | Quantity | None:
    """``left / right``: always a Decimal (or Quantity), rounded to 8 places; by zero null."""
    if left is None or right is None:
        return None
    if type(left) is Quantity or type(right) is Quantity:
        return divided(as_quantity(left, "/"), as_quantity(right, "/"))
    dividend, divisor = as_decimal(left, "/"), as_decimal(right, "/")
    return decimal(WIDE.divide(dividend, divisor)) if divisor else None


def truncated_divide(left: Any, right: Any) -> Any:
    """``left div right``: the quotient without its fraction (towards zero), of the operands' type; by zero null."""
    if left is None or right is None:
        return None
    if type(left) is Quantity or type(right) is Quantity:
        return remainder(as_quantity(left, "div"), as_quantity(right, "div"), truncated_divide)
    if right == 0:
        return None
    return numeric(left, right, "div", int_quotient, WIDE.divide_int)


def modulo(left: Any, right: Any) -> Any:
    """``left mod right``: what ``div`` leaves, with the sign of ``left``; by zero null."""
    if left is None or right is None:
        return None
    if type(left) is Quantity or type(right) is Quantity:
        return remainder(as_quantity(left, "mod"), as_quantity(right, "mod"), modulo)
    if right == 0:
        return None
    return numeric(left, right, "mod", lambda one, other: one - other * int_quotient(one, other), WIDE.remainder)


def _range(value: Any) -> tuple[int, int]:
    """The least and greatest number an operand beside an Uncertainty can be."""
    if type(value) is Uncertainty:
        return value.low, value.high
    if type(value) is int or type(value) is Long:
        return int(value), int(value)
    raise EvaluationError(f"an uncertain whole number does not combine with a value of type {type(value).__name__}")
