"""Retrieves whose code may stand in another resource: ``[MedicationRequest: "X"]`` also finds requests that refer to a
Medication with such a code (the model's ``medication[x]`` is a CodeableConcept or a Reference).
"""

from __future__ import annotations

from cql.models import ClassInfo
from cql.syntax.nodes import Retrieve
from cql.translator.context import Context
from cql.translator.elm import Expr
from cql.translator.expressions.membership import contained
from cql.types import BOOLEAN, STRING, VALUESET, ChoiceType, CqlType, ListType, NamedType

_REFERRING, _REFERRED = "MR", "M"


def by_reference(context: Context, info: ClassInfo, path: str, node: Retrieve) -> Expr | None:
    """``[Type] MR with [Medication] M such that MR refers to M and M.code fits``; None where the code is no reference.

    The referred class is the one that the element is named after.
    """
    model = context.types.models[info.type.uri]
    of = context.types.property_type(info.type, path)
    target = model.class_named(path[0].upper() + path[1:])
    reference = NamedType(model.uri, "Reference")
    if not isinstance(of, ChoiceType) or reference not in of.choices or target is None or not target.primary_code_path:
        return None
    build, span = context.build, node.span
    sources = []
    for one, alias in ((info, _REFERRING), (target, _REFERRED)):
        result = ListType(one.type)
        retrieve = build.node("Retrieve", span, result, dataType=one.type.qualified, templateId=one.identifier)
        sources.append({**build.marks(span, result), "alias": alias, "expression": retrieve.elm})
    condition = context.operation(
        "And", [_refers(context, path, target, node), _fits(context, target, node)], BOOLEAN, span
    )
    relationship = {"type": "With", **sources[1], "suchThat": condition.elm}
    return build.node("Query", span, ListType(info.type), source=[sources[0]], relationship=[relationship])


def _refers(context: Context, path: str, target: ClassInfo, node: Retrieve) -> Expr:
    """``M.id = Last(Split(MR.medication.reference, '/'))``."""
    build, span = context.build, node.span
    types = context.types

    def text(of: CqlType | None, full_path: str, alias: str) -> Expr:
        assert of is not None
        return context.coerce(build.node("Property", span, of, path=full_path, scope=alias), STRING, "An id")

    reference = types.property_type(NamedType(target.type.uri, "Reference"), "reference")
    identifier = text(types.property_type(target.type, "id"), "id", _REFERRED)
    slash = build.literal("/", STRING, span)
    parts = context.call("Split", [text(reference, f"{path}.reference", _REFERRING), slash], span)
    return context.call("Equal", [identifier, context.call("Last", [parts], span)], span)


def _fits(context: Context, target: ClassInfo, node: Retrieve) -> Expr:
    """The code of ``M`` against the terminology of the retrieve."""
    build, span = context.build, node.span
    assert node.terminology is not None
    assert target.primary_code_path is not None
    terminology = context.expression(node.terminology)
    of = context.types.property_type(target.type, target.primary_code_path)
    assert of is not None
    code = build.node("Property", span, of, path=target.primary_code_path, scope=_REFERRED)
    if terminology.type == VALUESET:
        return contained(context, code, terminology, span)
    if not isinstance(terminology.type, ListType):
        return context.call("Equivalent", [code, terminology], span)
    element = build.node("AliasRef", span, terminology.type.element, name="X")
    source = {**build.marks(span, terminology.type), "alias": "X", "expression": terminology.elm}
    where = context.call("Equivalent", [code, element], span)
    query = build.node("Query", span, terminology.type, source=[source], where=where.elm)
    return context.call("Exists", [query], span)
