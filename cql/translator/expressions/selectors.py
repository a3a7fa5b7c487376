"""Selectors of structured values: intervals, lists, tuples, instances, codes and concepts."""

from __future__ import annotations

from typing import Any, Final

from cql.syntax.nodes import (
    CodeSelector,
    ConceptSelector,
    Expression,
    Identifier,
    InstanceSelector,
    IntervalSelector,
    ListSelector,
    Member,
    TupleSelector,
)
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code, suggestion
from cql.translator.elm import Elm, Expr
from cql.translator.specifiers import resolve_named, resolve_type
from cql.translator.types import ERRONEOUS, is_erroneous
from cql.types import ANY, CODE, CONCEPT, ChoiceType, CqlType, IntervalType, ListType, NamedType, TupleType


def interval(context: Context, node: IntervalSelector) -> Expr:
    """``Interval[low, high)``; both bounds get their common type."""
    low, high = context.expression(node.low), context.expression(node.high)
    point = context.common_type([low.type, high.type])
    if isinstance(point, ChoiceType):
        return context.error(
            Code.WRONG_TYPE,
            f"The bounds of an interval must be of one type, these are {low.type} and {high.type}.",
            node.span,
        )
    low, high = (context.coerce(one, point, "The bound of this interval") for one in (low, high))
    return context.build.node(
        "Interval",
        node.span,
        IntervalType(point),
        lowClosed=node.low_closed,
        highClosed=node.high_closed,
        low=low.elm,
        high=high.elm,
    )


def list_(context: Context, node: ListSelector) -> Expr:
    """``{ a, b }``: elements get a common type where conversions lead to one, else the list is of Any."""
    elements = [context.expression(one) for one in node.elements]
    if node.element_type is not None:
        element = resolve_type(context, node.element_type)
    else:
        element = _element_type(context, [one.type for one in elements])
    converted = [context.coerce(one, element, "An element of this list") for one in elements]
    return context.build.node("List", node.span, ListType(element), element=[one.elm for one in converted])


def _element_type(context: Context, types: list[CqlType]) -> CqlType:
    common: CqlType | None = None
    for one in types:
        if is_erroneous(one):
            return ERRONEOUS
        common = one if common is None else context.joined(common, one) or ANY
        if common == ANY and one != ANY:
            return ANY
    return ANY if common is None else common


def tuple_(context: Context, node: TupleSelector) -> Expr:
    """``Tuple { name: value }``."""
    types: dict[str, CqlType] = {}
    elements: list[Elm] = []
    for name, value in node.elements:
        translated = context.expression(value)
        if name in types:
            context.error(Code.DUPLICATE_DEFINITION, f"The tuple has two elements called {name}.", value.span)
        types[name] = translated.type
        elements.append({"name": name, "value": translated.elm})
    return context.build.node("Tuple", node.span, TupleType(tuple(sorted(types.items()))), element=elements)


def instance(context: Context, node: InstanceSelector) -> Expr:
    """``FHIR.Quantity { value: ... }``."""
    of = resolve_named(context, node.type)
    elements: list[Elm] = []
    seen: set[str] = set()
    for name, value in node.elements:
        translated = context.expression(value)
        if name in seen:
            context.error(Code.DUPLICATE_DEFINITION, f"The element {name} is given twice.", value.span)
        seen.add(name)
        if is_erroneous(of):
            continue
        expected = context.types.property_type(of, name)
        if expected is None:
            hint = suggestion(name, context.types.property_names(of))
            context.error(Code.UNKNOWN_PROPERTY, f"{of} has no element {name}.", value.span, hint)
            continue
        elements.append({"name": name, "value": context.coerce(translated, expected, f"The element {name}").elm})
    if is_erroneous(of):
        return context.erroneous(node.span)
    assert isinstance(of, NamedType)
    return context.build.node("Instance", node.span, of, classType=of.qualified, element=elements)


def code(context: Context, node: CodeSelector) -> Expr:
    """``Code 'x' from "System" display 'y'``."""
    return context.build.node("Code", node.span, CODE, **_code_fields(context, node))


def concept(context: Context, node: ConceptSelector) -> Expr:
    """``Concept { Code ..., ... } display 'y'``."""
    codes = [{**context.build.marks(one.span), **_code_fields(context, one)} for one in node.codes]
    return context.build.node("Concept", node.span, CONCEPT, display=node.display, code=codes)


def _code_fields(context: Context, node: CodeSelector) -> dict[str, Any]:
    fields: dict[str, Any] = {"code": node.code}
    if node.display is not None:
        fields["display"] = node.display
    fields["system"] = reference(context, node.system, "CodeSystemRef", "code system")
    return fields


def reference(context: Context, node: Identifier | Member, kind: str, what: str) -> Elm:
    """A name that must be that of a code system or code, as the bare reference that terminology elements hold."""
    found = context.expression(node)
    if not is_erroneous(found.type) and found.elm["type"] != kind:
        context.error(Code.WRONG_TERMINOLOGY, f"{node.name} is not a {what}.", node.span)
    kept = ("localId", "locator", "name", "libraryName")
    return {key: found.elm[key] for key in kept if key in found.elm}


HANDLERS: Final[dict[type[Expression], Handler]] = {
    IntervalSelector: interval,
    ListSelector: list_,
    TupleSelector: tuple_,
    InstanceSelector: instance,
    CodeSelector: code,
    ConceptSelector: concept,
}
