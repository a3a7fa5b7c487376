"""Statements of a library: contexts, expression definitions and functions."""

from __future__ import annotations

from typing import Final

from cql.syntax.declarations import DeclarationParser
from cql.syntax.diagnostics import Code, SourceText, describe
from cql.syntax.nodes import ContextDefinition, ExpressionDefinition, FunctionDefinition, TypeSpecifier
from cql.syntax.tokens import KEYWORDS, Token

INITIAL_CONTEXT: Final = "Unfiltered"
"""The context of statements before the first ``context`` definition."""


class StatementParser(DeclarationParser):
    """The rule ``statement``."""

    def __init__(self, tokens: list[Token], source: SourceText) -> None:
        super().__init__(tokens, source)
        self.contexts: list[ContextDefinition] = []
        self.statements: list[ExpressionDefinition | FunctionDefinition] = []

    def context(self, start: int) -> None:
        """``context Patient``."""
        self.declarations_over = True
        self.advance()
        model: str | None = None
        name = self.identifier("the name of a context, such as Patient").value
        if self.accept("."):
            model, name = name, self.identifier("the name of a context").value
        self.contexts.append(ContextDefinition(model=model, name=name, span=self.span(start)))

    @property
    def context_name(self) -> str:
        """The context that statements read now belong to."""
        return self.contexts[-1].name if self.contexts else INITIAL_CONTEXT

    def statement(self, start: int) -> None:
        """``define ...``."""
        self.declarations_over = True
        self.advance()
        private = self.kind() == "private"
        if private or self.kind() == "public":
            self.advance()
        fluent = self.kind() == "fluent" and self.kind(1) == "function"
        if fluent:
            self.advance()
        if self.accept("function"):
            self.statements.append(self._function(start, private, fluent))
            return
        name = self.identifier("the name of the definition")
        if self.kind() == "(":
            self.fail(
                Code.UNEXPECTED_TOKEN, f"Found `(` after the name {name.text}; expected `:`.", self.token,
                f"For a function write `define function {name.text}(...)`.",
            )  # fmt: skip
        self.colon(name, "define")
        value = self.expression()
        self.complete()
        self.statements.append(
            ExpressionDefinition(
                name=name.value,
                name_span=name.span,
                private=private,
                context=self.context_name,
                value=value,
                span=self.span(start),
            )
        )

    def _function(self, start: int, private: bool, fluent: bool) -> FunctionDefinition:
        if self.kind() in KEYWORDS and self.kind(1) == "(":
            name = self.advance()
        else:
            name = self.identifier("the name of the function")
        parameters = self._operands()
        returns = self.type_specifier() if self.accept_word("returns") else None
        self._colon_of_function(name)
        external = self.accept_word("external")
        value = None if external else self.expression()
        self.complete()
        return FunctionDefinition(
            name=name.value,
            name_span=name.span,
            private=private,
            context=self.context_name,
            parameters=parameters,
            returns=returns,
            value=value,
            fluent=fluent,
            span=self.span(start),
        )

    def _colon_of_function(self, name: Token) -> None:
        if self.accept(":"):
            return
        self.fail(
            Code.MISSING_COLON,
            f"`:` is missing after the parameters of {name.text}; found {describe(self.token)}.",
            self.tokens[self.pos - 1],
        )

    def _operands(self) -> tuple[tuple[str, TypeSpecifier], ...]:
        opener = self.expect("(", "`(` and the parameters of the function")
        operands: list[tuple[str, TypeSpecifier]] = []
        while self.kind() != ")":
            if operands:
                self.expect(",", "`,` or `)`")
            name = self.name("the name of a parameter")
            if self.kind() == ":":
                self.unexpected("a type", "A parameter's type follows its name without a colon.")
            operands.append((name.value, self.type_specifier()))
        self.close(opener)
        return tuple(operands)
