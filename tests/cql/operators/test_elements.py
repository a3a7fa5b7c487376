"""Finding elements by hash agrees with comparing them one by one, and is fast."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cql.data.element import FhirElement
from cql.operators import list as ls
from cql.operators.elements import ElementSet, member, same, unique
from cql.values import Code, Concept, Date, DateTime, Interval, Long, Quantity, Ratio, Time, Tuple

GRAM, KILO = Quantity(Decimal(1), "g"), Quantity(Decimal(1), "kg")
SAMPLES: list[Any] = [
    *(None, True, False, 0, 1, Long(1), Decimal("1.0"), Decimal("1.5"), "1", "a", "b"),
    *(Date(2012), Date(2012, 1), Date(2012, 1, 1), Time(10), Time(10, 0), Time(10, 0, 0), Time(10, 0, 0, 0)),
    *(DateTime.parse("2012-01-01T10:00:00Z"), DateTime.parse("2012-01-01T11:00:00+01:00"), DateTime(2012, offset=0)),
    *(GRAM, Quantity(Decimal(1000), "mg"), Quantity(Decimal("0.001"), "kg"), KILO, Quantity(Decimal(1), "cm")),
    *(Quantity(Decimal(1), "day"), Quantity(Decimal(24), "h"), Quantity(Decimal(1), "days")),
    *(Code("1", "s"), Code("1", "s", "v"), Code("1", "s", "v", "d"), Concept((Code("1", "s"),))),
    *(Interval(1, 5), Interval(1, 6, True, False), Interval(None, 5, False), Interval(GRAM, KILO), Ratio(GRAM, KILO)),
    *([1, 2], [1, Decimal(2)], [None], Tuple(a=1, b="x"), Tuple(a=Decimal(1), b="x"), Tuple(a=None, b="x")),
    *(FhirElement("code", "a"), FhirElement("code", "b"), FhirElement("Coding", {"code": "a", "userSelected": True})),
    *({"resourceType": "Patient", "id": "1"}, {"resourceType": "Patient", "id": "2"}, {"resourceType": "Patient"}),
]
LISTS = st.lists(st.sampled_from(SAMPLES), max_size=12)


def slow_unique(elements: list[Any]) -> list[Any]:
    found: list[Any] = []
    for element in elements:
        if not any(same(other, element) is True for other in found):
            found.append(element)
    return found


def identical(a: list[Any], b: list[Any]) -> bool:
    return len(a) == len(b) and all(one is other for one, other in zip(a, b, strict=True))


@settings(max_examples=200, deadline=None)
@given(elements=LISTS)
def test_unique(elements: list[Any]) -> None:
    assert identical(unique(elements), slow_unique(elements))


@settings(max_examples=200, deadline=None)
@given(a=LISTS, b=LISTS)
def test_set_operators(a: list[Any], b: list[Any]) -> None:
    in_b = [any(same(other, element) is True for other in b) for element in a]
    assert identical(ls.union(a, b), slow_unique([*a, *b]))
    assert identical(ls.intersect(a, b) or [], slow_unique([x for x, there in zip(a, in_b, strict=True) if there]))
    assert identical(ls.except_(a, b) or [], slow_unique([x for x, there in zip(a, in_b, strict=True) if not there]))


@settings(max_examples=200, deadline=None)
@given(elements=LISTS, element=st.sampled_from(SAMPLES))
def test_member(elements: list[Any], element: Any) -> None:
    outcomes = {same(other, element) for other in elements}
    expected = True if True in outcomes else None if None in outcomes else False
    assert member(elements, element) is expected
    assert ls.includes(elements, [element]) is expected
    assert (element in ElementSet(elements)) is (expected is True)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=8), st.lists(st.integers(0, 5), max_size=8))
def test_set_algebra(a: list[int | None], b: list[int | None]) -> None:
    union, common = ls.union(a, b), ls.intersect(a, b)
    rest = ls.except_(a, b)
    assert common is not None
    assert rest is not None
    assert set(union) == set(a) | set(b)
    assert set(common) == set(a) & set(b)
    assert set(rest) | set(common) == set(a)
    assert not set(rest) & set(b)
    assert ls.includes(union, a) is ls.includes(a, common) is True


def resource(number: int) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": str(number), "status": "final"}


@pytest.mark.parametrize(
    "elements",
    [
        list(range(5000)),
        [str(number) for number in range(5000)],
        [Code(str(number), "http://loinc.org") for number in range(5000)],
        [Date.of(Date(2000, 1, 1).first.replace(year=1 + number % 9000)) for number in range(5000)],
        [Quantity(Decimal(number), "mg") for number in range(5000)],
        [resource(number) for number in range(5000)],
        [FhirElement("Coding", {"code": str(number)}) for number in range(5000)],
        [Interval(number, number + 1) for number in range(5000)],
        [Tuple(name=str(number), value=number) for number in range(5000)],
    ],
    ids=lambda elements: type(elements[0]).__name__,
)
def test_thousands_of_elements_take_no_quadratic_time(elements: list[Any]) -> None:
    begun = time.perf_counter()
    assert len(ls.union(elements, elements)) == len(elements)
    assert len(ls.intersect(elements, elements) or []) == len(elements)
    assert ls.except_(elements, elements) == []
    assert time.perf_counter() - begun < 2
