"""Is and As: what type a value has (CQL spec, Appendix B, "Type Operators").

A resource says its own type, a FHIR element carries it; lists and intervals are of a type when all in them is.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from cql.errors import EvaluationError
from cql.types import (
    ANY,
    BOOLEAN,
    CODE,
    CODESYSTEM,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    FHIR_URI,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    STRING,
    SYSTEM_URI,
    TIME,
    VALUESET,
    VOCABULARY,
    ChoiceType,
    CqlType,
    IntervalType,
    ListType,
    NamedType,
    TupleType,
    choice_of,
)
from cql.values import (
    Code,
    CodeSystem,
    Concept,
    Date,
    DateTime,
    Interval,
    Long,
    Quantity,
    Ratio,
    Time,
    Tuple,
    Uncertainty,
    ValueSet,
)

_SYSTEM: Final[dict[type, NamedType]] = {
    bool: BOOLEAN,
    int: INTEGER,
    Long: LONG,
    Decimal: DECIMAL,
    str: STRING,
    Date: DATE,
    DateTime: DATETIME,
    Time: TIME,
    Quantity: QUANTITY,
    Ratio: RATIO,
    Code: CODE,
    Concept: CONCEPT,
    ValueSet: VALUESET,
    CodeSystem: CODESYSTEM,
    Uncertainty: INTEGER,
}


def is_type(value: Any, of: CqlType) -> bool:
    """``value is of``. Null is of no type; a value is also of the types that its own derives from."""
    if value is None:
        return False
    match of:
        case NamedType():
            if of == ANY:
                return True
            own = _named_type(value)
            return own is not None and (own == of or _derives(own, of))
        case ListType(element):
            return type(value) is list and all(one is None or is_type(one, element) for one in value)
        case IntervalType(point):
            return type(value) is Interval and _is_interval_of(value, point)
        case TupleType(elements):
            return type(value) is Tuple and _is_tuple_of(value, elements)
        case ChoiceType(choices):
            return any(is_type(value, choice) for choice in choices)
    raise EvaluationError(f"not a type: {of!r}")


def as_type(value: Any, of: CqlType, *, strict: bool = False) -> Any:
    """``value as of``: the value if it is of the type, else null; ``cast value as of`` (``strict``) raises instead."""
    if value is None or is_type(value, of):
        return value
    if strict:
        raise EvaluationError(f"a value of type {type_of(value)} cannot be cast to {of}")
    return None


def type_of(value: Any) -> CqlType:
    """The type of a value, as far as the value itself tells it: Any for null and for what is in empty lists."""
    kind = type(value)
    if kind is list:
        return ListType(choice_of([type_of(one) for one in value if one is not None] or [ANY]))
    if kind is Interval:
        point = next((type_of(bound) for bound in (value.low, value.high) if bound is not None), None)
        return IntervalType(point or value.point_type or ANY)
    if kind is Tuple:
        return TupleType(tuple(sorted(((name, type_of(one)) for name, one in value.items()), key=lambda one: one[0])))
    return _named_type(value) or ANY


def _named_type(value: Any) -> NamedType | None:
    """The simple or class type of a value: a System type, a resource's, or that which a FHIR element carries."""
    of = _SYSTEM.get(type(value))
    if of is not None:
        return of
    # A FhirElement has a ``type``; it is not imported, since the operators do not depend on the data layer.
    name = value.get("resourceType") if type(value) is dict else getattr(value, "type", None)
    return NamedType(FHIR_URI, name) if isinstance(name, str) else None


@lru_cache(maxsize=4096)
def _derives(own: NamedType, of: NamedType) -> bool:
    """Whether ``own`` derives from ``of``, asked of the model for FHIR's types."""
    if own.uri == SYSTEM_URI:
        return of == VOCABULARY and own in (VALUESET, CODESYSTEM)
    if own.uri != of.uri:
        return False
    from cql.models import model

    return model("FHIR", None).is_subtype(own, of)


def _is_interval_of(value: Interval, point: CqlType) -> bool:
    bounds = [bound for bound in (value.low, value.high) if bound is not None]
    if bounds:
        return all(is_type(bound, point) for bound in bounds)
    return value.point_type is None or value.point_type == point or point == ANY


def _is_tuple_of(value: Tuple, elements: tuple[tuple[str, CqlType], ...]) -> bool:
    return value.keys() == {name for name, _ in elements} and all(
        value[name] is None or is_type(value[name], of) for name, of in elements
    )
