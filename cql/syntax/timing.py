"""Timing phrases: ``starts 3 days or more before start of``, ``during``, ``same month as``, ``within 3 days of`` ..."""

from __future__ import annotations

from typing import Final

from cql.syntax.nodes import (
    BeforeAfterPhrase,
    EndsPhrase,
    Expression,
    IncludedInPhrase,
    IncludesPhrase,
    MeetsPhrase,
    OverlapsPhrase,
    QuantityLiteral,
    SamePhrase,
    StartsPhrase,
    Timing,
    TimingPhrase,
    WithinPhrase,
)
from cql.syntax.precedence import TIMING
from cql.syntax.queries import QueryParser
from cql.syntax.tokens import (
    CALENDAR_UNITS,
    DECIMAL,
    END,
    IDENTIFIER,
    INTEGER,
    KEYWORD_NAMES,
    SINGULAR_PRECISIONS,
    STRING,
)

_BOUNDARIES: Final = {"starts": "start", "ends": "end"}
_OPERAND_STARTS: Final = frozenset(
    {
        "[", "(", "{", "not", "exists", "cast", "if", "case", "Interval", "List", "Tuple", "Code", "Concept",
        "null", "true", "false", "minimum", "maximum", "convert", "distinct", "flatten", "collapse", "expand",
        "singleton", "point", "duration", "difference", "from", "IDENTIFIER", "STRING", "INTEGER", "LONG",
        "DECIMAL", "DATE", "DATETIME", "TIME", "$this", "$index", "$total", "%",
    }
)  # fmt: skip
"""Tokens that surely begin an operand, so that ``start`` or ``end`` before them is a boundary and not a name."""


class TimingParser(QueryParser):
    """The rule ``intervalOperatorPhrase``."""

    def timing(self, left: Expression, start: int) -> Expression:
        """The phrase and the right operand, after ``left``, which began at token ``start``."""
        first = self.pos
        left_boundary: str | None = None
        phrase: TimingPhrase | None = None
        if self.kind() in ("starts", "ends", "occurs"):
            word = self.kind()
            if word == "occurs" or self._continues_phrase():
                self.advance()
                left_boundary = _BOUNDARIES.get(word)
            else:
                phrase = self._starts_or_ends(first)
        if phrase is None:
            phrase = self._phrase(first)
        operator_span = self.span(first)
        right_boundary = self._right_boundary(phrase)
        right = self.expression(TIMING + 1)
        return Timing(
            left=left,
            right=right,
            phrase=phrase,
            operator_span=operator_span,
            left_boundary=left_boundary,
            right_boundary=right_boundary,
            span=self.span(start),
        )

    def _continues_phrase(self) -> bool:
        """Whether ``starts``/``ends`` is the left boundary of a longer phrase (``starts before``)."""
        kind = self.kind(1)
        if kind in (INTEGER, DECIMAL):  # "starts 3 days before X"
            unit = 1 if self.kind(2) == STRING or self.kind(2) in CALENDAR_UNITS else 0
            return self.kind(2 + unit) in ("or more", "or less", "on or", "before", "after")
        return kind in (
            "same", "properly", "during", "included in", "before", "after", "on or", "within", "less than", "more than",
        )  # fmt: skip

    def _starts_or_ends(self, first: int) -> TimingPhrase:
        word = self.advance().kind
        precision = self.precision_of()
        if word == "starts":
            return StartsPhrase(precision=precision, span=self.span(first))
        return EndsPhrase(precision=precision, span=self.span(first))

    def _phrase(self, first: int) -> TimingPhrase:
        match self.kind():
            case "same":
                return self._same(first)
            case "properly" | "includes" | "during" | "included in" | "within":
                return self._inclusion(first)
            case "meets":
                direction, precision = self._direction_and_precision()
                return MeetsPhrase(direction=direction, precision=precision, span=self.span(first))
            case "overlaps":
                direction, precision = self._direction_and_precision()
                return OverlapsPhrase(direction=direction, precision=precision, span=self.span(first))
            case _:
                return self._before_or_after(first)

    def _same(self, first: int) -> SamePhrase:
        self.advance()
        precision = self.advance().kind if self.kind() in SINGULAR_PRECISIONS else None
        relation = self.kind()
        if relation not in ("as", "or before", "or after"):
            self.unexpected("`as`, `or before` or `or after`" if precision else "a precision such as `day`, or `as`")
        self.advance()
        return SamePhrase(relation=relation, precision=precision, span=self.span(first))

    def _inclusion(self, first: int) -> TimingPhrase:
        proper = self.accept("properly")
        if self.accept("within"):
            offset = self.quantity()
            self.expect("of", "`of` after `within` and its quantity")
            return WithinPhrase(proper=proper, offset=offset, span=self.span(first))
        if self.accept("includes"):
            precision = self.precision_of()
            return IncludesPhrase(proper=proper, precision=precision, span=self.span(first))
        if self.kind() not in ("during", "included in"):
            self.unexpected("`includes`, `included in`, `during`, `within` or `between` after `properly`")
        self.advance()
        precision = self.precision_of()
        return IncludedInPhrase(proper=proper, precision=precision, span=self.span(first))

    def _direction_and_precision(self) -> tuple[str | None, str | None]:
        self.advance()
        direction = self.advance().kind if self.kind() in ("before", "after") else None
        return direction, self.precision_of()

    def _before_or_after(self, first: int) -> BeforeAfterPhrase:
        offset, relation = self._offset()
        inclusive = self.accept("on or")
        if self.kind() not in ("before", "after"):
            if self.tokens[first].kind in (INTEGER, DECIMAL):
                self.pos = first  # a number where no operand can stand; most often a comma or an operator is missing
                self.unexpected("an operator, a comma, or a timing phrase such as `3 days before`")
            self.unexpected("`before` or `after`", self._comparison_hint(relation))
        direction = self.advance().kind
        inclusive = (not inclusive and self.accept("or on")) or inclusive
        precision = self.precision_of()
        return BeforeAfterPhrase(
            direction=direction,
            inclusive=inclusive,
            precision=precision,
            offset=offset,
            offset_relation=relation,
            span=self.span(first),
        )

    def _offset(self) -> tuple[QuantityLiteral | None, str | None]:
        """``3 days``, ``3 days or more``, ``less than 3 days``."""
        if self.kind() in ("less than", "more than"):
            relation = self.advance().kind
            return self.quantity(), relation
        if self.kind() not in (INTEGER, DECIMAL):
            return None, None
        offset = self.quantity()
        return offset, self.advance().kind if self.kind() in ("or more", "or less") else "exactly"

    def _comparison_hint(self, relation: str | None) -> str | None:
        if relation == "less than":
            return "To compare values write `<`."
        return "To compare values write `>`." if relation == "more than" else None

    def _right_boundary(self, phrase: TimingPhrase) -> str | None:
        """``start`` or ``end`` right before the operand, without ``of`` (``start of X`` is an operand of its own)."""
        allowed = isinstance(phrase, SamePhrase | IncludesPhrase | BeforeAfterPhrase | WithinPhrase)
        if not allowed or self.kind() not in ("start", "end"):
            return None
        following = self.kind(1)
        names = following == IDENTIFIER or (following in KEYWORD_NAMES and not self._ends_operand(1))
        if following != END and (names or following in _OPERAND_STARTS):
            return self.advance().kind
        return None

    def _ends_operand(self, ahead: int) -> bool:
        """Whether a keyword that could be a name rather is an operator or the end of what was before."""
        return self.kind(ahead) in (
            "div", "mod", "contains", "includes", "overlaps", "meets", "starts", "ends", "union", "intersect", "except",
            "xor", "implies", "where", "asc", "ascending", "desc", "descending", "end", "display",
        ) or self.at_definition(ahead)  # fmt: skip

    def precision_of(self) -> str | None:
        """``day of`` and the like, if it is there."""
        if self.kind() in SINGULAR_PRECISIONS and self.kind(1) == "of":
            self.pos += 2
            return self.tokens[self.pos - 2].kind
        return None
