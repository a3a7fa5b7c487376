"""The stable codes of lexical and syntax errors, and the words that messages are made of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from cql.errors import Diagnostic, Severity
from cql.syntax.span import Span
from cql.syntax.tokens import DATE, DATETIME, DECIMAL, END, IDENTIFIER, INTEGER, KEYWORDS, LONG, STRING, TIME, Token


class Code(StrEnum):
    """Every diagnostic that the lexer and the parser give. A code never changes its meaning."""

    UNEXPECTED_CHARACTER = "CQL-001"
    UNCLOSED_QUOTE = "CQL-002"
    UNCLOSED_COMMENT = "CQL-003"
    BAD_ESCAPE = "CQL-004"
    BAD_DATE = "CQL-005"
    FOREIGN_OPERATOR = "CQL-006"
    TYPOGRAPHIC_QUOTE = "CQL-007"
    BAD_NAME = "CQL-008"
    UNEXPECTED_TOKEN = "CQL-010"
    UNEXPECTED_END = "CQL-011"
    MISSING_COLON = "CQL-012"
    UNCLOSED_BRACKET = "CQL-013"
    KEYWORD_AS_NAME = "CQL-014"
    WRONG_QUOTES = "CQL-015"
    UNKNOWN_DEFINITION = "CQL-016"
    OUT_OF_ORDER = "CQL-017"
    CLAUSE_ORDER = "CQL-018"
    NEEDS_PARENTHESES = "CQL-019"
    TOO_DEEP = "CQL-020"
    TOO_LARGE = "CQL-021"
    TOO_MANY_ERRORS = "CQL-022"


MAX_DIAGNOSTICS: Final = 100
"""No more than this many are reported for one text; the last one then says so."""

MAX_LINE: Final = 400
"""Of a longer line only its beginning is shown with an error, and nothing of it if the error lies further on."""


class SourceText:
    """A text and its lines, split only once an error wants to show one."""

    __slots__ = ("_lines", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines: list[str] | None = None

    def line(self, number: int) -> str:
        """The line of that number (1-based), without its line end."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines[number - 1].rstrip("\r") if number <= len(self._lines) else ""

    def diagnostic(
        self, code: Code, message: str, span: Span, hint: str | None = None, severity: Severity = "error"
    ) -> Diagnostic:
        """A finding at a place of this text; the library's name is filled in when the whole text is read."""
        line: str | None = self.line(span.line)
        if line is not None and len(line) > MAX_LINE:
            line = line[: MAX_LINE - 1] + "…" if span.column < MAX_LINE else None
        return Diagnostic(severity, code.value, message, None, span, line, hint)


_KIND_WORDS: Final = {
    IDENTIFIER: "the name",
    STRING: "the string",
    INTEGER: "the number",
    LONG: "the number",
    DECIMAL: "the number",
    DATE: "the date",
    DATETIME: "the date and time",
    TIME: "the time",
}


def describe(token: Token) -> str:
    """A token in words: ``the keyword `where` ``, ``the string 'abc'``, ``the end of the text``."""
    if token.kind == END:
        return "the end of the text"
    text = token.text if len(token.text) <= 40 else token.text[:37] + "..."
    text = " ".join(text.split())
    if token.kind == STRING:
        return f"the string {text}"
    if token.kind in KEYWORDS or (token.kind[:1].isalpha() and token.kind not in _KIND_WORDS):
        return f"the keyword `{text}`"
    words = _KIND_WORDS.get(token.kind)
    return f"{words} `{text}`" if words else f"`{text}`"


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` most likely is a misspelling of, or None. Other case counts as a misspelling."""
    words = sorted(candidates)
    for candidate in words:
        if candidate.lower() == word.lower():
            return candidate
    if len(word) < 4 or len(word) > 40:
        return None
    close = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.76)
    return close[0] if close else None
