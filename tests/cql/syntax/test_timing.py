from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("same day as", "(SamePhrase relation=as precision=day)"),
        ("same as", "(SamePhrase relation=as)"),
        ("same day or after", "(SamePhrase relation=or after precision=day)"),
        ("same or before", "(SamePhrase relation=or before)"),
        ("occurs same month or before", "(SamePhrase relation=or before precision=month)"),
        ("includes", "(IncludesPhrase)"),
        ("properly includes day of", "(IncludesPhrase proper=True precision=day)"),
        ("during", "(IncludedInPhrase)"),
        ("during day of", "(IncludedInPhrase precision=day)"),
        ("properly included in", "(IncludedInPhrase proper=True)"),
        ("occurs during", "(IncludedInPhrase)"),
        ("before", "(BeforeAfterPhrase direction=before)"),
        ("after day of", "(BeforeAfterPhrase direction=after precision=day)"),
        ("on or before", "(BeforeAfterPhrase direction=before inclusive=True)"),
        ("before or on month of", "(BeforeAfterPhrase direction=before inclusive=True precision=month)"),
        ("3 days before", "(BeforeAfterPhrase direction=before offset=<3 days> offset_relation=exactly)"),
        ("3 days or more after", "(BeforeAfterPhrase direction=after offset=<3 days> offset_relation=or more)"),
        ("1 month or less on or before",
         "(BeforeAfterPhrase direction=before inclusive=True offset=<1 month> offset_relation=or less)"),
        ("less than 3 days after", "(BeforeAfterPhrase direction=after offset=<3 days> offset_relation=less than)"),
        ("more than 2 'h' after or on",
         "(BeforeAfterPhrase direction=after inclusive=True offset=<2 'h'> offset_relation=more than)"),
        ("within 3 days of", "(WithinPhrase offset=<3 days>)"),
        ("properly within 3 days of", "(WithinPhrase proper=True offset=<3 days>)"),
        ("meets", "(MeetsPhrase)"),
        ("meets before day of", "(MeetsPhrase direction=before precision=day)"),
        ("overlaps after", "(OverlapsPhrase direction=after)"),
        ("overlaps day of", "(OverlapsPhrase precision=day)"),
        ("starts", "(StartsPhrase)"),
        ("starts day of", "(StartsPhrase precision=day)"),
        ("ends", "(EndsPhrase)"),
        ("on  or\nbefore", "(BeforeAfterPhrase direction=before inclusive=True)"),
    ],
)  # fmt: skip
def test_phrase(tree: Callable[[str], str], text: str, phrase: str) -> None:
    assert tree(f"A {text} B") == f"(Timing left=A right=B phrase={phrase})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A starts before B", "left=A right=B phrase=(BeforeAfterPhrase direction=before) left_boundary=start"),
        ("A starts before start of B",
         "left=A right=(start of B) phrase=(BeforeAfterPhrase direction=before) left_boundary=start"),
        ("A ends before start B",
         "left=A right=B phrase=(BeforeAfterPhrase direction=before) left_boundary=end right_boundary=start"),
        ("A starts 3 days or more before start of B",
         "left=A right=(start of B) phrase=(BeforeAfterPhrase direction=before offset=<3 days> "
         "offset_relation=or more) left_boundary=start"),
        ("A starts within 3 days of start B",
         "left=A right=B phrase=(WithinPhrase offset=<3 days>) left_boundary=start right_boundary=start"),
        ("A ends same day as end B",
         "left=A right=B phrase=(SamePhrase relation=as precision=day) left_boundary=end right_boundary=end"),
        ("A includes end B", "left=A right=B phrase=(IncludesPhrase) right_boundary=end"),
        ("A starts during B", "left=A right=B phrase=(IncludedInPhrase) left_boundary=start"),
        ("A before end", "left=A right=end phrase=(BeforeAfterPhrase direction=before)"),
        ("A before end.x", "left=A right=end.x phrase=(BeforeAfterPhrase direction=before)"),
        ("A.b as C.d on or before E", "left=(As operand=A.b type=C.d) right=E "
         "phrase=(BeforeAfterPhrase direction=before inclusive=True)"),
    ],
)  # fmt: skip
def test_boundaries(tree: Callable[[str], str], text: str, expected: str) -> None:
    assert tree(text) == f"(Timing {expected})"


def test_a_name_before_an_operator_is_no_boundary(tree: Callable[[str], str]) -> None:
    assert tree("A before start and B") == (
        "((Timing left=A right=start phrase=(BeforeAfterPhrase direction=before)) and B)"
    )
