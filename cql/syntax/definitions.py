"""A whole library, part by part. An error in one definition does not hide the others."""

from __future__ import annotations

from typing import Final

from cql.syntax.diagnostics import SourceText
from cql.syntax.nodes import LibraryNode
from cql.syntax.statements import StatementParser
from cql.syntax.stream import SyntaxFault
from cql.syntax.tokens import DECLARATIONS, END, IDENTIFIER, KEYWORDS, TOP_LEVEL, Token

_MODIFIABLE: Final = ("parameter", "codesystem", "valueset", "code", "concept")
"""What an access modifier may precede; with ``define`` it follows the keyword."""
_NAMELESS: Final = ("library", "using", "include", "context")


class LibraryParser(StatementParser):
    """The rule ``library``, with recovery after errors."""

    def __init__(self, tokens: list[Token], source: SourceText) -> None:
        super().__init__(tokens, source)
        self.failed: set[str] = set()

    def library(self) -> LibraryNode:
        """Read the whole text; errors are in ``diagnostics``, names of definitions with errors in ``failed``."""
        while self.kind() != END:
            start = self.pos
            try:
                self._part()
            except SyntaxFault as fault:
                self.diagnostics.append(fault.diagnostic)
                self._recover(start)
        qualifiers, name, version = self.header
        return LibraryNode(
            name=name,
            qualifiers=qualifiers,
            version=version,
            usings=tuple(self.usings),
            includes=tuple(self.includes),
            code_systems=tuple(self.code_systems),
            value_sets=tuple(self.value_sets),
            codes=tuple(self.codes),
            concepts=tuple(self.concepts),
            parameters=tuple(self.parameters),
            contexts=tuple(self.contexts),
            statements=tuple(self.statements),
            span=self.span(0),
        )

    def _part(self) -> None:
        """One declaration or statement."""
        start = self.pos
        kind = self.kind()
        private = kind == "private"
        if kind in ("public", "private"):
            self.advance()
            kind = self.kind()
            if kind not in _MODIFIABLE:
                hint = "Write the modifier after `define`." if kind == "define" else None
                self.unexpected("a declaration after the access modifier", hint)
        if kind in DECLARATIONS:
            self.declaration(kind, start, private)
        elif kind == "library":
            self.library_header(start)
        elif kind == "context":
            self.context(start)
        elif kind == "define":
            self.statement(start)
        else:
            self.unexpected("a definition, such as `define Name: expression`")

    def _recover(self, start: int) -> None:
        """Go to the next definition after an error in the part begun at ``start``; note whose definition failed."""
        self.depth = 0
        self.open_queries.clear()
        self._note_failed(start)
        if self.pos == start:
            self.advance()
        while self.kind() != END and not self.at_definition():
            self.pos += 1

    def _note_failed(self, start: int) -> None:
        first = self.tokens[start].kind
        if first not in TOP_LEVEL or first in _NAMELESS:
            return
        position = start
        while self.tokens[position].kind in KEYWORDS:
            position += 1
        if self.tokens[position].kind == IDENTIFIER:
            self.failed.add(self.tokens[position].value)
