"""Truth tables, cell by cell (CQL reference, B.2)."""

from __future__ import annotations

import pytest

from cql.operators.logical import and_, implies, not_, or_, xor

T, F, N = True, False, None
Outcome = bool | None
PAIRS = [(a, b) for a in (T, F, N) for b in (T, F, N)]
TABLES: dict[str, list[Outcome]] = {
    #            TT TF TN FT FF FN NT NF NN
    "and_": [T, F, N, F, F, F, N, F, N],
    "or_": [T, T, T, T, F, N, T, N, N],
    "xor": [F, T, N, T, F, N, N, N, N],
    "implies": [T, F, N, T, T, T, T, N, N],
}
FUNCTIONS = {"and_": and_, "or_": or_, "xor": xor, "implies": implies}


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [(name, *pair, cell) for name, cells in TABLES.items() for pair, cell in zip(PAIRS, cells, strict=True)],
)
def test_truth_tables(name: str, a: Outcome, b: Outcome, expected: Outcome) -> None:
    assert FUNCTIONS[name](a, b) is expected


@pytest.mark.parametrize(("a", "expected"), [(T, F), (F, T), (N, N)])
def test_not(a: Outcome, expected: Outcome) -> None:
    assert not_(a) is expected


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_de_morgan_and_implication_hold_with_nulls(a: Outcome, b: Outcome) -> None:
    assert not_(and_(a, b)) is or_(not_(a), not_(b))
    assert not_(or_(a, b)) is and_(not_(a), not_(b))
    assert implies(a, b) is or_(not_(a), b)
