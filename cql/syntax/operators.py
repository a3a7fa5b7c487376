"""Expressions: precedence climbing over two tables, what may begin an expression and what may follow an operand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from cql.syntax import precedence as p
from cql.syntax.diagnostics import Code, describe
from cql.syntax.nodes import (
    As,
    Between,
    Binary,
    BooleanLiteral,
    DateLiteral,
    DateTimeLiteral,
    DurationBetween,
    DurationOf,
    Expression,
    Identifier,
    Index,
    Indexer,
    Is,
    LongLiteral,
    Member,
    NullLiteral,
    StringLiteral,
    This,
    TimeLiteral,
    Total,
    Unary,
)
from cql.syntax.terms import MAX_CHAIN
from cql.syntax.timing import TimingParser
from cql.syntax.tokens import (
    DATE,
    DATETIME,
    DECIMAL,
    IDENTIFIER,
    INTEGER,
    KEYWORD_NAMES,
    LONG,
    PLURAL_PRECISIONS,
    SINGULAR_PRECISIONS,
    STRING,
    TIME,
    Token,
)

_AN_OPERAND: Final = "an expression"


class ExpressionParser(TimingParser):
    """The rules ``expression`` and ``expressionTerm``."""

    def expression(self, minimum: int = 0) -> Expression:
        """An expression whose operators bind at least as tightly as ``minimum`` (see ``precedence``)."""
        self.enter()
        start = self.pos
        tokens = self.tokens
        kind = tokens[start].kind
        wide = WIDE.get(kind)
        is_term = wide is None
        if wide is not None:
            if minimum >= p.TERM and not self._is_term_after_all():
                self.fail(
                    Code.NEEDS_PARENTHESES,
                    f"What begins with {describe(self.token)} must stand in parentheses here.",
                    self.token,
                )
            left = wide(self)
            is_term = type(left) is DurationOf
        else:
            narrow = NARROW.get(kind)
            if narrow is None:
                self._no_operand()
            left = narrow(self)
        if minimum < p.TERM and tokens[self.pos].kind == IDENTIFIER and self._is_query_source(kind, left):
            left = self.query_over(left, start)
            is_term = False
        links = 0
        while True:
            kind = tokens[self.pos].kind
            follower = FOLLOWERS.get(kind)
            if follower is None:
                break
            binding, parse = follower
            if kind == "properly" and self.kind(1) == "between":
                binding, parse = FOLLOWERS["between"]
            if binding < minimum:
                break
            if binding < p.TERM:
                is_term = False
            elif not is_term:
                self._needs_parentheses(kind, left)
            left = parse(self, left, start)
            links += 1
            if links > MAX_CHAIN:
                self.too_long("an operator", "Move parts into definitions of their own.")
        self.depth -= 1
        return left

    def _is_term_after_all(self) -> bool:
        """``duration in days of X`` is a term, ``duration in days between X and Y`` is not."""
        return self.kind() in ("duration", "difference") and self.kind(3) == "of"

    def _is_query_source(self, kind: str, left: Expression) -> bool:
        return kind in ("(", "[") or type(left) in (Identifier, Member)

    def _no_operand(self) -> NoReturn:
        token = self.token
        if token.kind == ".":
            self.unexpected(_AN_OPERAND, "A decimal needs a digit before its point: `0.5`.")
        if token.kind in SINGULAR_PRECISIONS:
            self.unexpected(
                _AN_OPERAND, f'A component is taken with `{token.text} from X`; a name is quoted: "{token.text}".'
            )
        self.unexpected(_AN_OPERAND)

    def _needs_parentheses(self, kind: str, left: Expression) -> NoReturn:
        self.fail(
            Code.NEEDS_PARENTHESES,
            f"`{kind}` cannot follow this expression without parentheses around it.",
            left.span,
            "Put the marked part in parentheses.",
        )

    # --- beginnings -------------------------------------------------------------------------------

    def literal(self) -> Expression:
        """Literals and variables that are one token."""
        token = self.advance()
        return _LITERALS[token.kind](token)

    def prefixed(self) -> Expression:
        """``not X`` and ``exists X``."""
        start = self.pos
        operator = self.advance().kind
        operand = self.expression(p.NOT if operator == "not" else p.EXISTS)
        return Unary(operator=operator, operand=operand, span=self.span(start))

    def cast(self) -> Expression:
        """``cast X as Type``."""
        start = self.pos
        self.advance()
        operand = self.expression(p.TEST)
        self.expect("as", "`as` and a type")
        target = self.type_specifier()
        return As(operand=operand, type=target, strict=True, span=self.span(start))

    def duration(self) -> Expression:
        """``days between A and B``, ``duration in days between|of ...``, ``difference in days between|of ...``."""
        start = self.pos
        if self._is_term_after_all():
            return self.duration_of()
        difference = self.kind() == "difference"
        if self.kind() in ("duration", "difference"):
            word = self.advance().kind
            self.expect("in", f"`in` after `{word}`, as in `{word} in days between A and B`")
        precision = self.plural_precision()
        self.expect("between", "`between` (or `of`, after `duration in` and `difference in`)")
        low, high = self._bounds()
        return DurationBetween(precision=precision, low=low, high=high, difference=difference, span=self.span(start))

    def _bounds(self) -> tuple[Expression, Expression]:
        low = self.expression(p.TERM)
        self.expect("and", "`and` and the second value of `between`")
        return low, self.expression(p.TERM)

    # --- continuations ----------------------------------------------------------------------------

    def index(self, left: Expression, start: int) -> Expression:
        """``X[i]``."""
        opener = self.advance()
        index = self.expression()
        self.close(opener)
        return Indexer(operand=left, index=index, span=self.span(start))

    def binary(self, left: Expression, start: int) -> Expression:
        """All infix operators with two operands; all of them group to the left."""
        token = self.advance()
        operator = "union" if token.kind == "|" else token.kind
        right = self.expression(FOLLOWERS[token.kind][0] + 1)
        return Binary(operator=operator, left=left, right=right, operator_span=token.span, span=self.span(start))

    def membership(self, left: Expression, start: int) -> Expression:
        """``in`` and ``contains``, with a precision or without."""
        first = self.pos
        operator = self.advance().kind
        precision = self.precision_of()
        operator_span = self.span(first)
        right = self.expression(p.MEMBERSHIP + 1)
        return Binary(
            operator=operator,
            left=left,
            right=right,
            operator_span=operator_span,
            precision=precision,
            span=self.span(start),
        )

    def between(self, left: Expression, start: int) -> Expression:
        """``X [properly] between A and B``."""
        proper = self.accept("properly")
        self.advance()
        low, high = self._bounds()
        return Between(value=left, low=low, high=high, proper=proper, span=self.span(start))

    def is_(self, left: Expression, start: int) -> Expression:
        """``X is [not] null|true|false`` and ``X is Type``."""
        self.advance()
        negated = self.accept("not")
        if self.kind() in ("null", "true", "false"):
            operator = f"is {'not ' if negated else ''}{self.advance().kind}"
            return Unary(operator=operator, operand=left, span=self.span(start))
        if negated:
            self.unexpected("`null`, `true` or `false` after `is not`", "For a type write `not (X is Type)`.")
        return Is(operand=left, type=self.type_specifier(), span=self.span(start))

    def as_(self, left: Expression, start: int) -> Expression:
        """``X as Type``."""
        self.advance()
        return As(operand=left, type=self.type_specifier(), strict=False, span=self.span(start))


_LITERALS: Final[dict[str, Callable[[Token], Expression]]] = {
    "null": lambda t: NullLiteral(span=t.span),
    "true": lambda t: BooleanLiteral(value=True, span=t.span),
    "false": lambda t: BooleanLiteral(value=False, span=t.span),
    STRING: lambda t: StringLiteral(value=t.value, span=t.span),
    LONG: lambda t: LongLiteral(text=t.value, span=t.span),
    DATE: lambda t: DateLiteral(text=t.value, span=t.span),
    DATETIME: lambda t: DateTimeLiteral(text=t.value, span=t.span),
    TIME: lambda t: TimeLiteral(text=t.value, span=t.span),
    "$this": lambda t: This(span=t.span),
    "$index": lambda t: Index(span=t.span),
    "$total": lambda t: Total(span=t.span),
}

_Beginning = Callable[[ExpressionParser], Expression]
_Continuation = Callable[[ExpressionParser, Expression, int], Expression]

WIDE: Final[dict[str, _Beginning]] = {
    "[": ExpressionParser.retrieve,
    "from": ExpressionParser.from_query,
    "not": ExpressionParser.prefixed,
    "exists": ExpressionParser.prefixed,
    "cast": ExpressionParser.cast,
    **dict.fromkeys(("duration", "difference", *PLURAL_PRECISIONS), ExpressionParser.duration),
}
"""What begins an ``expression`` but no ``expressionTerm``."""

NARROW: Final[dict[str, _Beginning]] = {
    **dict.fromkeys((IDENTIFIER, *KEYWORD_NAMES), ExpressionParser.named),
    **dict.fromkeys(_LITERALS, ExpressionParser.literal),
    **dict.fromkeys((INTEGER, DECIMAL), ExpressionParser.number),
    "(": ExpressionParser.parenthesised,
    "{": ExpressionParser.braces,
    "%": ExpressionParser.external_constant,
    "Interval": ExpressionParser.interval_selector,
    "List": ExpressionParser.list_selector,
    "Tuple": ExpressionParser.tuple_selector,
    "Code": ExpressionParser.code_or_instance,
    "Concept": ExpressionParser.concept_or_instance,
    **dict.fromkeys(("start", "end", "width", "successor", "predecessor"), ExpressionParser.keyword_of),
    **dict.fromkeys(("singleton", "point"), ExpressionParser.keyword_from),
    **dict.fromkeys(SINGULAR_PRECISIONS, ExpressionParser.component),
    **dict.fromkeys(("+", "-"), ExpressionParser.sign),
    **dict.fromkeys(("distinct", "flatten"), ExpressionParser.list_operator),
    **dict.fromkeys(("collapse", "expand"), ExpressionParser.per_operator),
    **dict.fromkeys(("minimum", "maximum"), ExpressionParser.extent),
    "convert": ExpressionParser.convert,
    "if": ExpressionParser.if_,
    "case": ExpressionParser.case,
}
"""What begins an ``expressionTerm``."""


def _binaries(binding: int, *operators: str) -> dict[str, tuple[int, _Continuation]]:
    return dict.fromkeys(operators, (binding, ExpressionParser.binary))


FOLLOWERS: Final[dict[str, tuple[int, _Continuation]]] = {
    ".": (p.POSTFIX, ExpressionParser.member),
    "[": (p.POSTFIX, ExpressionParser.index),
    **_binaries(p.POWER, "^"),
    **_binaries(p.MULTIPLICATION, "*", "/", "div", "mod"),
    **_binaries(p.ADDITION, "+", "-", "&"),
    "is": (p.TEST, ExpressionParser.is_),
    "as": (p.TYPE, ExpressionParser.as_),
    "between": (p.BETWEEN, ExpressionParser.between),
    **_binaries(p.COMPARISON, "<", "<=", ">", ">="),
    **dict.fromkeys(
        (
            "starts", "ends", "occurs", "same", "properly", "includes", "during", "included in", "before", "after",
            "on or", "within", "meets", "overlaps", "less than", "more than", INTEGER, DECIMAL,
        ),
        (p.TIMING, ExpressionParser.timing),
    ),
    **_binaries(p.EQUALITY, "=", "!=", "~", "!~"),
    **dict.fromkeys(("in", "contains"), (p.MEMBERSHIP, ExpressionParser.membership)),
    **_binaries(p.AND, "and"),
    **_binaries(p.OR, "or", "xor"),
    **_binaries(p.IMPLIES, "implies"),
    **_binaries(p.SET, "|", "union", "intersect", "except"),
}  # fmt: skip
"""What follows an operand: how tightly it binds and how it is read."""
