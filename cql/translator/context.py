"""What every part of the translator works with: one ``Context`` per library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cql.syntax.nodes import Expression, Span
from cql.translator.coercion import Coercion
from cql.translator.conversions import Conversions
from cql.translator.diagnostics import Code, Diagnostics
from cql.translator.elm import Builder, Expr
from cql.translator.operators import Overload, operator
from cql.translator.overloads import Ambiguous, Resolution, Resolver
from cql.translator.scope import Scopes
from cql.translator.types import ERRONEOUS, TypeSystem, is_erroneous, sorted_choice
from cql.types import ChoiceType, CqlType

if TYPE_CHECKING:
    from cql.translator.symbols import Symbols

Handler = Callable[["Context", Any], Expr]


class Context:
    """The state of one translation. ``handlers`` maps each kind of expression node to its translation."""

    def __init__(self, diagnostics: Diagnostics, handlers: dict[type[Expression], Handler]) -> None:
        self.diagnostics = diagnostics
        self.types = TypeSystem()
        self.conversions = Conversions(self.types)
        self.resolver = Resolver(self.conversions)
        self.build = Builder()
        self.coercion = Coercion(self.build)
        self.scopes = Scopes()
        self.symbols: Symbols
        self.model_context: str = "Unfiltered"
        self._handlers = handlers

    def expression(self, node: Expression) -> Expr:
        """Translate one expression."""
        return self._handlers[type(node)](self, node)

    # --- findings ---------------------------------------------------------------------------------

    def error(self, code: Code, message: str, span: Span, hint: str | None = None) -> Expr:
        """Report an error; the expression that had it gets a type that causes no further findings."""
        self.diagnostics.error(code, message, span, hint)
        return self.erroneous(span)

    def erroneous(self, span: Span) -> Expr:
        """What stands for an expression that has been reported."""
        return Expr({"type": "Null"}, ERRONEOUS, span)

    # --- operators --------------------------------------------------------------------------------

    def call(
        self, name: str, arguments: Sequence[Expr], span: Span, /, promote: bool = False, label: str = "", **extra: Any
    ) -> Expr:
        """The system operator ``name`` over ``arguments``: overload chosen, arguments converted.

        ``label`` is how the author wrote it, for messages; ``extra`` are further fields of the node (``precision``).
        """
        found = operator(name)
        assert found is not None, name
        resolution = self.resolve(found.overloads, arguments, span, label or name, promote)
        if resolution is None:
            return self.erroneous(span)
        converted = self.convert_all(arguments, resolution)
        return self.operation(name, converted, resolution.overload.result, span, **extra)

    def operation(self, name: str, arguments: Sequence[Expr], result: CqlType, span: Span, /, **extra: Any) -> Expr:
        """The node ``name`` with its arguments in the fields that the signature table gives."""
        found = operator(name)
        assert found is not None, name
        fields: dict[str, Any] = dict(extra)
        if found.fields == ("operand",):
            if arguments:
                single = len(arguments) == 1 and not found.many
                fields["operand"] = arguments[0].elm if single else [one.elm for one in arguments]
        else:
            fields.update((field, one.elm) for field, one in zip(found.fields, arguments, strict=False))
        return self.build.node(name, span, result, **fields)

    def try_call(self, name: str, arguments: Sequence[Expr], promote: bool = False) -> Resolution | None:
        """The resolution of a system operator, without a finding when there is none."""
        found = operator(name)
        assert found is not None, name
        resolution = self.resolver.resolve(
            found.overloads, tuple(one.type for one in arguments), promote, _nulls(arguments)
        )
        return resolution if isinstance(resolution, Resolution) else None

    def resolve(
        self, overloads: tuple[Overload, ...], arguments: Sequence[Expr], span: Span, label: str, promote: bool = False
    ) -> Resolution | None:
        """The overload that ``arguments`` call; None (and a finding, unless an argument had one) when there is none."""
        if any(is_erroneous(one.type) for one in arguments):
            return None
        types = tuple(one.type for one in arguments)
        found = self.resolver.resolve(overloads, types, promote, _nulls(arguments))
        if isinstance(found, Resolution):
            return found
        signature = f"({', '.join(map(str, types))})"
        if isinstance(found, Ambiguous):
            which = "; ".join(map(str, found.candidates))
            hint = "say which type a null has, for example `null as Integer`" if _nulls(arguments) else None
            self.error(
                Code.AMBIGUOUS_OVERLOAD,
                f"{label} with operands {signature} is ambiguous, it could be: {which}.",
                span,
                hint,
            )
        else:
            self._no_overload(overloads, types, span, label)
        return None

    def _no_overload(self, overloads: tuple[Overload, ...], types: tuple[CqlType, ...], span: Span, label: str) -> None:
        signature = f"({', '.join(map(str, types))})"
        shown = [f"({', '.join(map(str, one.parameters))})" for one in overloads]
        more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
        self.error(
            Code.NO_OVERLOAD,
            f"{label} cannot take operands of types {signature}; it takes: {', '.join(shown[:8])}{more}.",
            span,
        )

    def convert_all(self, arguments: Sequence[Expr], resolution: Resolution) -> list[Expr]:
        """The arguments with the conversions that their overload needs."""
        return [
            one if conversion is None else self.coercion.apply(one, conversion)
            for one, conversion in zip(arguments, resolution.conversions, strict=True)
        ]

    # --- types ------------------------------------------------------------------------------------

    def fits(self, one: Expr, target: CqlType) -> bool:
        """Is the expression of type ``target``, or implicitly convertible to it?"""
        return self.types.is_subtype(one.type, target) or self.conversions.find(one.type, target) is not None

    def coerce(self, one: Expr, target: CqlType, what: str) -> Expr:
        """The expression as ``target``; a finding, with ``what`` saying what needs it, when it cannot be."""
        if is_erroneous(one.type) or is_erroneous(target) or self.types.is_subtype(one.type, target):
            return one
        conversion = self.conversions.find(one.type, target)
        if conversion is None:
            return self.error(Code.WRONG_TYPE, f"{what} must be {target}, but this is {one.type}.", one.span)
        return self.coercion.apply(one, conversion)

    def common_type(self, types: Sequence[CqlType]) -> CqlType:
        """The type that all of ``types`` can have without losing anything: one of them, or the choice of all."""
        common = types[0]
        for one in types[1:]:
            common = self._common(common, one)
        return common

    def _common(self, a: CqlType, b: CqlType) -> CqlType:
        if is_erroneous(a) or is_erroneous(b):
            return ERRONEOUS
        joined = self.joined(a, b)
        return joined if joined is not None else sorted_choice([a, b])

    def joined(self, a: CqlType, b: CqlType) -> CqlType | None:
        """The one of ``a`` and ``b`` that the other can become; None when neither can."""
        types = self.types
        if types.is_subtype(b, a) and not (types.is_subtype(a, b) or isinstance(b, ChoiceType)):
            return b if str(a) == "System.Any" else a
        if types.is_subtype(b, a):
            return a
        if types.is_subtype(a, b):
            return a if str(b) == "System.Any" else b
        if isinstance(a, ChoiceType) or isinstance(b, ChoiceType):
            return None
        if self.conversions.find(b, a) is not None:
            return a
        return b if self.conversions.find(a, b) is not None else None


def _nulls(arguments: Sequence[Expr]) -> frozenset[int]:
    return frozenset(index for index, one in enumerate(arguments) if one.is_null)
