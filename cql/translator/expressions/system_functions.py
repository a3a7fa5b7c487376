"""The system's functions by their CQL names (CQL reference): most are ELM operators, some are shorthands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from cql.syntax.nodes import Call
from cql.translator.context import Context
from cql.translator.diagnostics import Code
from cql.translator.elm import PRECISIONS, Expr
from cql.translator.operators import operator_names
from cql.translator.types import is_erroneous
from cql.types import ANY, BOOLEAN, DATE, DATETIME, INTEGER, ListType

_UNITS: Final = tuple(f"{one}s" for one in PRECISIONS.values() if one != "Millisecond")
_AGE: Final = re.compile(rf"(Calculate)?AgeIn({'|'.join(_UNITS)})(At)?")
_CONVERTS: Final = re.compile(r"ConvertsTo\w+")

# Operators that only symbols or keywords reach.
_NOT_FUNCTIONS: Final = frozenset(
    {"CalculateAge", "CalculateAgeAt", "DateTimeComponentFrom", "DifferenceBetween", "DurationBetween"}
)


def system_function(context: Context, node: Call, arguments: list[Expr]) -> Expr:
    """A call of a system function; ``node.name`` is one of ``FUNCTION_NAMES``."""
    if any(is_erroneous(one.type) for one in arguments):
        return context.erroneous(node.span)
    special = SPECIAL.get(node.name)
    if special is not None:
        return special(context, node, arguments)
    age = _AGE.fullmatch(node.name)
    if age is not None:
        return _age(context, node, age, arguments)
    return context.call(node.name, arguments, node.span, label=node.name)


def _age(context: Context, node: Call, name: re.Match[str], arguments: list[Expr]) -> Expr:
    """``AgeInYears()``, ``AgeInYearsAt(x)``, ``CalculateAgeInYears(birth)``, ``CalculateAgeInYearsAt(birth, x)``."""
    unit = name[2].removesuffix("s")
    operands = list(arguments)
    if name[1] is None:
        if len(arguments) != (1 if name[3] else 0):
            wanted = "one argument, the moment" if name[3] else "no argument"
            return context.error(Code.NO_OVERLOAD, f"{node.name} takes {wanted}.", node.span)
        birth = _birth_date(context, node)
        if birth is None:
            return context.erroneous(node.span)
        operands.insert(0, birth)
    operator = "CalculateAgeAt" if name[3] else "CalculateAge"
    if operands and operands[0].type == DATE and operator == "CalculateAge" and unit in ("Hour", "Minute", "Second"):
        conversion = context.conversions.find(DATE, DATETIME)
        assert conversion is not None
        operands[0] = context.coercion.apply(operands[0], conversion)
    return context.call(operator, operands, node.span, label=node.name, precision=unit)


def _birth_date(context: Context, node: Call) -> Expr | None:
    """The patient's birth date, where there is a patient."""
    models = [one for one in context.symbols.models.values() if one.patient_birth_date_path is not None]
    patient = context.symbols.own.symbols.get("Patient")
    if not models or patient is None or context.model_context != "Patient":
        context.error(
            Code.NO_PATIENT,
            f"{node.name} needs the context Patient.",
            node.span,
            "add `context Patient` before this definition, or use Calculate" + node.name + " with a birth date",
        )
        return None
    patient.used = True
    source = context.build.node("ExpressionRef", node.span, context.symbols.type_of(patient), name="Patient")
    return context.build.node("Property", node.span, DATE, path=models[0].patient_birth_date_path, source=source.elm)


def _slice(context: Context, node: Call, arguments: list[Expr]) -> Expr:
    """``Skip``, ``Tail`` and ``Take`` are slices."""
    count = 1 if node.name == "Tail" else 2
    if len(arguments) != count:
        wanted = "a list" if count == 1 else "a list and a number"
        return context.error(Code.NO_OVERLOAD, f"{node.name} takes {wanted}.", node.span)
    build, span = context.build, node.span

    def number(value: int) -> Expr:
        return build.literal(str(value), INTEGER, span)

    source = context.coerce(arguments[0], ListType(ANY), f"The first argument of {node.name}")
    if is_erroneous(source.type):
        return source
    if node.name == "Tail":
        bounds = [number(1), build.node("Null", span, ANY)]
    else:
        given = context.coerce(arguments[1], INTEGER, f"The second argument of {node.name}")
        if is_erroneous(given.type):
            return given
        if node.name == "Skip":
            bounds = [given, build.node("Null", span, ANY)]
        else:
            bounds = [number(0), context.operation("Coalesce", [given, number(0)], INTEGER, span)]
    return context.operation("Slice", [source, *bounds], source.type, span)


def _slice_from_either_end(context: Context, node: Call, arguments: list[Expr]) -> Expr:
    """``Slice(list, start, end)``: a negative index counts from the end of the list (CQL 2.0), which ELM's does not."""
    if not 2 <= len(arguments) <= 3:
        return context.call("Slice", arguments, node.span, label=node.name)
    source = context.coerce(arguments[0], ListType(ANY), "The first argument of Slice")
    bounds = [context.coerce(one, INTEGER, "An index of Slice") for one in arguments[1:]]
    if any(is_erroneous(one.type) for one in (source, *bounds)):
        return context.erroneous(node.span)
    build, span = context.build, node.span
    for number, bound in enumerate(bounds):
        if bound.elm["type"] not in ("Literal", "Null"):
            length = context.operation("Length", [source], INTEGER, span)
            negative = context.operation("Less", [bound, build.literal("0", INTEGER, span)], BOOLEAN, span)
            counted = context.operation("Add", [length, bound], INTEGER, span)
            both = build.node(
                "List", span, ListType(INTEGER), element=[counted.elm, build.literal("0", INTEGER, span).elm]
            )
            parts = {"condition": negative.elm, "then": context.operation("Max", [both], INTEGER, span).elm}
            parts["else"] = bound.elm
            bounds[number] = build.node("If", span, INTEGER, **parts)
    return context.operation("Slice", [source, *bounds], source.type, span)


def _converts(context: Context, node: Call, arguments: list[Expr]) -> Expr:
    """``ConvertsToX(any)``: a model's primitive is read as the System value it holds."""
    if len(arguments) != 1:
        return context.error(Code.NO_OVERLOAD, f"{node.name} takes one argument.", node.span)
    one = arguments[0]
    helper = context.types.model_conversion(one.type)
    if helper is not None:
        one = context.coerce(one, helper[1], node.name)
    return context.operation(node.name, [one], BOOLEAN, node.span)


SPECIAL: Final[dict[str, Callable[[Context, Call, list[Expr]], Expr]]] = {
    "Skip": _slice,
    "Tail": _slice,
    "Take": _slice,
    "Slice": _slice_from_either_end,
    **{name: _converts for name in operator_names() if _CONVERTS.fullmatch(name)},
}

FUNCTION_NAMES: Final = frozenset(
    {
        *(name for name in operator_names() if name not in _NOT_FUNCTIONS),
        *SPECIAL,
        *(f"{prefix}AgeIn{unit}{at}" for prefix in ("", "Calculate") for unit in _UNITS for at in ("", "At")),
    }
)
