"""Start and end of intervals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cql.errors import EvaluationError
from cql.operators.bounds import end, start
from cql.types import DATE
from cql.values import Date, Interval, Quantity
from cql.values.number import DECIMAL_MAX, DECIMAL_MIN


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        (Interval(1, 5), 1, 5),
        (Interval(1, 5, False, False), 2, 4),
        (Interval(None, 5), -(2**31), 5),
        (Interval(1, None), 1, 2**31 - 1),
        (Interval(None, None, False, False), None, None),
        (Interval(1, None, True, False), 1, None),
        (Interval(None, None), None, None),
        (Interval(None, None, point_type=DATE), Date(1, 1, 1), Date(9999, 12, 31)),
        (Interval(Date(2012), Date(2014), False, False), Date(2013), Date(2013)),
        (Interval(Quantity(Decimal(1), "g"), None), Quantity(Decimal(1), "g"), Quantity(DECIMAL_MAX, "g")),
        (Interval(None, Quantity(Decimal(1), "g")), Quantity(DECIMAL_MIN, "g"), Quantity(Decimal(1), "g")),
        (None, None, None),
    ],
)
def test_bounds(interval: Interval | None, first: Any, last: Any) -> None:
    assert start(interval) == first
    assert end(interval) == last


def test_nothing_lies_beyond_the_greatest_value() -> None:
    with pytest.raises(EvaluationError):
        start(Interval(2**31 - 1, None, False, False))
