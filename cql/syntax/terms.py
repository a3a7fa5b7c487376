"""Terms: names, members and calls, operators in words (``start of``, ``date from``), ``if``, ``case``, ``convert``."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NoReturn

from cql.syntax.diagnostics import Code
from cql.syntax.literals import LiteralParser
from cql.syntax.nodes import (
    Call,
    Case,
    Component,
    Convert,
    DurationOf,
    Expression,
    ExternalConstant,
    Identifier,
    If,
    Member,
    NamedTypeSpecifier,
    PerExpression,
    QuantityLiteral,
    TypeExtent,
    Unary,
)
from cql.syntax.precedence import UNARY
from cql.syntax.tokens import (
    CALENDAR_UNITS,
    IDENTIFIER,
    KEYWORD_NAMES,
    KEYWORDS,
    PLURAL_PRECISIONS,
    SINGULAR_PRECISIONS,
    STRING,
    TOP_LEVEL,
    Token,
)

MAX_CHAIN: Final = 400
"""Operators in a row (``a + b + c ...``) and ``else if`` in a row: each link makes the tree one level deeper."""

_COMPONENTS: Final = frozenset({"date", "time", "timezone", "timezoneoffset"})


class TermParser(LiteralParser):
    """The grammar's ``term`` and the prefix forms of ``expressionTerm``."""

    # --- names, members, calls --------------------------------------------------------------------

    def named(self) -> Expression:
        """A name and the members after it, a call, or an instance selector; also ``timezone from X``."""
        start = self.pos
        token = self.tokens[start]
        following = self.tokens[start + 1].kind
        if token.kind in KEYWORD_NAMES and self.at_definition():
            self.unexpected("an expression")
        if following == "from" and token.text in _COMPONENTS:
            return self.component()
        self.pos += 1
        if following == "(":
            arguments = self._arguments()
            return Call(source=None, name=token.value, name_span=token.span, arguments=arguments, span=self.span(start))
        result: Expression = Identifier(name=token.value, quoted=token.quoted, span=token.span)
        while self.tokens[self.pos].kind == ".":
            result = self.member(result, start)
            if type(result) is Call:
                return result
            if self.pos - start > 2 * MAX_CHAIN:
                self.too_long("`.`", "Move parts into definitions of their own.")
        if self.tokens[self.pos].kind == "{":
            return self._instance(start)
        return result

    def member(self, source: Expression, start: int) -> Expression:
        """``.name`` or ``.name(...)`` after ``source``, which began at token ``start``. Any keyword will do here."""
        self.pos += 1
        token = self.tokens[self.pos]
        next_definition = token.kind in TOP_LEVEL and token.line > self.tokens[self.pos - 1].line
        if (token.kind != IDENTIFIER and token.kind not in KEYWORDS) or next_definition:
            self.unexpected("the name of a property or function after `.`")
        self.pos += 1
        if self.tokens[self.pos].kind == "(":
            arguments = self._arguments()
            return Call(
                source=source, name=token.value, name_span=token.span, arguments=arguments, span=self.span(start)
            )
        return Member(source=source, name=token.value, name_span=token.span, span=self.span(start))

    def _arguments(self) -> tuple[Expression, ...]:
        opener = self.advance()
        if self.accept(")"):
            return ()
        arguments = [self.expression()]
        while self.accept(","):
            arguments.append(self.expression())
        self.close(opener)
        return tuple(arguments)

    def _instance(self, start: int) -> Expression:
        """The name just read is a type's: read it again as such, then the elements."""
        self.pos = start
        return self.instance_selector(self.named_type(), start)

    def code_or_instance(self) -> Expression:
        """``Code 'x' from S`` or the instance selector ``Code { ... }``."""
        if self.kind(1) == STRING:
            return self.code_selector()
        return self._typed_instance("a code in single quotes, or `{`")

    def concept_or_instance(self) -> Expression:
        """``Concept { Code ... }`` or the instance selector ``Concept { codes: ... }``."""
        if self.kind(1) == "{" and self.kind(2) == "Code":
            return self.concept_selector()
        return self._typed_instance("`{`")

    def _typed_instance(self, wanted: str) -> Expression:
        start = self.pos
        keyword = self.advance()
        if self.kind() != "{":
            self.unexpected(f"{wanted} after `{keyword.text}`")
        name = NamedTypeSpecifier(qualifiers=(), name=keyword.value, span=keyword.span)
        return self.instance_selector(name, start)

    def external_constant(self) -> Expression:
        """``%name``, ``%"name"`` or ``%'name'``."""
        start = self.pos
        self.advance()
        name = self.advance().value if self.kind() == STRING else self.identifier("a name after `%`").value
        return ExternalConstant(name=name, span=self.span(start))

    def parenthesised(self) -> Expression:
        """``( ... )``: only nesting, no node of its own."""
        opener = self.advance()
        inner = self.expression()
        self.close(opener)
        return inner

    # --- operators in words -----------------------------------------------------------------------

    def keyword_of(self) -> Expression:
        """``start of X``, ``width of X`` ...; without ``of`` the word is a name."""
        if self.kind(1) != "of":
            return self.named()
        start = self.pos
        operator = f"{self.advance().text} of"
        self.advance()
        return Unary(operator=operator, operand=self.expression(UNARY), span=self.span(start))

    def keyword_from(self) -> Expression:
        """``singleton from X`` and ``point from X``."""
        start = self.pos
        word = self.advance().text
        self.expect("from", f"`from` after `{word}`")
        return Unary(operator=f"{word} from", operand=self.expression(UNARY), span=self.span(start))

    def component(self) -> Expression:
        """``year from X``, ``date from X``, ``timezoneoffset from X``."""
        start = self.pos
        word = self.advance().text
        if self.kind() != "from":
            self.unexpected(f"`from` after `{word}`", f"Write `{word} from X`; after a timing operator `{word} of X`.")
        self.advance()
        return Component(component=word, operand=self.expression(UNARY), span=self.span(start))

    def sign(self) -> Expression:
        """``+X`` and ``-X``."""
        start = self.pos
        operator = self.advance().kind
        return Unary(operator=operator, operand=self.expression(UNARY), span=self.span(start))

    def list_operator(self) -> Expression:
        """``distinct X`` and ``flatten X``: they take the whole expression that follows."""
        start = self.pos
        operator = self.advance().kind
        return Unary(operator=operator, operand=self.expression(), span=self.span(start))

    def per_operator(self) -> Expression:
        """``collapse X [per p]`` and ``expand X [per p]``."""
        start = self.pos
        operator = self.advance().kind
        operand = self.expression()
        if not self.accept("per"):
            return Unary(operator=operator, operand=operand, span=self.span(start))
        token = self.token
        per: Expression
        if token.kind in CALENDAR_UNITS and self.kind(1) not in ("from", "between"):
            self.advance()
            per = QuantityLiteral(value=Decimal(1), unit=token.value, is_calendar=True, span=token.span)
        else:
            per = self.expression()
        return PerExpression(operator=operator, operand=operand, per=per, span=self.span(start))

    def extent(self) -> Expression:
        """``minimum Integer`` and ``maximum Integer``."""
        start = self.pos
        word = self.advance().kind
        return TypeExtent(extent=word, type=self.named_type(), span=self.span(start))

    def plural_precision(self) -> str:
        """``days`` and the like, as ``day``."""
        token: Token = self.token
        if token.kind in PLURAL_PRECISIONS:
            return PLURAL_PRECISIONS[self.advance().kind]
        hint = f"Write `{token.kind}s`." if token.kind in SINGULAR_PRECISIONS else None
        return self.unexpected("a precision in the plural, such as `days`", hint)

    def duration_of(self) -> Expression:
        """``duration in days of X`` and ``difference in days of X``."""
        start = self.pos
        word = self.advance().kind
        self.expect("in", f"`in` after `{word}`, as in `{word} in days between A and B`")
        precision = self.plural_precision()
        self.expect("of", "`between` or `of`")
        interval = self.expression(UNARY)
        return DurationOf(
            precision=precision, interval=interval, difference=word == "difference", span=self.span(start)
        )

    def convert(self) -> Expression:
        """``convert X to Type``, ``convert X to 'unit'``, ``convert X to days``."""
        start = self.pos
        self.advance()
        operand = self.expression()
        self.expect("to", "`to` and the type or unit to convert to")
        if self.kind() == STRING or self.kind() in CALENDAR_UNITS:
            return Convert(operand=operand, type=None, unit=self.advance().value, span=self.span(start))
        target = self.type_specifier()
        return Convert(operand=operand, type=target, unit=None, span=self.span(start))

    # --- conditionals -----------------------------------------------------------------------------

    def if_(self) -> Expression:
        """``if c then a else b``. A chain of ``else if`` is read in a loop, as it may be long."""
        branches: list[tuple[int, Expression, Expression]] = []
        while self.kind() == "if":
            start = self.pos
            self.advance()
            condition = self.expression()
            self.expect("then", "`then`")
            value = self.expression()
            self.expect("else", "`else`: every `if` needs one")
            branches.append((start, condition, value))
            if len(branches) > MAX_CHAIN:
                self.too_long("`else if`", "Use `case`.")
        result = self.expression()
        for start, condition, value in reversed(branches):
            result = If(condition=condition, then=value, otherwise=result, span=self.span(start))
        return result

    def case(self) -> Expression:
        """``case when c then a ... else b end`` and ``case X when v then a ... else b end``."""
        start = self.pos
        self.advance()
        comparand = None if self.kind() == "when" else self.expression()
        items: list[tuple[Expression, Expression]] = []
        while self.accept("when"):
            condition = self.expression()
            self.expect("then", "`then`")
            items.append((condition, self.expression()))
        if not items:
            self.unexpected("`when`")
        self.expect("else", "`when` or `else`: every `case` needs an `else`")
        otherwise = self.expression()
        self.expect("end", "`end` to close `case`")
        return Case(comparand=comparand, items=tuple(items), otherwise=otherwise, span=self.span(start))

    def too_long(self, what: str, hint: str) -> NoReturn:
        """Fail for a chain of more than ``MAX_CHAIN`` links."""
        self.fail(Code.TOO_DEEP, f"More than {MAX_CHAIN} times {what} in a row.", self.token, hint)
