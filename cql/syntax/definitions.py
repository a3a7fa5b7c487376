"""Libraries and their definitions. An error in one definition does not hide the others."""

from __future__ import annotations

from typing import Final

from cql.errors import Diagnostic
from cql.syntax.diagnostics import Code, SourceText, describe
from cql.syntax.nodes import (
    CodeDefinition,
    CodeSystemDefinition,
    ConceptDefinition,
    ContextDefinition,
    ExpressionDefinition,
    FunctionDefinition,
    Identifier,
    IncludeDefinition,
    LibraryNode,
    Member,
    ParameterDefinition,
    TypeSpecifier,
    UsingDefinition,
    ValueSetDefinition,
)
from cql.syntax.operators import ExpressionParser
from cql.syntax.stream import SyntaxFault
from cql.syntax.tokens import DECLARATIONS, END, IDENTIFIER, KEYWORDS, TOP_LEVEL, Token

INITIAL_CONTEXT: Final = "Unfiltered"
"""The context of statements before the first ``context`` definition."""

_COLON: Final = {
    "define": "the expression",
    "codesystem": "the URI of the code system",
    "valueset": "the URI of the value set",
    "code": "the code",
    "concept": "the codes",
}


class LibraryParser(ExpressionParser):
    """The rule ``library`` and all definitions; collects what it reads in lists."""

    def __init__(self, tokens: list[Token], source: SourceText) -> None:
        super().__init__(tokens, source)
        self.diagnostics: list[Diagnostic] = []
        self.failed: set[str] = set()
        self.header: tuple[tuple[str, ...], str | None, str | None] = ((), None, None)
        self.usings: list[UsingDefinition] = []
        self.includes: list[IncludeDefinition] = []
        self.code_systems: list[CodeSystemDefinition] = []
        self.value_sets: list[ValueSetDefinition] = []
        self.codes: list[CodeDefinition] = []
        self.concepts: list[ConceptDefinition] = []
        self.parameters: list[ParameterDefinition] = []
        self.contexts: list[ContextDefinition] = []
        self.statements: list[ExpressionDefinition | FunctionDefinition] = []

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
        last = self.tokens[-1]
        first = self.tokens[0]
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
            span=first.span.to(last.span) if len(self.tokens) > 6 else first.span,
        )

    def _recover(self, start: int) -> None:
        """Go to the next definition after an error in the part begun at ``start``, and note whose definition failed."""
        self.depth = 0
        self.failed.update(self._name_declared(start))
        if self.pos == start:
            self.advance()
        while self.kind() != END and not self.at_definition():
            self.pos += 1

    def _name_declared(self, start: int) -> tuple[str, ...]:
        position = start
        while self.tokens[position].kind in KEYWORDS and position < start + 4:
            position += 1
        token = self.tokens[position]
        return (token.value,) if token.kind == IDENTIFIER and position > start else ()

    def _part(self) -> None:
        start = self.pos
        kind = self.kind()
        if kind not in TOP_LEVEL:
            self._no_definition()
        private: bool | None = None
        if kind in ("public", "private"):
            private = self.advance().kind == "private"
            kind = self.kind()
            if kind not in ("parameter", "codesystem", "valueset", "code", "concept"):
                hint = "Write `define private` instead." if kind == "define" else None
                self.unexpected("a declaration after the access modifier", hint)
        if kind in DECLARATIONS:
            self._declaration(kind, start, bool(private))
        elif kind == "library":
            self._library_header(start)
        elif kind == "context":
            self._context(start)
        else:
            self._statement(start)

    def _no_definition(self) -> None:
        """Fail where a definition should begin; a misspelt keyword is found even if it was read as an alias."""
        previous = self.tokens[self.pos - 1] if self.pos else None
        misspelt = self.misspelling((*DECLARATIONS, "define", "context", "library"))
        if misspelt is not None:
            token, meant = misspelt
            before = self.tokens[self.tokens.index(token) - 1] if token is not self.tokens[0] else None
            if before is None or before.end_line < token.line:
                self.fail(
                    Code.UNKNOWN_DEFINITION, f"`{token.text}` does not begin a definition.", token,
                    f"Did you mean `{meant}`?",
                )  # fmt: skip
        if previous is None:
            self.unexpected("a definition, such as `define Name: expression`")
        self.unexpected("an operator or the next definition")

    # --- the library and what it uses -------------------------------------------------------------

    def _library_header(self, start: int) -> None:
        keyword = self.advance()
        if start > 0:
            self._misplaced(keyword, "the `library` line comes first, and only once")
        *qualifiers, name = self._qualified_name_parts("the name of the library")
        self.header = (tuple(qualifiers), name, self._version())

    def _qualified_name_parts(self, wanted: str) -> list[str]:
        names = [self.identifier(wanted).value]
        while self.accept("."):
            names.append(self.identifier(wanted).value)
        return names

    def _version(self) -> str | None:
        return self.string("the version, in single quotes") if self.accept("version") else None

    def _using(self, start: int) -> None:
        *qualifiers, name = self._qualified_name_parts("the name of a data model, such as FHIR")
        version = self._version()
        alias = self.identifier("a name after `called`").value if self.accept("called") else None
        self.usings.append(
            UsingDefinition(
                qualifiers=tuple(qualifiers), name=name, version=version, alias=alias, span=self.span(start)
            )
        )

    def _include(self, start: int) -> None:
        *qualifiers, name = self._qualified_name_parts("the name of the library to include")
        version = self._version()
        alias = self.identifier("a name after `called`").value if self.accept("called") else name
        self.includes.append(
            IncludeDefinition(
                qualifiers=tuple(qualifiers), name=name, version=version, alias=alias, span=self.span(start)
            )
        )

    def _misplaced(self, keyword: Token, rule: str) -> None:
        """Record that a part stands at the wrong place; it is read all the same."""
        message = f"`{keyword.text}` stands at the wrong place: {rule}."
        self.diagnostics.append(self.source.diagnostic(Code.OUT_OF_ORDER, message, keyword.span))

    # --- declarations -----------------------------------------------------------------------------

    def _declaration(self, kind: str, start: int, private: bool) -> None:
        keyword = self.advance()
        if self.statements or self.contexts:
            self._misplaced(keyword, "declarations come before the first `context` and `define`")
        match kind:
            case "using":
                self._using(start)
            case "include":
                self._include(start)
            case "parameter":
                self._parameter(start, private)
            case "codesystem":
                self._code_system(start, private)
            case "valueset":
                self._value_set(start, private)
            case "code":
                self._code(start, private)
            case _:
                self._concept(start, private)

    def _name_and_colon(self, keyword: str) -> Token:
        name = self.identifier(f"the name of the {keyword}" if keyword != "define" else "the name of the definition")
        self._colon(name, keyword)
        return name

    def _colon(self, name: Token, keyword: str) -> None:
        if self.accept(":"):
            return
        if self.kind() == "=":
            self.unexpected(f"`:` after the name {name.text}", f"Write `{keyword} {name.text}: ...`.")
        if self.kind() == IDENTIFIER and self.kind(1) == ":" and not name.quoted and not self.token.quoted:
            self.unexpected("`:`", f'A name with spaces is quoted: "{name.text} {self.token.text}".')
        last = self.tokens[self.pos - 1]
        self.fail(
            Code.MISSING_COLON,
            f"`:` is missing after {name.text}; found {describe(self.token)}.",
            last,
            f"Write `{keyword} {name.text}:` and then {_COLON[keyword]}.",
        )

    def _parameter(self, start: int, private: bool) -> None:
        name = self.identifier("the name of the parameter")
        declared: TypeSpecifier | None = None
        if self.kind() == ":":
            self.unexpected("a type or `default`", "A parameter's type follows its name without a colon.")
        if self.kind() not in ("default", END) and not self.at_definition():
            declared = self.type_specifier()
        default = self.expression() if self.accept("default") else None
        self.parameters.append(
            ParameterDefinition(
                name=name.value,
                name_span=name.span,
                private=private,
                type=declared,
                default=default,
                span=self.span(start),
            )
        )

    def _code_system(self, start: int, private: bool) -> None:
        name = self._name_and_colon("codesystem")
        uri = self.string("the URI of the code system, in single quotes")
        version = self._version()
        self.code_systems.append(
            CodeSystemDefinition(
                name=name.value, name_span=name.span, private=private, id=uri, version=version, span=self.span(start)
            )
        )

    def _value_set(self, start: int, private: bool) -> None:
        name = self._name_and_colon("valueset")
        uri = self.string("the URI of the value set, in single quotes")
        version = self._version()
        systems = self._references("the name of a code system") if self.accept("codesystems") else ()
        self.value_sets.append(
            ValueSetDefinition(
                name=name.value,
                name_span=name.span,
                private=private,
                id=uri,
                version=version,
                code_systems=systems,
                span=self.span(start),
            )
        )

    def _references(self, wanted: str) -> tuple[Identifier | Member, ...]:
        """``{ a, b }``."""
        opener = self.expect("{", f"`{{` and {wanted}")
        references = [self.reference(wanted)]
        while self.accept(","):
            references.append(self.reference(wanted))
        self.close(opener)
        return tuple(references)

    def _code(self, start: int, private: bool) -> None:
        name = self._name_and_colon("code")
        code = self.string("the code, in single quotes")
        self.expect("from", "`from` and the code system")
        system = self.reference("the name of a code system")
        display = self.display()
        self.codes.append(
            CodeDefinition(
                name=name.value,
                name_span=name.span,
                private=private,
                id=code,
                system=system,
                display=display,
                span=self.span(start),
            )
        )

    def _concept(self, start: int, private: bool) -> None:
        name = self._name_and_colon("concept")
        codes = self._references("the name of a code")
        display = self.display()
        self.concepts.append(
            ConceptDefinition(
                name=name.value,
                name_span=name.span,
                private=private,
                codes=codes,
                display=display,
                span=self.span(start),
            )
        )

    # --- statements -------------------------------------------------------------------------------

    def _context(self, start: int) -> None:
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

    def _statement(self, start: int) -> None:
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
        self._colon(name, "define")
        value = self.expression()
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
            operands.append((name.value, self.type_specifier()))
        self.close(opener)
        return tuple(operands)
