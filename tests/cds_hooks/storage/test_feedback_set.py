"""Feedback is a set: its order, its repetition and the way it is cut into requests change nothing (CH-112)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_hooks.feedback.feedback import Feedback
from cds_hooks.storage import Storage
from tools.crash.records import feedback

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CARDS = [f"{number}c9b5e5e-7bfa-4ba0-b4a4-f3c3d3b2f1a{number}" for number in range(3)]

items = st.builds(
    lambda card, client, hours, accepted, comment: feedback(
        card,
        client=client,
        at=NOON + timedelta(hours=hours),
        outcome="accepted" if accepted else "overridden",
        accepted_suggestions=accepted,
        comment=comment,
    ),
    st.sampled_from(CARDS),
    st.sampled_from(["ehr", "other"]),
    st.integers(0, 2),
    st.sampled_from([(), ("s-1",), ("s-1", "s-2")]),
    st.sampled_from([None, "no"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=st.lists(items, min_size=1, max_size=8), data=st.data())
def test_any_order_and_repetition_gives_the_same(storage: Storage, given: list[Feedback], data: st.DataObject) -> None:
    example = str(uuid4())  # the database is the same for all examples: their clients differ
    mine = [replace(one, client=f"{one.client}-{example}") for one in given]
    for _ in range(2):
        again = data.draw(st.permutations(mine + data.draw(st.lists(st.sampled_from(mine), max_size=4))))
        for batch in cut(again, data.draw(st.integers(1, 4))):
            storage.record_feedback(batch)
        assert current(storage, example) == expected(mine)


def cut(given: Sequence[Feedback], size: int) -> list[Sequence[Feedback]]:
    return [given[start : start + size] for start in range(0, len(given), size)]


def current(storage: Storage, example: str) -> dict[tuple[str, str], tuple[datetime, int]]:
    mine = [one for one in storage.outcomes() if one.feedback.client.endswith(example)]
    keys = [(one.feedback.client, one.feedback.card) for one in mine]
    assert len(keys) == len(set(keys))
    return {key: (one.feedback.at, one.earlier) for key, one in zip(keys, mine, strict=True)}


def expected(given: list[Feedback]) -> dict[tuple[str, str], tuple[datetime, int]]:
    distinct = set(given)
    return {
        key: (max(one.at for one in same), len(same) - 1)
        for key in {(one.client, one.card) for one in distinct}
        if (same := [one for one in distinct if (one.client, one.card) == key])
    }


def test_of_two_outcomes_at_the_same_moment_the_same_one_counts(storage: Storage) -> None:
    one = feedback("card-1", client="a", at=NOON, accepted_suggestions=("s-1",))
    other = feedback("card-1", client="a", at=NOON, outcome="overridden", accepted_suggestions=())
    storage.record_feedback([one, other])
    (first,) = storage.outcomes()
    storage.record_feedback([other])
    storage.record_feedback([one])
    assert list(storage.outcomes()) == [first]


def test_order_of_accepted_suggestions_means_nothing(storage: Storage) -> None:
    storage.record_feedback([feedback("card-1", at=NOON, accepted_suggestions=("a", "b"))])
    storage.record_feedback([feedback("card-1", at=NOON, accepted_suggestions=("b", "a", "b"))])
    (outcome,) = storage.outcomes()
    assert outcome.earlier == 0


def test_threads_that_send_the_same_in_other_orders_do_not_block_each_other(storage: Storage) -> None:
    given = [feedback(f"card-{number}", at=NOON) for number in range(20)]

    def send(number: int) -> None:
        for _ in range(5):
            storage.record_feedback(given if number % 2 else given[::-1])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    outcomes = list(storage.outcomes())
    assert len(outcomes) == 20
    assert all(one.earlier == 0 for one in outcomes)
