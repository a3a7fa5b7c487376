"""``in``, ``contains``, ``includes``, ``included in``: for intervals, lists, value sets and code systems.

The same words serve points and ranges: which ELM operator is meant follows from the types (CQL reference,
"Interval Operators").
"""

from __future__ import annotations

from cql.syntax.nodes import Span
from cql.translator.context import Context
from cql.translator.diagnostics import Code
from cql.translator.elm import Elm, Expr
from cql.translator.overloads import Resolution, precedence
from cql.translator.types import is_erroneous
from cql.types import ANY, BOOLEAN, CODE, CODESYSTEM, CONCEPT, STRING, VALUESET, VOCABULARY, ListType

_VOCABULARIES = (VALUESET, CODESYSTEM, VOCABULARY)


def contained(
    context: Context, left: Expr, right: Expr, span: Span, *, proper: bool = False, precision: str | None = None
) -> Expr:
    """``left [properly] in right``."""
    if right.type in _VOCABULARIES:
        return _in_vocabulary(context, left, right, span)
    name = "ProperIn" if proper else "In"
    return context.call(name, [left, right], span, label="`properly in`" if proper else "`in`", precision=precision)


def contains(
    context: Context, left: Expr, right: Expr, span: Span, *, proper: bool = False, precision: str | None = None
) -> Expr:
    """``left [properly] contains right``."""
    if left.type in _VOCABULARIES:
        return _in_vocabulary(context, right, left, span)
    name = "ProperContains" if proper else "Contains"
    return context.call(
        name, [left, right], span, label="`properly contains`" if proper else "`contains`", precision=precision
    )


def includes(context: Context, left: Expr, right: Expr, span: Span, *, proper: bool, precision: str | None) -> Expr:
    """``left [properly] includes right``, where ``right`` may be a point."""
    if left.type in _VOCABULARIES:
        return _in_vocabulary(context, right, left, span)
    names = ("ProperIncludes", "ProperContains") if proper else ("Includes", "Contains")
    return _cheapest(context, names, [left, right], span, "`properly includes`" if proper else "`includes`", precision)


def included_in(context: Context, left: Expr, right: Expr, span: Span, *, proper: bool, precision: str | None) -> Expr:
    """``left [properly] included in|during right``, where ``left`` may be a point."""
    if right.type in _VOCABULARIES:
        return _in_vocabulary(context, left, right, span)
    names = ("ProperIncludedIn", "ProperIn") if proper else ("IncludedIn", "In")
    return _cheapest(
        context, names, [left, right], span, "`properly included in`" if proper else "`included in`", precision
    )


def _cheapest(
    context: Context, names: tuple[str, str], operands: list[Expr], span: Span, label: str, precision: str | None
) -> Expr:
    """The operator of ``names`` with the cheapest conversions, then the simplest types; else the first."""
    if names[0] in ("Includes", "IncludedIn") and _null_and_list(operands):
        # "If either argument is null, the result is null" (CQL reference): a null is a list here, not an element.
        return context.call(names[0], operands, span, label=label, precision=precision)
    found: list[tuple[int, int, int, str, Resolution]] = []
    for order, name in enumerate(names):
        resolution = context.try_call(name, operands)
        if resolution is not None:
            found.append((resolution.score, precedence(resolution.overload), order, name, resolution))
    if not found:
        return context.call(names[0], operands, span, label=label, precision=precision)
    _, _, _, name, resolution = min(found, key=lambda one: one[:3])
    converted = context.convert_all(operands, resolution)
    return context.operation(name, converted, resolution.overload.result, span, precision=precision)


def _null_and_list(operands: list[Expr]) -> bool:
    return any(one.is_null for one in operands) and any(isinstance(one.type, ListType) for one in operands)


def _in_vocabulary(context: Context, codes: Expr, vocabulary: Expr, span: Span) -> Expr:
    """Membership in a value set or code system; a list of codes asks whether any of them is."""
    if is_erroneous(codes.type):
        return context.erroneous(span)
    kind = "CodeSystem" if vocabulary.type == CODESYSTEM else "ValueSet"
    many = isinstance(codes.type, ListType)
    name = f"AnyIn{kind}" if many else f"In{kind}"
    target = Expr(vocabulary.elm, CODESYSTEM if kind == "CodeSystem" else VALUESET, vocabulary.span)
    resolution = context.try_call(name, [codes, target])
    if codes.type == ANY:
        converted = context.build.cast(codes, STRING)
    elif resolution is None:
        return context.error(
            Code.WRONG_TERMINOLOGY,
            f"Only {STRING}, {CODE}, {CONCEPT} and lists of them can be in a {kind}, this is {codes.type}.",
            codes.span,
        )
    else:
        converted = context.convert_all([codes, target], resolution)[0]
    fields: Elm = {"codes" if many else "code": converted.elm}
    reference = _bare(vocabulary.elm)
    if reference is not None:
        fields[kind.lower()] = reference
    else:
        fields[f"{kind.lower()}Expression"] = vocabulary.elm
    return context.operation(name, [], BOOLEAN, span, **fields)


def _bare(elm: Elm) -> Elm | None:
    """A ValueSetRef or CodeSystemRef as the attribute of InValueSet and InCodeSystem: without its node type."""
    if elm["type"] not in ("ValueSetRef", "CodeSystemRef"):
        return None
    kept = ("localId", "locator", "name", "libraryName", "preserve")
    return {key: elm[key] for key in kept if key in elm}
