"""What all parts of the parser stand on: the token stream, places, and how an error is raised.

An error inside a definition is a ``SyntaxFault``; the library parser catches it, keeps its diagnostic and goes on
with the next definition.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final, NoReturn

from cql.errors import Diagnostic
from cql.syntax.diagnostics import Code, SourceText, describe, did_you_mean
from cql.syntax.nodes import Expression, Identifier, Member, Span
from cql.syntax.tokens import (
    CLAUSES,
    DECIMAL,
    DECLARATIONS,
    END,
    IDENTIFIER,
    INTEGER,
    KEYWORD_NAMES,
    KEYWORDS,
    STRING,
    TOP_LEVEL,
    Token,
)

MAX_DEPTH: Final = 120
"""Expressions and types may be nested this deep; Python's own recursion limit (1,000) is then out of reach."""

_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}


class SyntaxFault(Exception):
    """The definition being read cannot be understood; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class TokenStream(ABC):
    """The tokens and the place in them. The parts of the grammar are subclasses, one upon the other."""

    def __init__(self, tokens: list[Token], source: SourceText) -> None:
        self.tokens = tokens
        self.source = source
        self.pos = 0
        self.depth = 0
        self.last_alias = -1
        """The index of the last token read as an alias: a misspelt keyword is easily taken for one."""
        self.open_queries: list[int] = []
        """Where the queries begin whose clauses are being read, the innermost last."""
        self._partners: dict[int, int] | None = None

    @abstractmethod
    def expression(self, minimum: int = 0) -> Expression:
        """Parse an expression whose operators all bind at least as tightly as ``minimum``."""

    # --- looking and moving -----------------------------------------------------------------------

    @property
    def token(self) -> Token:
        """The next token, not yet consumed."""
        return self.tokens[self.pos]

    def kind(self, ahead: int = 0) -> str:
        """The kind of the token ``ahead`` of the next one (at most 5)."""
        return self.tokens[self.pos + ahead].kind if self.pos + ahead < len(self.tokens) else END

    def advance(self) -> Token:
        """Consume the next token."""
        token = self.tokens[self.pos]
        if token.kind != END:
            self.pos += 1
        return token

    def accept(self, kind: str) -> bool:
        """Consume the next token if it is of that kind."""
        if self.tokens[self.pos].kind == kind:
            self.pos += 1
            return True
        return False

    def accept_word(self, word: str) -> bool:
        """Consume a word that means something only here (``returns``, ``external``) and is a name elsewhere."""
        if self.tokens[self.pos].text == word:
            self.pos += 1
            return True
        return False

    def expect(self, kind: str, wanted: str | None = None) -> Token:
        """Consume a token of that kind or fail; ``wanted`` says in words what it is for."""
        token = self.tokens[self.pos]
        if token.kind != kind:
            self.unexpected(wanted or f"`{kind}`")
        self.pos += 1
        return token

    def close(self, opener: Token) -> Token:
        """Consume the bracket that closes ``opener``."""
        closer = _CLOSERS[opener.kind]
        if self.kind() == closer:
            return self.advance()
        if self.kind() == END or self.at_definition():
            self.fail(
                Code.UNCLOSED_BRACKET,
                f"`{opener.text}` is not closed: `{closer}` is missing before {describe(self.token)}.",
                opener,
            )
        return self.unexpected(
            f"an operator, a comma, or `{closer}` to close the `{opener.text}` of line {opener.line}"
        )

    def span(self, start: int) -> Span:
        """The range from the token at index ``start`` to the last one consumed."""
        first = self.tokens[start]
        last = self.tokens[self.pos - 1] if self.pos > start else first
        return Span(first.line, first.column, last.end_line, last.end_column)

    def enter(self) -> None:
        """Go one level deeper; ``depth`` is to be counted down by the caller on the way out."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(
                Code.TOO_DEEP,
                f"This is nested more than {MAX_DEPTH} levels deep.",
                self.token,
                "Move inner parts into definitions of their own.",
            )

    # --- looking far ahead ------------------------------------------------------------------------

    def partner(self, position: int) -> int | None:
        """The index of the bracket closing the one at ``position``. All pairs are found in one pass, once."""
        if self._partners is None:
            self._partners = {}
            opened: list[int] = []
            for index, token in enumerate(self.tokens):
                if token.kind in ("(", "[", "{"):
                    opened.append(index)
                elif token.kind in (")", "]", "}") and opened:
                    self._partners[opened.pop()] = index
        return self._partners.get(position)

    def after_names(self, position: int) -> int | None:
        """The index behind ``name.name.name`` at ``position``, or None if no name is there."""
        tokens = self.tokens
        if tokens[position].kind != IDENTIFIER and tokens[position].kind not in KEYWORD_NAMES:
            return None
        position += 1
        while tokens[position].kind == "." and (
            tokens[position + 1].kind == IDENTIFIER or tokens[position + 1].kind in KEYWORDS
        ):
            position += 2
        return position

    def at_definition(self, ahead: int = 0) -> bool:
        """Whether a new part of the library begins here, rather than an expression using a keyword as a name."""
        index = self.pos + ahead
        token = self.tokens[index]
        kind = token.kind
        if kind not in TOP_LEVEL or index + 2 >= len(self.tokens):
            return False
        following, second = self.tokens[index + 1], self.tokens[index + 2]
        if index > 0 and self.tokens[index - 1].kind in (".", "public", "private"):
            return False
        if kind == "define":
            return following.kind in (IDENTIFIER, STRING, "function", "fluent", "public", "private") or (
                following.line == token.line and second.kind == ":"
            )
        if kind in ("public", "private"):
            return following.kind in DECLARATIONS or following.kind == "define"
        if kind in ("codesystem", "valueset", "code", "concept"):
            return second.kind == ":" or (following.kind in (IDENTIFIER, STRING) and second.kind == STRING)
        first_on_line = index == 0 or self.tokens[index - 1].end_line < token.line
        return first_on_line and following.kind == IDENTIFIER and following.line == token.line

    # --- names ------------------------------------------------------------------------------------

    def identifier(self, wanted: str) -> Token:
        """A name that is no keyword, unless quoted."""
        token = self.tokens[self.pos]
        if token.kind == IDENTIFIER:
            self.pos += 1
            return token
        if token.kind in KEYWORDS:
            self.fail(
                Code.KEYWORD_AS_NAME,
                f"`{token.text}` is a keyword of CQL; expected {wanted}.",
                token,
                f'To use it as a name, write "{token.text}".',
            )
        if token.kind == STRING:
            self.fail(
                Code.WRONG_QUOTES,
                f"{token.text} is a string; expected {wanted}.",
                token,
                f'Names stand in double quotes: "{token.value}".',
            )
        return self.unexpected(wanted)

    def name(self, wanted: str) -> Token:
        """A name as expressions use them: keywords that are not reserved need no quotes."""
        if self.tokens[self.pos].kind in KEYWORD_NAMES:
            return self.advance()
        return self.identifier(wanted)

    def string(self, wanted: str) -> str:
        """The value of a string literal."""
        token = self.tokens[self.pos]
        if token.kind == STRING:
            self.pos += 1
            return token.value
        if token.quoted:
            self.fail(
                Code.WRONG_QUOTES,
                f"{token.text} is a name, as it stands in double quotes; expected {wanted}.",
                token,
                f"Strings stand in single quotes: '{token.value}'.",
            )
        hint = "Put it in single quotes." if token.kind in (INTEGER, DECIMAL, IDENTIFIER) else None
        return self.unexpected(wanted, hint)

    def reference(self, wanted: str) -> Identifier | Member:
        """``name`` or ``library.name``: a code, a code system."""
        start = self.pos
        first = self.identifier(wanted)
        plain = Identifier(name=first.value, quoted=first.quoted, span=self.span(start))
        if not self.accept("."):
            return plain
        last = self.identifier(wanted)
        return Member(source=plain, name=last.value, name_span=last.span, span=self.span(start))

    # --- errors -----------------------------------------------------------------------------------

    def fail(self, code: Code, message: str, place: Token | Span, hint: str | None = None) -> NoReturn:
        """Give up the definition being read."""
        span = place if isinstance(place, Span) else place.span
        raise SyntaxFault(self.source.diagnostic(code, message, span, hint))

    def unexpected(self, wanted: str, hint: str | None = None) -> NoReturn:
        """Fail at the next token, which is not what was wanted; a misspelt keyword nearby is pointed at."""
        token = self.token
        if hint is None:
            self._misspelt(wanted)
        hint = hint or self._usual_mistake()
        code = Code.UNEXPECTED_END if token.kind == END else Code.UNEXPECTED_TOKEN
        self.fail(code, f"Found {describe(token)}; expected {wanted}.", token, hint)

    def _misspelt(self, wanted: str) -> None:
        """Fail at the next token, or the last if it was an alias, if it looks like a misspelt keyword."""
        for index in (self.pos, self.pos - 1):
            token = self.tokens[index]
            if token.kind != IDENTIFIER or token.quoted or (index < self.pos and index != self.last_alias):
                continue
            if index == 0 or self.tokens[index - 1].end_line < token.line:
                meant = did_you_mean(token.text, TOP_LEVEL)
                if meant is not None:
                    message = f"`{token.text}` does not begin a definition."
                    self.fail(Code.UNKNOWN_DEFINITION, message, token, f"Did you mean `{meant}`?")
            meant = did_you_mean(token.text, KEYWORDS)
            if meant is not None:
                message = f"Found {describe(token)}, which has no meaning here; expected {wanted}."
                self.fail(Code.UNEXPECTED_TOKEN, message, token, f"Did you mean `{meant}`?")

    def _usual_mistake(self) -> str | None:
        """A hint for what authors often write before the next token."""
        token = self.token
        previous = self.tokens[self.pos - 1].kind if self.pos else END
        if token.kind in CLAUSES:
            return f"A query's source needs an alias, as in `[Condition] C {token.kind} ...`."
        if token.kind == IDENTIFIER and self.kind(1) in CLAUSES:
            return "The source of a query is a name, a retrieve, or an expression in parentheses."
        if token.kind == IDENTIFIER and previous in (INTEGER, DECIMAL) and self.kind(1) != ":":
            return f"Units stand in single quotes: '{token.value}'."
        return None
