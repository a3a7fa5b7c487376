"""Text on cards: nothing from a record or an author becomes markup, and summaries keep their length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from plandefinitions.guideline.card_text import SUMMARY_LENGTH, escape, joined, plain, shortened

RENDERER = MarkdownIt("gfm-like", {"html": True, "linkify": False})


def shown(text: str) -> str:
    """What a reader sees of escaped text in a list item, as HTML without the item's own tags."""
    rendered: str = RENDERER.render(f"- {escape(text)}")
    return rendered.replace("<ul>\n<li>", "").replace("</li>\n</ul>\n", "")


@pytest.mark.requirement("CH-074")
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("[here](javascript:alert(1))", "[here](javascript:alert(1))"),
        ("![x](a.png)", "![x](a.png)"),
        ("**bold** _it_ ~~no~~ `code`", "**bold** _it_ ~~no~~ `code`"),
        ("# heading", "# heading"),
        ("- item", "- item"),
        ("1. item", "1. item"),
        ("> quote", "&gt; quote"),
        ("a | b", "a | b"),
        ("5 < 6 & 7", "5 &lt; 6 &amp; 7"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("2021-03-01", "2021-03-01"),
        ("one\n\n# two", "one # two"),
    ],
)
def test_text_is_shown_as_it_is(text: str, html: str) -> None:
    assert shown(text) == html


@pytest.mark.requirement("CH-074")
@pytest.mark.parametrize("text", ["see http://evil.example/x", "see www.evil.example", "HTTPS://evil.example"])
def test_bare_addresses_do_not_become_links(text: str) -> None:
    linkifying = MarkdownIt("commonmark").disable("entity")
    escaped = escape(text)
    assert "://" not in escaped
    assert "www." not in escaped.lower()
    assert "<a" not in linkifying.render(escaped)


@pytest.mark.requirement("CH-074")
@settings(max_examples=150)
@given(st.text(max_size=80))
def test_whatever_is_escaped_renders_without_elements(text: str) -> None:
    assert "<" not in shown(text)


def test_control_and_direction_characters_are_dropped() -> None:
    assert plain("a\u202eb\x00c\r\nd") == "a b c d"


@pytest.mark.requirement("CH-069")
@settings(max_examples=150)
@given(st.text(max_size=400))
def test_a_summary_is_never_too_long(text: str) -> None:
    assert len(shortened(text).encode("utf-16-le", "surrogatepass")) // 2 <= SUMMARY_LENGTH


@pytest.mark.requirement("CH-069")
def test_139_characters_stay_140_are_cut() -> None:
    assert shortened("x" * 139) == "x" * 139
    assert len(shortened("x" * 140)) <= 139
    assert len(shortened("𝒳" * 70).encode("utf-16-le")) // 2 <= 139


def test_reasons_with_numbers_are_chosen_first_and_stay_in_order() -> None:
    reasons = [
        "a reason of some length without figures",
        "another one of the same kind of length",
        "interval 52 months",
    ]
    assert joined("What to do", reasons, 80) == (
        "What to do: a reason of some length without figures; interval 52 months"
    )
