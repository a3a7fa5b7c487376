"""Exp, Ln, Log and Power (CQL spec, Appendix B, "Arithmetic Operators"), computed with decimals throughout."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Final

from cql.errors import EvaluationError
from cql.values import Long
from cql.values.number import WIDE, decimal, integer, long

# 28 digits of a result, and some more so that the eighth decimal place is right.
_CONTEXT: Final = Context(
    prec=45, rounding=ROUND_HALF_EVEN, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow]
)


def exp(value: Any) -> Decimal | None:
    """``Exp(value)``. Raises ``EvaluationError`` when the result is too large for a Decimal."""
    if value is None:
        return None
    argument = _number(value, "Exp")
    result = None if argument > 100 else _tidy(_CONTEXT.exp(max(argument, Decimal(-100))))
    if result is None:
        raise EvaluationError(f"Exp({value}) is too large for a Decimal")
    return result


def ln(value: Any) -> Decimal | None:
    """``Ln(value)``, null for negative numbers. Raises ``EvaluationError`` for zero."""
    if value is None:
        return None
    argument = _number(value, "Ln")
    if not argument:
        raise EvaluationError("Ln(0) is not defined")
    return _tidy(_CONTEXT.ln(argument)) if argument > 0 else None


def log(value: Any, base: Any) -> Decimal | None:
    """``Log(value, base)``, null where there is no such logarithm (base 1, numbers that are not positive)."""
    if value is None or base is None:
        return None
    argument, of = _number(value, "Log"), _number(base, "Log")
    if argument <= 0 or of <= 0 or of == 1:
        return None
    return _tidy(_CONTEXT.divide(_CONTEXT.ln(argument), _CONTEXT.ln(of)))


def power(value: Any, exponent: Any) -> int | Long | Decimal | None:
    """``value ^ exponent``: of the operands' type, but a Decimal for negative exponents; overflow is null."""
    if value is None or exponent is None:
        return None
    kinds = {type(value), type(exponent)}
    if kinds <= {int, Long} and exponent >= 0:
        if abs(value) > 1 and exponent > 64:
            return None
        # For -1, 0 and 1 only the parity of the exponent matters, so that it need not be carried out.
        result = int(value) ** int(exponent if abs(value) > 1 or exponent < 2 else 2 + exponent % 2)
        return integer(result) if kinds == {int} else long(result)
    try:
        return _tidy(_CONTEXT.power(_number(value, "Power"), _number(exponent, "Power")))
    except DecimalException:  # overflow, zero to a negative power, a root of a negative number
        return None


def _tidy(value: Decimal) -> Decimal | None:
    """Rounded to 8 places without the zeros that the computation's own precision left at the end."""
    rounded = decimal(value)
    return None if rounded is None else decimal(rounded.normalize(WIDE))


def _number(value: Any, operator: str) -> Decimal:
    if type(value) in (Decimal, int, Long):
        return Decimal(value)
    raise EvaluationError(f"{operator} is not defined for values of type {type(value).__name__}")
