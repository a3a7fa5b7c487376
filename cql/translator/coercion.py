"""Applying implicit conversions: a ``Conversion`` and an expression to the ELM that converts it."""

from __future__ import annotations

from cql.translator.conversions import Conversion
from cql.translator.elm import Builder, Elm, Expr
from cql.types import ANY, BOOLEAN, ChoiceType, CqlType, IntervalType, ListType

HELPERS = "FHIRHelpers"


class Coercion:
    """Builds conversions.

    ``uses_helpers`` tells whether a function of FHIRHelpers was called; ``alias`` is its local name.
    """

    def __init__(self, build: Builder) -> None:
        self.build = build
        self.alias = HELPERS
        self.uses_helpers = False

    def apply(self, operand: Expr, conversion: Conversion) -> Expr:
        """``operand`` converted."""
        match conversion.kind:
            case "cast":
                return self.build.cast(operand, conversion.target)
            case "operator":
                return self.build.node(conversion.name, operand.span, conversion.target, operand=operand.elm)
            case "helper":
                return self._helper(operand, conversion)
            case "list":
                return self._list(operand, conversion)
            case "interval":
                return self._interval(operand, conversion)
            case "promotion":
                return self._promotion(operand, conversion)
            case "from choice":
                return self._from_choice(operand, conversion)
        assert conversion.inner is not None
        return self.build.cast(self.apply(operand, conversion.inner), conversion.target)

    def _helper(self, operand: Expr, conversion: Conversion) -> Expr:
        self.uses_helpers = True
        return self.build.node(
            "FunctionRef",
            operand.span,
            conversion.target,
            name=conversion.name,
            libraryName=self.alias,
            signature=[self.build.specifier(conversion.source)],
            operand=[operand.elm],
        )

    def _list(self, operand: Expr, conversion: Conversion) -> Expr:
        """A query that converts each element."""
        assert isinstance(conversion.source, ListType)
        assert conversion.inner is not None
        build, span = self.build, operand.span
        element = build.node("AliasRef", span, conversion.source.element, name="X")
        result = self.apply(element, conversion.inner)
        source = {**build.marks(span, conversion.source), "alias": "X", "expression": operand.elm}
        returned = {**build.marks(span, ListType(result.type)), "distinct": False, "expression": result.elm}
        return build.node("Query", span, ListType(result.type), source=[source], **{"return": returned})

    def _interval(self, operand: Expr, conversion: Conversion) -> Expr:
        """The interval with both bounds converted: those of a selector in place, else by its properties."""
        assert isinstance(conversion.source, IntervalType)
        inner, point = conversion.inner, conversion.source.point
        assert inner is not None
        build, span = self.build, operand.span
        if operand.elm["type"] == "Interval" and "lowClosed" in operand.elm:
            bounds = {name: self.apply(Expr(operand.elm[name], point, span), inner) for name in ("low", "high")}
            return build.node(
                "Interval",
                span,
                IntervalType(bounds["low"].type),
                lowClosed=operand.elm["lowClosed"],
                highClosed=operand.elm["highClosed"],
                low=bounds["low"].elm,
                high=bounds["high"].elm,
            )
        fields: Elm = {}
        result: CqlType = conversion.target
        for name in ("low", "high"):
            bound = build.node("Property", span, point, path=name, source=operand.elm)
            closed = build.node("Property", span, BOOLEAN, path=f"{name}Closed", source=operand.elm)
            converted = self.apply(bound, inner)
            result = IntervalType(converted.type)
            fields[name] = converted.elm
            fields[f"{name}ClosedExpression"] = closed.elm
        return build.node("Interval", span, result, **fields)

    def _promotion(self, operand: Expr, conversion: Conversion) -> Expr:
        """``if X is null then null else Interval[X, X]``."""
        build, span = self.build, operand.span
        inner = operand if conversion.inner is None else self.apply(operand, conversion.inner)
        target = IntervalType(inner.type)
        condition = build.node("IsNull", span, BOOLEAN, operand=inner.elm)
        interval = build.node("Interval", span, target, lowClosed=True, highClosed=True, low=inner.elm, high=inner.elm)
        null = build.node("Null", span, ANY)
        return build.node("If", span, target, condition=condition.elm, then=null.elm, **{"else": interval.elm})

    def _from_choice(self, operand: Expr, conversion: Conversion) -> Expr:
        """By runtime type: one alternative is a cast and its conversion, several are a ``case``."""
        build, span = self.build, operand.span
        if len(conversion.alternatives) == 1:
            return self._cast_and_convert(operand, conversion.alternatives[0])
        items = []
        for one in conversion.alternatives:
            when = build.is_type(operand, one.source, BOOLEAN)
            then = self._cast_and_convert(operand, one)
            items.append({**build.marks(span, then.type), "when": when.elm, "then": then.elm})
        null = build.node("Null", span, ANY)
        return build.node("Case", span, _target(conversion), caseItem=items, **{"else": null.elm})

    def _cast_and_convert(self, operand: Expr, conversion: Conversion) -> Expr:
        return self.apply(self.build.cast(operand, conversion.source), conversion)


def _target(conversion: Conversion) -> CqlType:
    target = conversion.alternatives[0].target
    return conversion.target if isinstance(conversion.target, ChoiceType) else target
