"""What a library declares before its statements: models, included libraries, terminology, parameters."""

from __future__ import annotations

from typing import Final

from cql.errors import Diagnostic
from cql.syntax.diagnostics import Code, SourceText, describe
from cql.syntax.nodes import (
    CodeDefinition,
    CodeSystemDefinition,
    ConceptDefinition,
    Identifier,
    IncludeDefinition,
    Member,
    ParameterDefinition,
    TypeSpecifier,
    UsingDefinition,
    ValueSetDefinition,
)
from cql.syntax.operators import ExpressionParser
from cql.syntax.tokens import END, IDENTIFIER, TOP_LEVEL, Token

_AFTER_COLON: Final = {
    "define": "the expression",
    "codesystem": "the URI of the code system",
    "valueset": "the URI of the value set",
    "code": "the code",
    "concept": "the codes",
}


class DeclarationParser(ExpressionParser):
    """The rule ``definition``; collects what it reads in one list per kind."""

    def __init__(self, tokens: list[Token], source: SourceText) -> None:
        super().__init__(tokens, source)
        self.diagnostics: list[Diagnostic] = []
        self.header: tuple[tuple[str, ...], str | None, str | None] = ((), None, None)
        self.usings: list[UsingDefinition] = []
        self.includes: list[IncludeDefinition] = []
        self.code_systems: list[CodeSystemDefinition] = []
        self.value_sets: list[ValueSetDefinition] = []
        self.codes: list[CodeDefinition] = []
        self.concepts: list[ConceptDefinition] = []
        self.parameters: list[ParameterDefinition] = []
        self.declarations_over = False

    # --- the library and what it uses -------------------------------------------------------------

    def library_header(self, start: int) -> None:
        """``library Name version '1'``."""
        keyword = self.advance()
        if start > 0:
            self.misplaced(keyword, "the `library` line comes first, and only once")
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
        if self.kind() == "as":
            self.unexpected("`called` or the next definition", "Write `called`.")
        alias = self.identifier("a name after `called`").value if self.accept("called") else name
        self.includes.append(
            IncludeDefinition(
                qualifiers=tuple(qualifiers), name=name, version=version, alias=alias, span=self.span(start)
            )
        )

    def misplaced(self, keyword: Token, rule: str) -> None:
        """Record that a part stands at the wrong place; it is read all the same."""
        message = f"`{keyword.text}` stands at the wrong place: {rule}."
        self.diagnostics.append(self.source.diagnostic(Code.OUT_OF_ORDER, message, keyword.span))

    # --- declarations -----------------------------------------------------------------------------

    def declaration(self, kind: str, start: int, private: bool) -> None:
        """One declaration; its access modifier, if any, is read already."""
        keyword = self.advance()
        if self.declarations_over:
            self.misplaced(keyword, "declarations come before the first `context` and `define`")
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
        self.colon(name, keyword)
        return name

    def colon(self, name: Token, keyword: str) -> None:
        """The colon after the name of a definition."""
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
            f"Write `{keyword} {name.text}:` and then {_AFTER_COLON[keyword]}.",
        )

    def _parameter(self, start: int, private: bool) -> None:
        name = self.identifier("the name of the parameter")
        declared: TypeSpecifier | None = None
        if self.kind() == ":":
            self.unexpected("a type or `default`", "A parameter's type follows its name without a colon.")
        if self.kind() not in ("default", END) and not self.at_definition():
            declared = self.type_specifier()
        default = self.expression() if self.accept("default") else None
        self.complete()
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

    def complete(self) -> None:
        """Fail if the expression just read goes on with something that has no meaning.

        A name at the beginning of a line is left alone: it may be a misspelt keyword of the next definition.
        """
        token = self.token
        if token.kind == END or token.kind in TOP_LEVEL:
            return
        if (
            token.kind == IDENTIFIER
            and self.last_alias != self.pos - 1
            and self.tokens[self.pos - 1].end_line < token.line
        ):
            return
        self.unexpected("an operator or the next definition")
