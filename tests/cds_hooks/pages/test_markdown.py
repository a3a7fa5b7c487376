"""Markdown on our pages: GitHub flavour, nothing active in it."""

import pytest

from cds_hooks.pages.markdown import render_markdown


def test_flavour() -> None:
    html = render_markdown("**a** ~~b~~\n\n| x | y |\n|---|---|\n| 1 | 2 |\n")
    assert "<strong>a</strong>" in html
    assert "<s>b</s>" in html
    assert "<td>1</td>" in html


def test_headings_are_lowered() -> None:
    assert "<h5>a</h5>" in render_markdown("## a", lower=3)
    assert "<h6>a</h6>" in render_markdown("##### a", lower=3)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=x>b</b>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,xxxx)",
        "![a](https://tracker.example.org/x.png)",
        '<https://example.org/"onmouseover="x>',
        "&lt;script&gt;",
    ],
)
def test_nothing_active(text: str) -> None:
    html = render_markdown(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<b " not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data:' not in html
    assert '"onmouseover' not in html


def test_links_leave_without_telling() -> None:
    assert 'rel="noopener noreferrer"' in render_markdown("[a](https://example.org)")
