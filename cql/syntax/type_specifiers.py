"""Types: ``Integer``, ``FHIR.Condition``, ``List<...>``, ``Interval<...>``, ``Tuple {...}``, ``Choice<...>``."""

from __future__ import annotations

from cql.syntax.nodes import (
    ChoiceTypeSpecifier,
    IntervalTypeSpecifier,
    ListTypeSpecifier,
    NamedTypeSpecifier,
    TupleTypeSpecifier,
    TypeSpecifier,
)
from cql.syntax.stream import TokenStream
from cql.syntax.tokens import IDENTIFIER, TYPE_NAMES


class TypeParser(TokenStream):
    """The rules ``typeSpecifier`` and ``namedTypeSpecifier``."""

    def type_specifier(self) -> TypeSpecifier:
        """Any type."""
        self.enter()
        start = self.pos
        result: TypeSpecifier
        match self.kind():
            case "List":
                element = self._argument()
                result = ListTypeSpecifier(element=element, span=self.span(start))
            case "Interval":
                point = self._argument()
                result = IntervalTypeSpecifier(point=point, span=self.span(start))
            case "Tuple":
                result = self._tuple_type()
            case _ if self.token.text == "Choice" and self.kind(1) == "<":
                result = self._choice_type()
            case _:
                result = self.named_type()
        self.depth -= 1
        return result

    def named_type(self) -> NamedTypeSpecifier:
        """A type by its name, with the model's name before it or not."""
        start = self.pos
        names = [self._type_name()]
        while self.accept("."):
            names.append(self._type_name())
        return NamedTypeSpecifier(qualifiers=tuple(names[:-1]), name=names[-1], span=self.span(start))

    def _type_name(self) -> str:
        if self.kind() in TYPE_NAMES:
            return self.advance().value
        return self.name("the name of a type").value

    def _argument(self) -> TypeSpecifier:
        keyword = self.advance()
        self.expect("<", f"`<` and a type after `{keyword.text}`, as in `{keyword.text}<Integer>`")
        argument = self.type_specifier()
        self.expect(">", f"`>` to close `{keyword.text}<`")
        return argument

    def _choice_type(self) -> ChoiceTypeSpecifier:
        start = self.pos
        self.pos += 2
        choices = [self.type_specifier()]
        while self.accept(","):
            choices.append(self.type_specifier())
        self.expect(">", "`>` to close `Choice<`")
        return ChoiceTypeSpecifier(choices=tuple(choices), span=self.span(start))

    def _tuple_type(self) -> TupleTypeSpecifier:
        start = self.pos
        self.advance()
        opener = self.expect("{", "`{` after `Tuple`")
        elements = [self._tuple_element()]
        while self.accept(","):
            elements.append(self._tuple_element())
        self.close(opener)
        return TupleTypeSpecifier(elements=tuple(elements), span=self.span(start))

    def _tuple_element(self) -> tuple[str, TypeSpecifier]:
        name = self.name("the name of a tuple element").value
        if self.kind() == ":" and self.kind(1) in (IDENTIFIER, "List", "Interval", "Tuple"):
            self.unexpected("a type", hint="In a tuple type the name is followed by the type, without a colon.")
        return name, self.type_specifier()
