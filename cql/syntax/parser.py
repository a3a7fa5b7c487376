"""The entry to the syntax package: CQL text in, tree and diagnostics out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cql.errors import Diagnostic
from cql.syntax.definitions import LibraryParser
from cql.syntax.diagnostics import MAX_DIAGNOSTICS, Code, SourceText
from cql.syntax.lexer import Lexed, tokenize
from cql.syntax.nodes import Expression, LibraryNode
from cql.syntax.stream import SyntaxFault
from cql.syntax.tokens import END


@dataclass(frozen=True, slots=True)
class ParseResult:
    """A library as far as it could be read, and what is wrong with its text.

    ``library`` is None only if nothing of it could be read. ``failed_names`` are the definitions left out of the tree
    because of an error in them: a reference to one of these is no error of its own.
    """

    library: LibraryNode | None
    diagnostics: tuple[Diagnostic, ...]
    failed_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExpressionResult:
    """One expression, or None and what is wrong with it."""

    expression: Expression | None
    diagnostics: tuple[Diagnostic, ...]


def parse_library(text: str, name: str | None = None) -> ParseResult:
    """Read the text of a library. Never raises: every error is a diagnostic, as many as can be found in one go.

    ``name`` is what diagnostics call the library; default: the name in its header.
    """
    source = SourceText(text)
    lexed = tokenize(source)
    result = _library(source, lexed, name)
    if lexed.spans_lines and _has_errors(result.diagnostics):
        # A forgotten quote makes the next lines part of a string, and puts the error far from its cause.
        strict = _library(source, tokenize(source, line_strings=True), name)
        if any(d.code == Code.UNCLOSED_QUOTE for d in strict.diagnostics):
            return strict
    return result


def parse_expression(text: str) -> ExpressionResult:
    """Read one expression. Never raises."""
    source = SourceText(text)
    lexed = tokenize(source)
    parser = LibraryParser(lexed.tokens, source)
    expression: Expression | None = None
    found = list(lexed.diagnostics)
    try:
        expression = parser.expression()
        if parser.kind() != END:
            parser.unexpected("an operator or the end of the expression")
    except SyntaxFault as fault:
        found.append(fault.diagnostic)
    except RecursionError:
        found.append(_too_deep(parser))
    diagnostics = _finish(found, None)
    return ExpressionResult(None if _has_errors(diagnostics) else expression, diagnostics)


def _library(source: SourceText, lexed: Lexed, name: str | None) -> ParseResult:
    parser = LibraryParser(lexed.tokens, source)
    library: LibraryNode | None = None
    found = list(lexed.diagnostics)
    try:
        library = parser.library()
    except RecursionError:
        found.append(_too_deep(parser))
    found += _independent(parser.diagnostics, lexed.diagnostics)
    known_as = name or (library.name if library is not None else None)
    return ParseResult(library, _finish(found, known_as), frozenset(parser.failed))


def _independent(syntactic: Iterable[Diagnostic], lexical: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The syntax errors that are not mere consequences of a lexical error on the same line."""
    lines = {d.span.line for d in lexical if d.span is not None and d.severity == "error"}
    open_ended = any(d.code == Code.UNCLOSED_COMMENT for d in lexical)
    return [
        d
        for d in syntactic
        if d.span is not None and d.span.line not in lines and not (open_ended and d.code == Code.UNEXPECTED_END)
    ]


def _too_deep(parser: LibraryParser) -> Diagnostic:
    """For a caller that has used up most of Python's stack before it called the parser."""
    return parser.source.diagnostic(
        Code.TOO_DEEP, "This is nested too deep to be read.", parser.token.span, "Move inner parts into definitions."
    )


def _has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def _finish(found: list[Diagnostic], library: str | None) -> tuple[Diagnostic, ...]:
    """In the order of the text, named, and no more than a reader can use."""
    if not found:
        return ()
    found.sort(key=lambda d: (d.span.line, d.span.column) if d.span else (0, 0))
    kept = [replace(diagnostic, library=library) for diagnostic in found[:MAX_DIAGNOSTICS]]
    if len(found) >= MAX_DIAGNOSTICS:
        last = kept[-1]
        message = f"There are more errors; only the first {MAX_DIAGNOSTICS} are shown."
        kept.append(replace(last, code=Code.TOO_MANY_ERRORS.value, message=message, hint=None))
    return tuple(kept)
