from __future__ import annotations

from typing import Any

import pytest

from cql.errors import LimitExceeded
from cql.operators import string


@pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        ("concatenate", ("John", " Doe"), "John Doe"),
        ("concatenate", ("John", None, "Doe"), None),
        ("combine", (["A", "B", "C"],), "ABC"),
        ("combine", (["A", "B", "C"], " "), "A B C"),
        ("combine", (["A", None, "C"], "-"), "A-C"),
        ("combine", ([None, None], "-"), None),
        ("combine", ([], "-"), None),
        ("combine", (None,), None),
        ("split", ("A B C", " "), ["A", "B", "C"]),
        ("split", ("A B C", ","), ["A B C"]),
        ("split", ("a,b", ""), ["a,b"]),
        ("split", ("a,b", None), ["a,b"]),
        ("split", (None, ","), None),
        ("length", ("ABCDE",), 5),
        ("length", (None,), None),
        ("upper", ("aB",), "AB"),
        ("upper", (None,), None),
        ("lower", ("Ab",), "ab"),
        ("lower", (None,), None),
        ("indexer", ("ABCDE", 2), "C"),
        ("indexer", ("ab", 2), None),
        ("indexer", ("ab", -1), None),
        ("indexer", ("ab", None), None),
        ("indexer", (None, 0), None),
        ("position_of", ("B", "ABCDEDCBA"), 1),
        ("position_of", ("Z", "ABCDE"), -1),
        ("position_of", ("", "ABCDE"), 0),
        ("position_of", (None, "ABCDE"), None),
        ("last_position_of", ("B", "ABCDEDCBA"), 7),
        ("last_position_of", ("XYZ", "ABCDE"), -1),
        ("last_position_of", ("", "ABCDE"), 5),
        ("last_position_of", ("B", None), None),
        ("substring", ("ABCDE", 2), "CDE"),
        ("substring", ("ABCDE", 2, 1), "C"),
        ("substring", ("ab", 0, 3), "ab"),
        ("substring", ("ab", 2), None),
        ("substring", ("ab", -1), None),
        ("substring", ("", 0), ""),
        ("substring", ("ab", 1, -5), ""),
        ("substring", ("ab", None), None),
        ("substring", (None, 1), None),
        ("starts_with", ("ABC", "AB"), True),
        ("starts_with", ("ABC", ""), True),
        ("starts_with", ("ABC", "X"), False),
        ("starts_with", (None, "X"), None),
        ("ends_with", ("ABC", "C"), True),
        ("ends_with", ("ABC", "Z"), False),
        ("ends_with", ("ABC", None), None),
    ],
)
def test_reference_examples_and_nulls(operator: str, operands: tuple[Any, ...], expected: Any) -> None:
    assert getattr(string, operator)(*operands) == expected


def test_indexes_count_code_points() -> None:
    assert string.length("a\N{GRINNING FACE}b") == 3
    assert string.indexer("a\N{GRINNING FACE}b", 2) == "b"


def test_long_results_are_refused_with_the_limit_named() -> None:
    with pytest.raises(LimitExceeded, match="max_string is 5"):
        string.concatenate("abc", "def", max_string=5)
    with pytest.raises(LimitExceeded, match="Combine would give 8 characters"):
        string.combine(["a"] * 2, "-" * 6, max_string=7)
    assert string.combine(["a"] * 2, "-" * 6, max_string=8) == "a------a"
