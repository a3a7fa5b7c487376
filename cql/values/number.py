"""CQL's numbers: Integer is ``int``, Long its subclass here, Decimal ``decimal.Decimal`` (CQL spec, Appendix B).

Decimal has 28 digits, 8 of them after the point. Arithmetic is done exactly in a wide context and rounded once, half
up, to 8 places; what is out of range is null. The scale of a literal is kept (``1.50`` stays ``1.50``), because
equivalence and ``Precision`` depend on it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Final

INTEGER_MIN: Final = -(2**31)
INTEGER_MAX: Final = 2**31 - 1
LONG_MIN: Final = -(2**63)
LONG_MAX: Final = 2**63 - 1

DECIMAL_PLACES: Final = 8
DECIMAL_STEP: Final = Decimal("0.00000001")
DECIMAL_MAX: Final = Decimal("99999999999999999999.99999999")
DECIMAL_MIN: Final = -DECIMAL_MAX

# Wide enough that a product of two Decimals, or a quotient with 8 places of the largest by the smallest, is exact.
WIDE: Final = Context(
    prec=72, rounding=ROUND_HALF_UP, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow]
)


class Long(int):
    """A 64-bit integer (``2L``): the same numbers as Integer, but a type of its own."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{int(self)}L"

    __str__ = __repr__


def integer(value: int) -> int | None:
    """``value`` if Integer can hold it, else null."""
    return value if INTEGER_MIN <= value <= INTEGER_MAX else None


def long(value: int) -> Long | None:
    """``value`` as a Long, or null when 64 bits cannot hold it."""
    return Long(value) if LONG_MIN <= value <= LONG_MAX else None


def scale(value: Decimal) -> int:
    """How many digits ``value`` is written with after the point (0 for whole numbers)."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def decimal(value: Decimal) -> Decimal | None:
    """``value`` rounded half up to 8 places, without exponent or negative zero; null out of range."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):  # NaN or infinity: no CQL Decimal
        return None
    if not value:
        return Decimal((0, (0,), max(min(exponent, 0), -DECIMAL_PLACES)))
    if exponent < -DECIMAL_PLACES:
        if value.adjusted() > 28:
            return None
        value = value.quantize(DECIMAL_STEP, context=WIDE)
    elif exponent > 0:
        if value.adjusted() > 28:
            return None
        value = value.quantize(Decimal(1), context=WIDE)
    if not DECIMAL_MIN <= value <= DECIMAL_MAX:
        return None
    return value or abs(value)  # what rounds to zero may have kept its sign


def plain(value: Decimal) -> str:
    """The CQL text of a Decimal, ``(-)?#0.0#``: never an exponent, always a point."""
    text = f"{value:f}"
    return text if "." in text else text + ".0"
