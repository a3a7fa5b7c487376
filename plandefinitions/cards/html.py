"""HTML in texts of published guidance, as Markdown: paragraphs, lists, tables and emphasis stay, all else is its
words.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--)>|<(?:script|style)\b", re.DOTALL | re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "iframe", "object", "noscript", "svg", "math"})
_BLOCK = frozenset({"p", "div", "section", "article", "ul", "ol", "table", "blockquote", "pre", "dl", "dt", "dd"})
_INLINE = {"b": "**", "strong": "**", "i": "*", "em": "*"}
_LINES = re.compile(r"[ \t]*\n[ \t]*")
_GAPS = re.compile(r"\n{3,}")


def has_markup(text: str) -> bool:
    """Does the text hold HTML tags or comments? A lone ``<`` is none."""
    return _TAG.search(text) is not None


def to_markdown(text: str) -> str:
    """The text of HTML as Markdown. Scripts and styles vanish, with what is in them."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    words = "".join(reader.words)
    return _GAPS.sub("\n\n", _LINES.sub("\n", words)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden: list[str] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, an item, a cell or emphasis."""
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif self._hidden:
            return
        elif tag == "br":
            self.words.append("\n")
        elif tag == "li":
            self.words.append("\n- ")
        elif tag == "tr":
            self.words.append("\n")
            self._cells = 0
        elif tag in ("td", "th"):
            self.words.append(" — " if self._cells else "")
            self._cells += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.words.append("\n\n**")
        else:
            self.words.append("\n\n" if tag in _BLOCK else _INLINE.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """End a block or emphasis."""
        if tag in _HIDDEN:
            if tag in self._hidden:
                del self._hidden[self._hidden.index(tag) :]
        elif self._hidden:
            return
        elif re.fullmatch(r"h[1-6]", tag):
            self.words.append("**\n\n")
        else:
            self.words.append("\n\n" if tag in _BLOCK else _INLINE.get(tag, ""))

    def handle_data(self, data: str) -> None:
        """Words: what looks like HTML in them stays words."""
        if not self._hidden:
            self.words.append(data.replace("<", "&lt;"))
