"""Shares with their interval, held against published figures of the score interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.feedback.share import Share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),  # the mirror of 0 of 29: 0 to 0.1170
    ],
)
def test_intervals_as_published(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_there_is_no_rate() -> None:
    nothing = Share(0, 0)
    assert (nothing.rate, nothing.interval) == (None, None)
    assert nothing.to_json() == {"count": 0, "of": 0, "rate": None, "low": None, "high": None}


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_rate_and_stays_within_0_and_1(drawn: tuple[int, int]) -> None:
    one = Share(*drawn)
    assert one.interval is not None
    assert one.rate is not None
    low, high = one.interval
    assert 0 <= low <= one.rate <= high <= 1
    assert low < high
