"""Interval algebra against a brute-force model: every completion of the unknown bounds, over a small set of integers.

A relation is ideally true if all completions make it true, false if none does, and null otherwise. The points to
complete with are those around the bounds used and both ends of Integer; they show every order and adjacency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cql.operators import interval as iv
from cql.types import INTEGER
from cql.values import Interval
from cql.values.number import INTEGER_MAX, INTEGER_MIN

LOW, HIGH = 0, 5
POINTS = [INTEGER_MIN, INTEGER_MIN + 1, *range(LOW - 2, HIGH + 3), INTEGER_MAX - 1, INTEGER_MAX]

Pair = tuple[int, int]
"""Start and end of a completed interval."""


def completions(one: Interval) -> list[Pair]:
    """The (start, end) pairs that the interval can stand for."""

    def candidates(bound: int | None, closed: bool, extreme: int, inwards: int) -> Iterator[int]:
        if bound is not None:
            yield bound if closed else bound + inwards
        elif closed:
            yield extreme
        else:
            yield from POINTS

    lows = list(candidates(one.low, one.low_closed, INTEGER_MIN, 1))
    highs = list(candidates(one.high, one.high_closed, INTEGER_MAX, -1))
    return [(low, high) for low, high in product(lows, highs) if low <= high]


BOUNDS = st.one_of(st.none(), st.integers(LOW, HIGH))
INTERVALS = st.builds(Interval, BOUNDS, BOUNDS, st.booleans(), st.booleans(), st.just(INTEGER)).filter(completions)
BOUNDED = st.builds(Interval, st.integers(LOW, HIGH), st.integers(LOW, HIGH), st.booleans(), st.booleans()).filter(
    completions
)

RELATIONS: dict[str, Callable[[Pair, Pair], bool]] = {
    "before": lambda a, b: a[1] < b[0],
    "after": lambda a, b: a[0] > b[1],
    "same_or_before": lambda a, b: a[1] <= b[0],
    "same_or_after": lambda a, b: a[0] >= b[1],
    "same_as": lambda a, b: a == b,
    "meets": lambda a, b: a[1] + 1 == b[0] or a[0] == b[1] + 1,
    "meets_before": lambda a, b: a[1] + 1 == b[0],
    "meets_after": lambda a, b: a[0] == b[1] + 1,
    "overlaps": lambda a, b: a[0] <= b[1] and b[0] <= a[1],
    "overlaps_before": lambda a, b: a[0] < b[0] <= a[1],
    "overlaps_after": lambda a, b: a[0] <= b[1] < a[1],
    "starts": lambda a, b: a[0] == b[0] and a[1] <= b[1],
    "ends": lambda a, b: a[1] == b[1] and a[0] >= b[0],
    "includes": lambda a, b: a[0] <= b[0] and b[1] <= a[1],
    "included_in": lambda a, b: b[0] <= a[0] and a[1] <= b[1],
    "proper_includes": lambda a, b: a[0] <= b[0] and b[1] <= a[1] and a != b,
    "proper_included_in": lambda a, b: b[0] <= a[0] and a[1] <= b[1] and a != b,
}
POINT_RELATIONS: dict[str, Callable[[Pair, int], bool]] = {
    "contains": lambda a, p: a[0] <= p <= a[1],
    "proper_contains": lambda a, p: a[0] < p < a[1],
    "includes": lambda a, p: a[0] <= p <= a[1],
    "before": lambda a, p: a[1] < p,
    "after": lambda a, p: a[0] > p,
    "same_or_before": lambda a, p: a[1] <= p,
    "same_or_after": lambda a, p: a[0] >= p,
}


def ideal(outcomes: set[bool]) -> bool | None:
    return outcomes.pop() if len(outcomes) == 1 else None


JOINT = {"overlaps_before", "overlaps_after", "proper_includes", "proper_included_in"}
"""Relations that ask two things of unknown bounds, each possible but not both: they may be null where false is ideal.

No bound lies after the start and before the end of a one-point interval; the operators do not look that far.
"""


@pytest.mark.parametrize("name", RELATIONS)
@settings(max_examples=60, deadline=None)
@given(a=INTERVALS, b=INTERVALS)
def test_relations_of_intervals(name: str, a: Interval, b: Interval) -> None:
    outcomes = {RELATIONS[name](one, other) for one, other in product(completions(a), completions(b))}
    found = getattr(iv, name)(a, b)
    assert found is None or outcomes == {found}, "an answer that some completion contradicts"
    if name not in JOINT:
        assert found is ideal(outcomes)


@pytest.mark.parametrize("name", POINT_RELATIONS)
@settings(max_examples=60, deadline=None)
@given(a=INTERVALS, point=st.integers(LOW - 1, HIGH + 1))
def test_relations_of_an_interval_and_a_point(name: str, a: Interval, point: int) -> None:
    outcomes = {POINT_RELATIONS[name](one, point) for one in completions(a)}
    assert getattr(iv, name)(a, point) is ideal(outcomes)


def points(pair: Pair) -> set[int]:
    return set(range(pair[0], pair[1] + 1))


def only_interval(whole: set[int]) -> Pair | None:
    """The interval of exactly these points, if there is one."""
    if not whole or len(whole) != max(whole) - min(whole) + 1:
        return None
    return min(whole), max(whole)


def pair_of(one: Interval | None) -> Pair | None:
    return None if one is None else (iv.start(one), iv.end(one))


@settings(max_examples=100, deadline=None)
@given(a=BOUNDED, b=BOUNDED)
def test_set_operators_are_those_of_the_points(a: Interval, b: Interval) -> None:
    one, other = points(completions(a)[0]), points(completions(b)[0])
    assert pair_of(iv.union(a, b)) == only_interval(one | other)
    assert pair_of(iv.intersect(a, b)) == only_interval(one & other)
    assert pair_of(iv.except_(a, b)) == only_interval(one - other)


@pytest.mark.parametrize("name", ["union", "intersect", "except_"])
@settings(max_examples=60, deadline=None)
@given(a=INTERVALS, b=INTERVALS)
def test_set_operators_with_unknown_bounds_allow_every_completion(name: str, a: Interval, b: Interval) -> None:
    found = getattr(iv, name)(a, b)
    if found is None:
        return
    possible = set(completions(found))
    for (a_low, a_high), (b_low, b_high) in product(completions(a), completions(b)):
        expected: set[Pair] = {
            "union": {(min(a_low, b_low), max(a_high, b_high))},
            "intersect": {(max(a_low, b_low), min(a_high, b_high))},
            "except_": {(a_low, min(a_high, b_low - 1)), (max(a_low, b_high + 1), a_high)},
        }[name]
        assert expected & possible


@settings(max_examples=60, deadline=None)
@given(source=st.lists(st.one_of(st.none(), BOUNDED), max_size=6))
def test_collapse_covers_the_same_points_with_separate_intervals(source: list[Interval | None]) -> None:
    covered = {point for one in source if one is not None for point in points(completions(one)[0])}
    collapsed = iv.collapse(source)
    assert collapsed is not None
    pairs = [completions(one)[0] for one in collapsed]
    assert {point for pair in pairs for point in points(pair)} == covered
    assert all(first[1] + 1 < second[0] for first, second in pairwise(pairs))


@settings(max_examples=60, deadline=None)
@given(source=st.lists(INTERVALS, max_size=5))
def test_collapse_with_unknown_bounds_loses_no_point(source: list[Interval]) -> None:
    collapsed = iv.collapse([*source])
    assert collapsed is not None
    for one in source:
        for point in range(LOW, HIGH + 1):
            if iv.contains(one, point) is True:
                assert any(iv.contains(other, point) is not False for other in collapsed)


@settings(max_examples=60, deadline=None)
@given(one=BOUNDED, per=st.integers(1, 4))
def test_expand_cuts_whole_units_from_the_start(one: Interval, per: int) -> None:
    low, high = completions(one)[0]
    units = [(at, at + per - 1) for at in range(low, high + 1, per) if at + per - 1 <= high]
    assert iv.expand(one, per) == [first for first, _ in units]
    assert iv.expand([one], per) == [Interval(*unit) for unit in units]
    if per == 1:
        assert iv.expand(one) == sorted(points((low, high)))
