"""Tags in the comments of CQL definitions."""

from plandefinitions.guideline.words import read_words

TEXT = """
library Example version '1.0.0'

/*
@label: the limit
@unit: cm
*/
parameter "limit" Decimal default 3.0

// A remark.
/*
@met: yes: {ecog}
@local: One
@local: Two
*/
define "A \\"quoted\\" name":
  true

/* Not a tag: an @address in the text. */
define "Plain":
  true

define "Bare": true
"""


def test_tags_belong_to_the_definition_below() -> None:
    found = read_words(TEXT)
    assert found["limit"].get("label") == "the limit"
    assert found["limit"].get("unit") == "cm"
    assert found['A "quoted" name'].get("met") == "yes: {ecog}"


def test_a_tag_may_be_repeated() -> None:
    assert read_words(TEXT)['A "quoted" name'].all("local") == ("One", "Two")


def test_definitions_without_tags_have_no_words() -> None:
    assert set(read_words(TEXT)) == {"limit", 'A "quoted" name'}
