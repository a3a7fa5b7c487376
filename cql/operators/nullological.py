"""Nullological operators (CQL reference, B.1 Nullological Operators)."""

from __future__ import annotations

from typing import Any


def coalesce(*operands: Any) -> Any:
    """``Coalesce``: the first operand that is not null, or null.

    With a single list operand it is the list overload: the first element that is not null.
    """
    if len(operands) == 1 and isinstance(operands[0], list):
        operands = tuple(operands[0])
    for operand in operands:
        if operand is not None:
            return operand
    return None


def is_null(operand: Any) -> bool:
    """``IsNull``."""
    return operand is None


def is_true(operand: bool | None) -> bool:
    """``IsTrue``: false for null."""
    return operand is True


def is_false(operand: bool | None) -> bool:
    """``IsFalse``: false for null."""
    return operand is False
