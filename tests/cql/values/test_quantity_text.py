"""How quantities, ratios, intervals and tuples are written."""

from __future__ import annotations

from decimal import Decimal

from cql.values import Interval, Quantity, Ratio, Tuple, Uncertainty
from cql.values.structured import uncertain


def test_quantities_are_written_with_quoted_ucum_and_bare_calendar_units() -> None:
    assert str(Quantity(Decimal("5.5"), "cm")) == "5.5 'cm'"
    assert str(Quantity(Decimal(125), "cm")) == "125 'cm'"
    assert str(Quantity(Decimal(4), "days")) == "4 days"
    assert str(Ratio(Quantity(Decimal(1)), Quantity(Decimal(128)))) == "1 '1':128 '1'"


def test_structured_values_show_themselves() -> None:
    assert repr(Interval(1, 5, True, False)) == "Interval[1, 5)"
    assert repr(Tuple(id=5)) == "Tuple { id: 5 }"


def test_uncertain_is_plain_when_the_bounds_meet() -> None:
    assert uncertain(3, 3) == 3
    assert uncertain(5, 3) == Uncertainty(3, 5)
