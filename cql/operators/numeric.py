"""Operators on numbers of mixed types: Integer widens to Long, both to Decimal, and a number to a Quantity."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cql.errors import EvaluationError
from cql.values import Long, Quantity
from cql.values.number import decimal, integer, long


def as_quantity(value: Any, operator: str) -> Quantity:
    """A number as a quantity with the default unit; raises ``EvaluationError`` for anything else."""
    return value if type(value) is Quantity else Quantity(as_decimal(value, operator))


def numeric(
    left: Any,
    right: Any,
    operator: str,
    on_integers: Callable[[int, int], int],
    on_decimals: Callable[[Decimal, Decimal], Decimal],
) -> int | Long | Decimal | None:
    """The result of an operator on two numbers, of the wider of their types; null when out of that type's range."""
    kinds = {type(left), type(right)}
    if kinds == {int}:
        return integer(on_integers(left, right))
    if kinds <= {int, Long}:
        return long(on_integers(int(left), int(right)))
    return decimal(on_decimals(as_decimal(left, operator), as_decimal(right, operator)))


def as_decimal(value: Any, operator: str) -> Decimal:
    """A number as a Decimal; raises ``EvaluationError`` for anything else."""
    kind = type(value)
    if kind is Decimal:
        return value  # type: ignore[no-any-return]
    if kind is int or kind is Long:
        return Decimal(value)
    raise EvaluationError(f"operator {operator} is not defined for values of type {kind.__name__}")


def int_quotient(left: int, right: int) -> int:
    """Integer division towards zero."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient
