"""Values in words."""

from typing import Any

import pytest

from cds_hooks.pages.words import date_of, value_of


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (True, "yes"),
        (28, "28"),
        (1.8, "1.8"),
        ("uterine_leiomyosarcoma", "uterine leiomyosarcoma"),
        ("a_b with spaces", "a_b with spaces"),
        (["lung", "liver"], "lung, liver"),
        ([], "none on record"),
        ({}, "none on record"),
        ({"total": 3, "lung": 3, "bone": None}, "total 3, lung 3"),
        ([{"procedure": "sbrt", "organ": "lung"}, {"procedure": "rfa"}], "procedure sbrt, organ lung; procedure rfa"),
    ],
)
def test_values(value: Any, words: str) -> None:
    assert value_of(value) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ""),
        ("2026", "2026"),
        ("2026-03", "Mar 2026"),
        ("2026-03-02", "2 Mar 2026"),
        ("2026-03-02T09:00:00+01:00", "2 Mar 2026"),
        ("undated", "undated"),
        ("2026-13-01", "2026-13-01"),
    ],
)
def test_dates(text: str | None, words: str) -> None:
    assert date_of(text) == words
