"""Types as the author wrote them, resolved to types."""

from __future__ import annotations

from cql.syntax.nodes import (
    ChoiceTypeSpecifier,
    IntervalTypeSpecifier,
    ListTypeSpecifier,
    NamedTypeSpecifier,
    TupleTypeSpecifier,
    TypeSpecifier,
)
from cql.translator.context import Context
from cql.translator.diagnostics import Code, suggestion
from cql.translator.types import ERRONEOUS, sorted_choice
from cql.types import SYSTEM_URI, CqlType, IntervalType, ListType, NamedType, TupleType


def resolve_type(context: Context, node: TypeSpecifier) -> CqlType:
    """The type that ``node`` writes; ``ERRONEOUS`` (and a finding) when there is none of that name."""
    match node:
        case NamedTypeSpecifier():
            return resolve_named(context, node)
        case ListTypeSpecifier():
            return ListType(resolve_type(context, node.element))
        case IntervalTypeSpecifier():
            return IntervalType(resolve_type(context, node.point))
        case TupleTypeSpecifier():
            elements = {name: resolve_type(context, of) for name, of in node.elements}
            return TupleType(tuple(sorted(elements.items())))
        case ChoiceTypeSpecifier():
            return sorted_choice([resolve_type(context, of) for of in node.choices])
    raise TypeError(f"not a type specifier: {node!r}")


def resolve_named(context: Context, node: NamedTypeSpecifier) -> CqlType:
    """A type by its name. An unqualified one is looked for in the models in use before System."""
    found = find_named(context, node.qualifiers, node.name)
    if found is not None:
        return found
    written = ".".join((*node.qualifiers, node.name))
    context.error(
        Code.UNKNOWN_TYPE,
        f"There is no type {written}.",
        node.span,
        suggestion(node.name, _names(context, node.qualifiers)),
    )
    return ERRONEOUS


def find_named(context: Context, qualifiers: tuple[str, ...], name: str) -> NamedType | None:
    """The type of that name, or None."""
    models = context.symbols.models
    if qualifiers and qualifiers[0] in models:
        return models[qualifiers[0]].type_named(".".join((*qualifiers[1:], name)))
    local = ".".join((*qualifiers, name))
    ordered = sorted(models.values(), key=lambda one: one.uri == SYSTEM_URI)
    for one in ordered:
        found = one.type_named(local)
        if found is not None:
            return found
    for one in ordered:
        info = one.class_labelled(local)
        if info is not None:
            return info.type
    return None


def _names(context: Context, qualifiers: tuple[str, ...]) -> list[str]:
    models = context.symbols.models
    chosen = [models[qualifiers[0]]] if qualifiers and qualifiers[0] in models else list(models.values())
    return [name for one in chosen for name in one.class_names()]
