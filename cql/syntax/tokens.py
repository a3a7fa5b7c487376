"""Tokens of CQL 1.5: their kinds, the keywords, and which keywords may also serve as names.

The kind of a keyword or symbol is its own text (``"define"``, ``"<="``); tokens with varying text have one
of the upper-case kinds below. Source: the lexical rules of https://cql.hl7.org/grammar.html.
"""

from __future__ import annotations

from typing import Final

from cql.syntax.span import Span

IDENTIFIER: Final = "IDENTIFIER"
"""``name``, ``"name"`` or `` `name` ``."""
STRING: Final = "STRING"
INTEGER: Final = "INTEGER"
LONG: Final = "LONG"
DECIMAL: Final = "DECIMAL"
DATE: Final = "DATE"
DATETIME: Final = "DATETIME"
TIME: Final = "TIME"
END: Final = "END"
"""The end of the text; a few of them close every token list, so that a short look ahead is always safe."""


class Token:
    """One token: ``text`` as written, ``value`` with quotes, escapes and prefixes resolved; places are 1-based."""

    __slots__ = ("column", "end_column", "end_line", "kind", "line", "text", "value")

    def __init__(
        self, kind: str, text: str, value: str, line: int, column: int, end_line: int, end_column: int
    ) -> None:
        self.kind = kind
        self.text = text
        self.value = value
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column

    @property
    def span(self) -> Span:
        """The place of this token alone."""
        return Span(self.line, self.column, self.end_line, self.end_column)

    @property
    def quoted(self) -> bool:
        """Whether this is an identifier within double quotes or backticks."""
        return self.kind == IDENTIFIER and self.text[:1] in '"`“”„'

    def __repr__(self) -> str:
        return f"Token({self.kind!r}, {self.text!r}, {self.line}:{self.column})"


PHRASES: Final = (
    "or before", "or after", "or more", "or less", "or on", "on or", "such that", "included in",
    "less than", "more than",
)  # fmt: skip
"""Two words that the grammar has as one token; their first words alone are names, but for ``or``."""

SINGULAR_PRECISIONS: Final = frozenset({"year", "month", "week", "day", "hour", "minute", "second", "millisecond"})
PLURAL_PRECISIONS: Final = {f"{name}s": name for name in SINGULAR_PRECISIONS}
"""Plural precision -> the singular, which is the form the tree uses."""
CALENDAR_UNITS: Final = SINGULAR_PRECISIONS | PLURAL_PRECISIONS.keys()

RESERVED: Final = CALENDAR_UNITS | frozenset(
    {
        "aggregate", "all", "and", "as", "after", "before", "between", "case", "cast", "Code", "collapse",
        "Concept", "convert", "difference", "distinct", "duration", "during", "else", "exists", "expand", "false",
        "flatten", "from", "if", "in", "is", "Interval", "let", "List", "maximum", "minimum", "not", "null",
        "occurs", "of", "or", "per", "point", "properly", "return", "same", "singleton", "sort", "then", "to",
        "true", "Tuple", "when", "with", "within", "without",
    }
)  # fmt: skip
"""Words that are never names, unless quoted (or after a dot)."""

KEYWORD_NAMES: Final = frozenset(
    {
        "asc", "ascending", "by", "called", "code", "codesystem", "codesystems", "concept", "contains", "context",
        "date", "default", "define", "desc", "descending", "display", "div", "end", "ends", "except", "fluent",
        "function", "implies", "include", "includes", "intersect", "library", "meets", "mod", "overlaps",
        "parameter", "predecessor", "private", "public", "start", "starting", "starts", "successor", "time",
        "timezoneoffset", "union", "using", "valueset", "version", "where", "width", "xor",
    }
)  # fmt: skip
"""Keywords that are names wherever an expression refers to something (the grammar's ``keywordIdentifier``)."""

KEYWORDS: Final = RESERVED | KEYWORD_NAMES
TYPE_NAMES: Final = frozenset({"Code", "Concept"})
"""Reserved words that name types all the same."""

CLAUSES: Final = ("let", "with", "without", "where", "return", "aggregate", "sort")
"""Keywords that open a clause of a query, in their order."""
DECLARATIONS: Final = ("using", "include", "codesystem", "valueset", "code", "concept", "parameter")
"""What a library declares before its statements."""
TOP_LEVEL: Final = frozenset({"library", *DECLARATIONS, "context", "define", "public", "private"})
"""Keywords that open a part of a library."""
