"""Text for cards: short plain summaries, Markdown details that cannot carry HTML, scripts or links of unknown
origin.
"""

from __future__ import annotations

import re

from plandefinitions.cards.html import has_markup, to_markdown

SUMMARY_LIMIT = 140
"""A card's summary is shorter than this many characters (CDS Hooks 2.0, Card Attributes)."""

_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_IMAGE = re.compile(r"!\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)")
_DEFINITION = re.compile(r"^[ ]{0,3}\[[^\]]+\]:.*$", re.MULTILINE)
_SAFE = ("http://", "https://", "mailto:")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~>!])")


def plain(text: str) -> str:
    """One line of plain text: no markup, no control characters, single spaces."""
    words = to_markdown(text) if has_markup(text) else text
    return _SPACE.sub(" ", _CONTROL.sub("", words)).strip()


def summary(text: str) -> tuple[str, bool]:
    """``text`` as a summary, and whether it was cut: at a word, with an ellipsis, below the limit in any encoding."""
    words = plain(text)
    if _units(words) < SUMMARY_LIMIT:
        return words, False
    cut = words
    while _units(cut) >= SUMMARY_LIMIT - 1:
        shorter = cut.rpartition(" ")[0]
        cut = shorter if shorter else cut[: len(cut) - 1]
    return cut.rstrip(" ,;:-") + "…", True


def _units(text: str) -> int:
    """Length in UTF-16 units, never less than in characters."""
    return len(text.encode("utf-16-le")) // 2


def authored(text: str) -> str:
    """An author's Markdown, made safe: HTML becomes Markdown, images and links to other than web addresses their
    words.
    """
    words = _cleaned(text)
    words = _IMAGE.sub(lambda found: found[1], words)
    words = _DEFINITION.sub("", words)
    words = _LINK.sub(lambda found: found[0] if found[2].lower().startswith(_SAFE) else found[1], words)
    return words.strip()


def computed(text: str) -> str:
    """Text that may hold the patient's data: as ``authored``, and nothing in it can become a link."""
    words = _cleaned(text)
    return words.replace("[", "\\[").replace("]", "\\]").strip()


def escaped(text: str) -> str:
    """Text with every character of Markdown and HTML taken as itself."""
    return _MARKDOWN.sub(r"\\\1", plain(text).replace("&", "&amp;").replace("<", "&lt;"))


def _cleaned(text: str) -> str:
    words = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return to_markdown(words) if has_markup(words) else words.replace("<", "&lt;")
