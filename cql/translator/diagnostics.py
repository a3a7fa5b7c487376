"""The translator's findings: one table of stable codes, and the collector that keeps every finding in source order."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from cql.errors import Diagnostic, Severity
from cql.syntax.diagnostics import did_you_mean
from cql.syntax.nodes import Span


class Code(StrEnum):
    """Every diagnostic the translator gives. A code never changes its meaning; CQL-1xx are errors, CQL-4xx warnings."""

    UNKNOWN_IDENTIFIER = "CQL-101"
    UNKNOWN_FUNCTION = "CQL-102"
    UNKNOWN_TYPE = "CQL-103"
    UNKNOWN_PROPERTY = "CQL-104"
    NO_OVERLOAD = "CQL-105"
    AMBIGUOUS_OVERLOAD = "CQL-106"
    WRONG_TYPE = "CQL-107"
    IMPOSSIBLE_CAST = "CQL-108"
    NO_CONVERSION = "CQL-109"
    UNKNOWN_LIBRARY = "CQL-110"
    LIBRARY_VERSION = "CQL-111"
    CIRCULAR_INCLUDE = "CQL-112"
    INVALID_LIBRARY = "CQL-113"
    UNKNOWN_MODEL = "CQL-114"
    PRIVATE_MEMBER = "CQL-115"
    DUPLICATE_DEFINITION = "CQL-116"
    RECURSION = "CQL-117"
    UNKNOWN_CONTEXT = "CQL-118"
    INTEGER_RANGE = "CQL-120"
    DECIMAL_RANGE = "CQL-121"
    INVALID_DATE = "CQL-122"
    INVALID_TIME = "CQL-123"
    INVALID_UNIT = "CQL-124"
    INVALID_PRECISION = "CQL-125"
    EMPTY_INTERVAL = "CQL-126"
    NOT_A_VALUE = "CQL-127"
    NOT_RETRIEVABLE = "CQL-130"
    WRONG_TERMINOLOGY = "CQL-131"
    NO_CODE_PATH = "CQL-132"
    OUT_OF_SCOPE = "CQL-133"
    SORT = "CQL-134"
    TOO_DEEP = "CQL-135"
    NO_PATIENT = "CQL-136"

    UNUSED = "CQL-401"
    ALWAYS_NULL = "CQL-402"
    NEVER_MATCHES = "CQL-403"
    HIDES = "CQL-404"


MAX_DIAGNOSTICS: Final = 200
"""No more findings than this are kept for one library: a hostile text cannot fill the memory."""


class Diagnostics:
    """Collects the findings about one library."""

    def __init__(self, text: str, library: str | None = None) -> None:
        self.library = library
        self._lines = text.splitlines()
        self._found: dict[tuple[str, str, Span | None], Diagnostic] = {}

    def error(self, code: Code, message: str, span: Span | None, hint: str | None = None) -> None:
        """Keep an error."""
        self._add("error", code, message, span, hint)

    def warning(self, code: Code, message: str, span: Span | None, hint: str | None = None) -> None:
        """Keep a warning."""
        self._add("warning", code, message, span, hint)

    @property
    def has_errors(self) -> bool:
        """Was any error found?"""
        return any(one.severity == "error" for one in self._found.values())

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Every finding, in source order."""
        return tuple(sorted(self._found.values(), key=_place))

    def extend(self, findings: Iterable[Diagnostic]) -> None:
        """Keep findings about another library."""
        for one in findings:
            if len(self._found) < MAX_DIAGNOSTICS:
                self._found[(one.code, f"{one.library}: {one.message}", one.span)] = one

    def _add(self, severity: Severity, code: Code, message: str, span: Span | None, hint: str | None) -> None:
        key = (code.value, message, span)
        if key in self._found or len(self._found) >= MAX_DIAGNOSTICS:
            return
        line = self._lines[span.line - 1] if span is not None and 0 < span.line <= len(self._lines) else None
        self._found[key] = Diagnostic(severity, code.value, message, self.library, span, line, hint)


def _place(one: Diagnostic) -> tuple[int, int]:
    return (one.span.line, one.span.column) if one.span is not None else (0, 0)


def suggestion(word: str, candidates: Iterable[str]) -> str | None:
    """``did you mean X?`` for the nearest of ``candidates``, or None. Case alone counts as a misspelling."""
    by_lower = {one.lower(): one for one in candidates}
    found = did_you_mean(word.lower(), by_lower)
    return f"did you mean {by_lower[found]}?" if found else None
