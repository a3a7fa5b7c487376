"""Everything that can go wrong in the CQL engine, in one tree.

::

    CqlError
    ├── CompileError            the text or ELM is not a valid library; carries every diagnostic found
    │   └── LibraryNotFound     an include could not be resolved
    ├── EvaluationError         a define could not be computed; carries library, define, place and cause
    │   ├── LimitExceeded       a safety limit (steps, list size, string size, nesting) was reached
    │   ├── ValueSetNotFound    a value set could not be resolved; it is never taken as empty
    │   └── MessageError        the library itself raised an error with Message(..., 'Error', ...)
    ├── DataError               the patient data handed in is not FHIR JSON at all
    └── TerminologyError        a value set or code system handed in is not a readable FHIR resource

A ``Diagnostic`` is data, an exception its carrier: authors get all of them at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cql.syntax.span import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a library, for its author.

    ``code`` is stable (``CQL-101``); ``message`` a full sentence; ``hint`` what would mend it
    ("did you mean ..."). ``source_line`` is the text of the first line of ``span``.
    """

    severity: Severity
    code: str
    message: str
    library: str | None = None
    span: Span | None = None
    source_line: str | None = None
    hint: str | None = None

    def render(self) -> str:
        """The finding as a terminal shows it, with the source line and a caret under the place."""
        place = ":".join(str(part) for part in (self.library, self.span) if part is not None)
        head = (
            f"{place}: {self.severity} {self.code}: {self.message}"
            if place
            else f"{self.severity} {self.code}: {self.message}"
        )
        lines = [head]
        if self.source_line is not None and self.span is not None:
            lines += ["  " + self.source_line, "  " + _caret(self.source_line, self.span)]
        if self.hint:
            lines.append("  hint: " + self.hint)
        return "\n".join(lines)


def _caret(line: str, span: Span) -> str:
    """Spaces (tabs kept, so that the caret lines up) and carets under the part of ``line`` that ``span`` covers."""
    last = min(span.end_column, len(line)) if span.end_line == span.line else len(line)
    lead = "".join("\t" if c == "\t" else " " for c in line[: span.column - 1])
    return lead + "^" * max(1, last - span.column + 1)


class CqlError(Exception):
    """The root: catch this to catch everything the engine raises on purpose."""

    code = "CQL-000"


class CompileError(CqlError):
    """A library that cannot run. ``diagnostics`` holds every error and warning found, in source order."""

    code = "CQL-100"

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))


class LibraryNotFound(CompileError):
    """An included library that the provider does not have."""

    code = "CQL-110"


class EvaluationError(CqlError):
    """A define that could not be computed.

    ``library``, ``define`` and ``locator`` (``line:col-line:col``) say where; ``__cause__`` holds the inner error.
    The first to know a place fills it in (``at``); outer frames never overwrite it.
    """

    code = "CQL-200"

    def __init__(
        self, message: str, *, library: str | None = None, define: str | None = None, locator: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.library = library
        self.define = define
        self.locator = locator

    def at(self, library: str | None, define: str | None, locator: str | None = None) -> EvaluationError:
        """Fill in the place where it is not yet known; returns self for ``raise error.at(...)``."""
        self.library = self.library or library
        self.define = self.define or define
        self.locator = self.locator or locator
        return self

    def __str__(self) -> str:
        place = ":".join(part for part in (self.library, self.locator) if part)
        where = f' in define "{self.define}"' if self.define else ""
        return f"{self.code}: {self.message}{where}{f' ({place})' if place else ''}"


class LimitExceeded(EvaluationError):
    """A safety limit was reached; the message names the limit and its value."""

    code = "CQL-210"


class ValueSetNotFound(EvaluationError):
    """A value set (or code system) that no loaded content resolves."""

    code = "CQL-220"


class MessageError(EvaluationError):
    """Raised by the library's own ``Message`` with severity ``Error``."""

    code = "CQL-230"


class DataError(CqlError):
    """The data is not a Bundle, a resource or an iterable of resources."""

    code = "CQL-300"


class TerminologyError(CqlError):
    """Terminology content that cannot be read: a file that is no JSON, a ValueSet without a URL."""

    code = "CQL-310"
