"""Markdown to HTML for our own pages, as an EHR would render a card: GitHub flavour, no raw HTML, safe links only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup


def render_markdown(text: str, lower: int = 0) -> Markup:
    """The text as HTML, its headings `lower` levels down: those of the page stand above those of a text in it.

    Raw HTML in the text is shown as text; links leave the page without telling where from.
    """
    return Markup(_parser().render(text, {"lower": lower}))


@cache
def _parser() -> MarkdownIt:
    # `commonmark` with html off escapes raw HTML; its link check refuses javascript:, vbscript:, file: and data:.
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
    parser.disable("image")  # a page of ours loads nothing from elsewhere
    parser.add_render_rule("link_open", _open_link)
    parser.add_render_rule("heading_open", _lower_heading)
    parser.add_render_rule("heading_close", _lower_heading)
    return parser


def _open_link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    if not str(tokens[index].attrGet("href") or "").startswith("#"):
        tokens[index].attrSet("rel", "noopener noreferrer")
        tokens[index].attrSet("target", "_blank")
    return str(renderer.renderToken(tokens, index, options, env))


def _lower_heading(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    level = min(int(tokens[index].tag[1:]) + env["lower"], 6)
    tokens[index].tag = f"h{level}"
    return str(renderer.renderToken(tokens, index, options, env))
