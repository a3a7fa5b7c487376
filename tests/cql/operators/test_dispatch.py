from __future__ import annotations

from typing import Any

import pytest

from cql.operators import dispatch
from cql.values import Date, Interval

DAYS = Interval(Date(2012, 1, 5), Date(2012, 1, 15))


@pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        ("before", (1, 2), True),
        ("before", (Interval(1, 2), Interval(3, 4)), True),
        ("before", (Interval(1, 2), 3), True),
        ("before", (Date(2012, 1, 5), Date(2012, 1, 6), "month"), False),
        ("before", (None, Interval(1, 2)), None),
        ("after", (3, Interval(1, 2)), True),
        ("after", (3, None), None),
        ("same_or_before", (Date(2012, 1, 20), DAYS, "month"), True),
        ("same_or_before", (2, 2), True),
        ("same_or_after", (Date(2012, 1, 20), DAYS), True),
        ("same_as", (Date(2012, 1, 5), Date(2012, 1, 6), "month"), True),
        ("same_as", (DAYS, DAYS), True),
        ("same_as", (None, DAYS), None),
        ("contains", ([1, 2], 2), True),
        ("contains", (DAYS, Date(2012, 1, 7)), True),
        ("contains", (None, 1), False),
        ("in_", (2, [1, 2]), True),
        ("in_", (2, Interval(3, 4)), False),
        ("in_", (None, None), None),
        ("in_", (2, None), False),
        ("includes", ([1, 2], [2]), True),
        ("includes", ([1, 2], 2), True),
        ("includes", (Interval(1, 9), Interval(2, 3)), True),
        ("includes", (Interval(1, 9), 5), True),
        ("includes", (None, [2]), None),
        ("includes", (None, Interval(2, 3)), None),
        ("included_in", ([2], [1, 2]), True),
        ("included_in", (Interval(2, 3), Interval(1, 9)), True),
        ("proper_contains", ([1, 2], 2), True),
        ("proper_contains", (Interval(1, 9), 9), False),
        ("proper_contains", (None, 9), None),
        ("proper_in", (5, Interval(1, 9)), True),
        ("proper_includes", ([1, 2], [2]), True),
        ("proper_includes", (Interval(1, 9), Interval(1, 9)), False),
        ("proper_includes", (None, [2]), None),
        ("proper_included_in", ([2], [1, 2]), True),
        ("proper_included_in", (Interval(2, 3), Interval(1, 9)), True),
        ("union", ([1], [2]), [1, 2]),
        ("union", (Interval(1, 2), Interval(3, 4)), Interval(1, 4)),
        ("union", (None, [2]), [2]),
        ("union", (None, Interval(3, 4)), None),
        ("union", (None, None), None),
        ("intersect", ([1, 2], [2]), [2]),
        ("intersect", (Interval(1, 5), Interval(3, 9)), Interval(3, 5)),
        ("intersect", (None, [1]), None),
        ("except_", ([1, 2], [2]), [1]),
        ("except_", (Interval(1, 5), Interval(3, 9)), Interval(1, 2)),
        ("except_", ([1], None), [1]),
        ("indexer", ("ab", 1), "b"),
        ("indexer", ([1, 2], 1), 2),
        ("indexer", (None, 1), None),
        ("length", ("ab",), 2),
        ("length", ([1],), 1),
        ("length", (None,), None),
    ],
)
def test_the_operands_choose(operator: str, operands: tuple[Any, ...], expected: Any) -> None:
    assert getattr(dispatch, operator)(*operands) == expected
