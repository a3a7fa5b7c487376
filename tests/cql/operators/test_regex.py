from __future__ import annotations

import time

import pytest

from cql.errors import EvaluationError, LimitExceeded
from cql.operators.regex import matches, replace_matches, split_on_matches


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("1,2three", r"\d,\d\w+", True),
        ("1,2three", r"\w+", False),
        ("Not all who wander are lost - circa 2017", r".*\d+", True),
        ("Not all who wander are lost", r".*\d+", False),
        ("Not all who wander are lost - circa 2017", r"^[\w\s]+$", False),
        ("   ", r"\W+", True),
        (" \n\t", r"\s+", True),
        ("a\nb", "a.b", True),
        ("ABC", "abc", False),
        ("\N{GRINNING FACE}", ".", True),
        ("", "", True),
        (None, "a", None),
        ("a", None, None),
    ],
)
def test_matches_the_whole_text(text: str | None, pattern: str | None, expected: bool | None) -> None:
    assert matches(text, pattern) is expected


@pytest.mark.parametrize(
    ("text", "pattern", "substitution", "expected"),
    [
        ("ABCDE", "C", "XYZ", "ABXYZDE"),
        ("ABCDE", "XYZ", "123", "ABCDE"),
        ("bop she bop", "bop", "bang", "bang she bang"),
        ("All that glitters", r"\s", r"\$", "All$that$glitters"),
        ("John Doe", r"(\w+) (\w+)", "$2, $1", "Doe, John"),
        ("ab", "(?P<first>a)b", "${first}${first}", "aa"),
        ("ab", "b", "[$0]", "a[b]"),
        ("ab", "(a)", "$12", "a2b"),
        ("b", "(a)?b", "<$1>", "<>"),
        ("a", "a", r"\\", "\\"),
        ("a", "a", "5$", "5$"),
        ("abc", "", "-", "-a-b-c-"),
        (None, "a", "b", None),
        ("a", None, "b", None),
        ("a", "a", None, None),
    ],
)
def test_replace_matches(text: str | None, pattern: str | None, substitution: str | None, expected: str | None) -> None:
    assert replace_matches(text, pattern, substitution) == expected


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("a1b22c", r"\d+", ["a", "b", "c"]),
        ("a1", r"\d", ["a", ""]),
        ("abc", r"\d", ["abc"]),
        ("a,b", "(,)", ["a", "b"]),
        ("abc", "x*", ["abc"]),
        ("abc", None, ["abc"]),
        (None, ",", None),
    ],
)
def test_split_on_matches(text: str | None, pattern: str | None, expected: list[str] | None) -> None:
    assert split_on_matches(text, pattern) == expected


@pytest.mark.parametrize("pattern", ["(", "[a", r"(a)\1", "(?=a)b", "a{2000}{2000}"])
def test_a_pattern_that_cannot_be_used_is_named(pattern: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        matches("aaa", pattern)
    assert repr(pattern) in caught.value.message


@pytest.mark.parametrize("substitution", ["$1", "${name}", "$2"])
def test_an_unknown_group_is_an_error(substitution: str) -> None:
    with pytest.raises(EvaluationError, match="names a group"):
        replace_matches("a", "a", substitution)


def test_text_that_is_not_unicode_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="not valid Unicode"):
        matches("\ud800", "a")
    with pytest.raises(EvaluationError, match="not valid Unicode"):
        matches("a", "\ud800")


def test_a_pattern_made_to_backtrack_takes_linear_time() -> None:
    begun = time.perf_counter()
    assert matches("a" * 20_000 + "b", "(?:a+)+") is False
    assert time.perf_counter() - begun < 1


def test_replacements_cannot_grow_without_limit() -> None:
    with pytest.raises(LimitExceeded, match="max_string is 100"):
        replace_matches("aaaa", "a", "b" * 30, max_string=100)
    with pytest.raises(LimitExceeded, match="max_string is 100"):
        replace_matches("a" * 20, "(a+)", "$1" * 6, max_string=100)
