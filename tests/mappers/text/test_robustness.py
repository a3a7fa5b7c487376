"""Any string is read without raising, in bounded time, and the prefilter never hides a mention."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.text import may_matter, read
from mappers.text.reader import MOST_MENTIONS
from mappers.text.report import lay_out
from mappers.text.words import word_set

WORDS = st.sampled_from(
    sorted(
        word_set(
            "no lung metastases liver , . ; : ? ( ) - / and or 3 1.8 cm leiomyosarcoma LMS uterine metastatic to in ' "
            "without history of mother ETV6 :: NTRK3 fusion negative doxorubicin progressed ECOG 1 KPS 80 % stage IV "
            "2 M1 M0 nodules largest lymph nodes enlarged vs rule out 0 /12 synovial sarcoma not resectable FAMILY "
            "HISTORY: IMPRESSION: painful bone bilateral if TMB 12 LVEF DFI months interval AIM gem/tax until SS AS"
        )
        | {"\n", "\n\n"}
    )
)


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    for mention in read(text):
        assert text[mention.start : mention.end] == mention.words


@given(st.lists(WORDS, max_size=40).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_any_order_of_clinical_words(text: str) -> None:
    for mention in read(text):
        assert text[mention.start : mention.end] == mention.words
        assert mention.polarity in ("affirmed", "negated", "uncertain")


@given(st.lists(WORDS, max_size=25).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_reading_is_pure(text: str) -> None:
    assert read(text) == read(text)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "metastases lung ",
            "no ",
            "3 cm nodule ",
            "1 x 2 x 3 x ",
            "(((((",
            "\n",
            "? ",
            "no a, b, c, ",
            "enlarged node ",
        ),
        *("M1 ", "cpyra", "NTRK1-ETV6 ", "uterine stromal tumor with ", "é", "\x00", "not seen ", "vs "),
        "a" * 5000,
        "9" * 5000,
    ],
)
def test_long_texts_take_bounded_time(unit: str) -> None:
    """Twice the text takes about twice the time; the bound is generous, for a busy machine."""
    text = unit * (200_000 // len(unit))
    begun = time.process_time()
    found = read(text)
    assert time.process_time() - begun < 4
    assert len(found) <= MOST_MENTIONS + 1000


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", ".", "?", ":", "::", "No", "no.", "M", "1.", "- ", "\ud800 lung metastases", "0/0"]
)
def test_scraps(text: str) -> None:
    read(text)


def test_prefilter_says_no_to_what_cannot_matter() -> None:
    for text in (
        "Body weight",
        "Essential hypertension (disorder)",
        "Tobacco smoking status",
        "",
        "12 mg daily",
        "Systolic blood pressure",
    ):
        assert not may_matter(text), text


def test_sentences_end_where_they_should() -> None:
    text = "Dr. Smith saw her. No mets.\n- Lung: 1.2 cm nodule\n- Liver normal\nThe line was\nwrapped here."
    report = lay_out(text)
    parts = [text[report.starts[s.first] : report.ends[s.last - 1]] for s in report.sentences]
    assert parts == [
        "Dr. Smith saw her",
        "No mets",
        "Lung: 1.2 cm nodule",
        "Liver normal",
        "The line was\nwrapped here",
    ]
