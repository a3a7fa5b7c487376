from __future__ import annotations

from typing import Any

import pytest

from cql.operators.nullological import coalesce, is_false, is_null, is_true


@pytest.mark.parametrize(
    ("operands", "expected"),
    [
        (("a", None), "a"),
        ((None, "a"), "a"),
        ((None, None), None),
        ((False, True), False),
        ((0, 1), 0),
        (([None, None, "a"],), "a"),
        (([],), None),
        ((None,), None),
        ((["a"], None, None), ["a"]),
        ((None, None, ["a"]), ["a"]),
    ],
)
def test_coalesce(operands: tuple[Any, ...], expected: Any) -> None:
    assert coalesce(*operands) == expected


@pytest.mark.parametrize(
    ("value", "null", "true", "false"),
    [(None, True, False, False), (True, False, True, False), (False, False, False, True)],
)
def test_is_null_true_false(value: bool | None, null: bool, true: bool, false: bool) -> None:
    assert (is_null(value), is_true(value), is_false(value)) == (null, true, false)


def test_an_empty_string_or_list_is_not_null() -> None:
    assert not is_null("")
    assert not is_null([])
