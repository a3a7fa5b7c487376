"""Retrieves: ``[Condition: code in "Sarcoma"]`` (CQL author's guide, "Retrieve")."""

from __future__ import annotations

from typing import Final

from cql.models import ClassInfo
from cql.syntax.nodes import Expression, Retrieve
from cql.translator.context import Context, Handler
from cql.translator.diagnostics import Code, suggestion
from cql.translator.elm import Elm, Expr
from cql.translator.expressions.referenced_codes import by_reference
from cql.translator.specifiers import find_named, resolve_named
from cql.translator.types import is_erroneous
from cql.types import CODE, CONCEPT, STRING, SYSTEM_URI, VALUESET, CqlType, ListType


def retrieve(context: Context, node: Retrieve) -> Expr:
    """``[Type: path comparator terminology]``."""
    of = find_named(context, node.type.qualifiers, node.type.name)
    if of is None or of.uri == SYSTEM_URI:
        return _unknown_type(context, node)
    info = context.types.models[of.uri].class_named(of.name)
    assert info is not None
    if not info.retrievable:
        return context.error(
            Code.NOT_RETRIEVABLE, f"{of} is part of other resources and cannot be retrieved.", node.span
        )
    fields: Elm = {"dataType": of.qualified}
    if info.identifier:
        fields["templateId"] = info.identifier
    if node.context is not None:
        fields["context"] = context.expression(node.context).elm
    result = ListType(of)
    if node.terminology is not None and not _filter(context, node, info, fields):
        return Expr({"type": "Null"}, result, node.span)
    found = context.build.node("Retrieve", node.span, result, **fields)
    if node.terminology is None or node.code_path is not None:
        return found
    referring = by_reference(context, info, fields["codeProperty"], node)
    return found if referring is None else context.operation("Union", [found, referring], result, node.span)


def _unknown_type(context: Context, node: Retrieve) -> Expr:
    others = [one for one in context.symbols.models.values() if one.uri != SYSTEM_URI]
    if not others:
        return context.error(
            Code.UNKNOWN_MODEL, "A retrieve needs a data model.", node.span, "add `using FHIR version '4.0.1'`"
        )
    resolved = resolve_named(context, node.type)
    if not is_erroneous(resolved):
        return context.error(Code.NOT_RETRIEVABLE, f"{resolved} is a value, not a resource.", node.span)
    return context.erroneous(node.span)


def _filter(context: Context, node: Retrieve, info: ClassInfo, fields: Elm) -> bool:
    """Add the code filter; False where it was wrong."""
    path = node.code_path or info.primary_code_path
    if path is None:
        hint = "name the element: [" + info.name + ": element in ...]"
        context.error(
            Code.NO_CODE_PATH, f"{info.type} has no element that codes are compared with by default.", node.span, hint
        )
        return False
    if context.types.property_type(info.type, path) is None:
        hints = suggestion(path, context.types.property_names(info.type))
        context.error(Code.UNKNOWN_PROPERTY, f"{info.type} has no element {path}.", node.span, hints)
        return False
    assert node.terminology is not None
    terminology = context.expression(node.terminology)
    if is_erroneous(terminology.type):
        return False
    codes = _codes(context, terminology)
    if codes is None:
        context.error(
            Code.WRONG_TERMINOLOGY,
            f"A retrieve is filtered by a value set, code, concept or list of codes, this is {terminology.type}.",
            terminology.span,
        )
        return False
    plural = terminology.type == VALUESET or isinstance(terminology.type, ListType)
    fields["codeProperty"] = path
    fields["codeComparator"] = node.comparator or ("in" if plural else "~")
    fields["codes"] = codes.elm
    return True


def _codes(context: Context, terminology: Expr) -> Expr | None:
    """The terminology as the list of codes that a retrieve takes; a value set stays a reference to it."""
    of = terminology.type
    if of == VALUESET:
        return terminology
    if isinstance(of, ListType):
        element = _code_type(context, of.element)
        return None if element is None else context.coerce(terminology, ListType(element), "The filter's list")
    if of in (CODE, STRING):
        return context.build.node("ToList", terminology.span, ListType(of), operand=terminology.elm)
    if of == CONCEPT:
        return context.build.node("Property", terminology.span, ListType(CODE), path="codes", source=terminology.elm)
    helper = context.types.model_conversion(of)
    if helper is not None and helper[1] in (CODE, CONCEPT, STRING):
        return _codes(context, context.coerce(terminology, helper[1], "The terminology of a retrieve"))
    return None


def _code_type(context: Context, element: CqlType) -> CqlType | None:
    """What the elements of a list of codes are, or convert to."""
    if element in (CODE, CONCEPT, STRING):
        return element
    helper = context.types.model_conversion(element)
    return helper[1] if helper is not None and helper[1] in (CODE, CONCEPT, STRING) else None


HANDLERS: Final[dict[type[Expression], Handler]] = {Retrieve: retrieve}
