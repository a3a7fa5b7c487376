"""Thresholds: the content's, and a hospital's."""

from decimal import Decimal

import pytest

from plandefinitions.guideline.errors import ContentError, SettingsError
from plandefinitions.guideline.parameters import read_parameters
from plandefinitions.guideline.words import Words

TEXT = """
parameter "most" Integer default 5
parameter "size" Decimal default 3.0
"""
WORDS = {"most": Words({"origin": ("local",)}), "size": Words({"unit": ("cm",), "origin": ("paper",)})}


def test_defaults_come_from_the_text() -> None:
    found = read_parameters(TEXT, WORDS, {})
    assert (found["most"].value, found["most"].local, found["most"].changed) == (5, True, False)
    assert (found["size"].value, found["size"].local, found["size"].shown) == (Decimal("3.0"), False, "3 cm")


def test_a_changed_value_is_local_whatever_its_origin() -> None:
    size = read_parameters(TEXT, WORDS, {"size": 2.5})["size"]
    assert (size.value, size.changed, size.local, size.shown) == (Decimal("2.5"), True, True, "2.5 cm")


def test_the_papers_value_given_again_changes_nothing() -> None:
    assert read_parameters(TEXT, WORDS, {"size": 3})["size"].changed is False


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"many": 5}, "it has: most, size"),
        ({"most": 2.5}, "not a whole number"),
        ({"most": -1}, "at least 0"),
        ({"size": float("nan")}, "finite"),
    ],
)
def test_what_is_no_value_is_refused(chosen: dict[str, float], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_parameters(TEXT, WORDS, chosen)


def test_a_library_without_parameters_is_refused() -> None:
    with pytest.raises(ContentError):
        read_parameters("library X", {}, {})
