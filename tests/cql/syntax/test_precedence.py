from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # arithmetic
        ("a + b * c", "(a + (b * c))"),
        ("a * b / c div d mod e", "((((a * b) / c) div d) mod e)"),
        ("a - b - c", "((a - b) - c)"),
        ("a & b + c", "((a & b) + c)"),
        ("2 ^ 3 ^ 2", "((2 ^ 3) ^ 2)"),
        ("-2 ^ 3", "((- 2) ^ 3)"),
        ("2 ^ -1", "(2 ^ (- 1))"),
        ("- - 1", "(- (- 1))"),
        ("-a.b", "(- a.b)"),
        ("start of x + 1", "((start of x) + 1)"),
        ("year from a + 1", "((Component component=year operand=a) + 1)"),
        ("1 + if a then b else c and d", "(1 + (If condition=a then=b otherwise=(c and d)))"),
        # tests and types bind tighter than not and exists, these tighter than comparison
        ("not a is null", "(not (a is null))"),
        ("a is not null", "(a is not null)"),
        ("a is true", "(a is true)"),
        ("a is not false", "(a is not false)"),
        ("a as B is null", "((As operand=a type=B) is null)"),
        ("a is null = b", "((a is null) = b)"),
        ("a is B and c", "((Is operand=a type=B) and c)"),
        ("a + b as C", "(As operand=(a + b) type=C)"),
        ("not a = b", "((not a) = b)"),
        ("not a in b", "((not a) in b)"),
        ("not exists a", "(not (exists a))"),
        ("exists a and b", "((exists a) and b)"),
        # between, comparison, timing, equality, membership
        ("a between 1 and 3 and b", "((Between value=a low=1 high=3) and b)"),
        ("a properly between 1 + 1 and 3", "(Between value=a low=(1 + 1) high=3 proper=True)"),
        ("days between a and b > 5", "((DurationBetween precision=day low=a high=b) > 5)"),
        ("a < b = c", "((a < b) = c)"),
        ("a = b < c", "(a = (b < c))"),
        ("a = b in c", "((a = b) in c)"),
        ("a != b", "(a != b)"),
        ("a !~ b ~ c", "((a !~ b) ~ c)"),
        ("a in day of b", "(a in day of b)"),
        ("a contains b and c", "((a contains b) and c)"),
        # logic and sets
        ("a or b and c", "(a or (b and c))"),
        ("a or b xor c", "((a or b) xor c)"),
        ("a implies b implies c", "((a implies b) implies c)"),
        ("a or b implies c", "((a or b) implies c)"),
        ("a | b", "(a union b)"),
        ("a = b union c", "(a = (b union c))"),
        ("a union b intersect c except d", "(((a union b) intersect c) except d)"),
        ("exists a union b", "((exists a) union b)"),
    ],
)
def test_precedence(tree: Callable[[str], str], text: str, expected: str) -> None:
    assert tree(text) == expected


def test_timing_stands_between_comparison_and_equality(tree: Callable[[str], str]) -> None:
    phrase = "phrase=(BeforeAfterPhrase direction=before)"
    assert tree("a before b = c") == f"((Timing left=a right=b {phrase}) = c)"
    assert tree("a before b < c") == f"(Timing left=a right=(b < c) {phrase})"
    assert tree("a before b and c") == f"((Timing left=a right=b {phrase}) and c)"


@pytest.mark.parametrize(
    "text",
    ["1 + exists a", "1 + not a", "1 + [A]", "[A] + 1", "[A].b", "[A][0]", "a is B + 1", "1 + days between a and b"],
)
def test_what_is_no_term_needs_parentheses(codes: Callable[[str], list[str]], text: str) -> None:
    assert codes(f"define X: {text}") == ["CQL-019"]
