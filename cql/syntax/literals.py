"""Literals and selectors: numbers, quantities, ratios, dates, strings, intervals, lists, tuples, instances, codes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from cql.syntax.diagnostics import Code, describe
from cql.syntax.nodes import (
    CodeSelector,
    ConceptSelector,
    DecimalLiteral,
    Expression,
    InstanceSelector,
    IntegerLiteral,
    IntervalSelector,
    ListSelector,
    NamedTypeSpecifier,
    QuantityLiteral,
    RatioLiteral,
    TupleSelector,
    TypeSpecifier,
)
from cql.syntax.tokens import CALENDAR_UNITS, DECIMAL, IDENTIFIER, INTEGER, KEYWORD_NAMES, STRING, Token
from cql.syntax.type_specifiers import TypeParser

_NUMBERS: Final = frozenset({INTEGER, DECIMAL})
_UNITS: Final = CALENDAR_UNITS | {STRING}


class LiteralParser(TypeParser):
    """The rules ``literal`` and those ending in ``Selector``."""

    # --- numbers ----------------------------------------------------------------------------------

    def number(self, ratio: bool = True) -> Expression:
        """A number, a quantity or (unless ``ratio`` is false) a ratio: what follows the digits decides."""
        start = self.pos
        token = self.tokens[start]
        following = self.tokens[start + 1].kind
        if following in _UNITS or (ratio and following == ":" and self.tokens[start + 2].kind in _NUMBERS):
            numerator = self.quantity()
            if ratio and self.kind() == ":" and self.kind(1) in _NUMBERS:
                self.advance()
                denominator = self.quantity()
                return RatioLiteral(numerator=numerator, denominator=denominator, span=self.span(start))
            return numerator
        self.pos += 1
        if token.kind == INTEGER:
            return IntegerLiteral(text=token.text, span=token.span)
        return DecimalLiteral(text=token.text, span=token.span)

    def quantity(self) -> QuantityLiteral:
        """A number with its unit; without one the unit is ``1``."""
        start = self.pos
        if self.kind() not in _NUMBERS:
            self.unexpected("a quantity, such as `3 days` or `5 'mg'`")
        number = Decimal(self.advance().text)
        unit, is_calendar = "1", False
        if self.kind() == STRING:
            unit = self.advance().value
        elif self.kind() in CALENDAR_UNITS:
            unit, is_calendar = self.advance().value, True
        return QuantityLiteral(value=number, unit=unit, is_calendar=is_calendar, span=self.span(start))

    # --- intervals, lists, tuples -----------------------------------------------------------------

    def interval_selector(self) -> Expression:
        """``Interval[low, high)``."""
        start = self.pos
        self.advance()
        opener = self.token
        if opener.kind not in ("[", "("):
            self.unexpected("`[` or `(` after `Interval`")
        self.advance()
        low = self.expression()
        self.expect(",", "`,` and the upper bound of the interval")
        high = self.expression()
        closer = self.token
        if closer.kind not in ("]", ")"):
            self.fail(
                Code.UNCLOSED_BRACKET,
                f"Found {describe(closer)}; expected `]` or `)` to close the interval.",
                closer,
            )
        self.advance()
        return IntervalSelector(
            low=low, high=high, low_closed=opener.kind == "[", high_closed=closer.kind == "]", span=self.span(start)
        )

    def list_selector(self) -> Expression:
        """``List { ... }`` and ``List<T> { ... }``."""
        start = self.pos
        self.advance()
        element_type: TypeSpecifier | None = None
        if self.accept("<"):
            element_type = self.type_specifier()
            self.expect(">", "`>` to close `List<`")
        return self._list_elements(start, element_type)

    def braces(self) -> Expression:
        """``{ ... }``: a tuple if its first element has a name and a colon, else a list."""
        following, second = self.kind(1), self.kind(2)
        named = (following == IDENTIFIER or following in KEYWORD_NAMES) and second == ":"
        if named or following == ":":
            start = self.pos
            elements = self._named_elements()
            return TupleSelector(elements=elements, span=self.span(start))
        return self._list_elements(self.pos, None)

    def tuple_selector(self) -> Expression:
        """``Tuple { ... }``."""
        start = self.pos
        self.advance()
        elements = self._named_elements()
        return TupleSelector(elements=elements, span=self.span(start))

    def instance_selector(self, type_name: NamedTypeSpecifier, start: int) -> Expression:
        """``FHIR.Quantity { value: 5.0 }``; the type, begun at token ``start``, is consumed already."""
        elements = self._named_elements()
        return InstanceSelector(type=type_name, elements=elements, span=self.span(start))

    def _list_elements(self, start: int, element_type: TypeSpecifier | None) -> ListSelector:
        opener = self.expect("{", "`{` and the elements of the list")
        elements: list[Expression] = []
        if self.kind() != "}":
            elements.append(self.expression())
            while self.accept(","):
                elements.append(self.expression())
        self.close(opener)
        return ListSelector(element_type=element_type, elements=tuple(elements), span=self.span(start))

    def _named_elements(self) -> tuple[tuple[str, Expression], ...]:
        opener = self.expect("{", "`{` and the named elements")
        if self.accept(":"):
            self.close(opener)
            return ()
        elements = [self._named_element()]
        while self.accept(","):
            elements.append(self._named_element())
        self.close(opener)
        return tuple(elements)

    def _named_element(self) -> tuple[str, Expression]:
        name = self.name("the name of an element")
        if self.kind() == "=":
            self.unexpected(f"`:` after the element's name `{name.text}`", "Write `:`.")
        self.expect(":", f"`:` and a value after the element's name `{name.text}`")
        return name.value, self.expression()

    # --- codes ------------------------------------------------------------------------------------

    def code_selector(self) -> CodeSelector:
        """``Code 'x' from "LOINC" display 'y'``."""
        start = self.pos
        self.expect("Code", "`Code` and a code in single quotes")
        code = self.string("the code, in single quotes")
        self.expect("from", "`from` and the code system")
        system = self.reference("the name of a code system")
        display = self.display()
        return CodeSelector(code=code, system=system, display=display, span=self.span(start))

    def concept_selector(self) -> ConceptSelector:
        """``Concept { Code ..., Code ... } display 'y'``."""
        start = self.pos
        self.advance()
        opener: Token = self.expect("{")
        codes = [self.code_selector()]
        while self.accept(","):
            codes.append(self.code_selector())
        self.close(opener)
        display = self.display()
        return ConceptSelector(codes=tuple(codes), display=display, span=self.span(start))

    def display(self) -> str | None:
        """``display 'text'``, if it is there."""
        return self.string("the text to display, in single quotes") if self.accept("display") else None
