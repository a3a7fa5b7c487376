"""Implicit conversions: which there are between two types, and what each costs when overloads compete.

CQL spec, developer's guide, "Conversion Precedence": exact match < subtype < compatible (null, choices) < cast
< conversion to a simple type < to a class < promotion to an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cql.translator.types import TypeSystem, is_simple
from cql.types import (
    ANY,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    VALUESET,
    ChoiceType,
    CqlType,
    IntervalType,
    ListType,
    NamedType,
)

EXACT: Final = 0
SUBTYPE: Final = 1
COMPATIBLE: Final = 2
CAST: Final = 3
TO_SIMPLE: Final = 4
TO_CLASS: Final = 5
PROMOTION: Final = 6

# from -> {to: ELM operator}
_SYSTEM: Final[dict[CqlType, dict[CqlType, str]]] = {
    INTEGER: {LONG: "ToLong", DECIMAL: "ToDecimal", QUANTITY: "ToQuantity"},
    LONG: {DECIMAL: "ToDecimal"},
    DECIMAL: {QUANTITY: "ToQuantity"},
    DATE: {DATETIME: "ToDateTime"},
    CODE: {CONCEPT: "ToConcept"},
    VALUESET: {ListType(CODE): "ExpandValueSet"},
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """A way from ``source`` to ``target``.

    ``kind`` is ``cast`` (``As``), ``operator`` (``name`` is an ELM operator), ``helper`` (``name`` is a function of
    FHIRHelpers), ``list`` or ``interval`` (``inner`` for each element or bound), ``promotion`` (a point as an interval
    of one), ``from choice`` (one of ``alternatives`` by runtime type) or ``to choice`` (``inner``, then a cast).
    """

    kind: str
    source: CqlType
    target: CqlType
    score: int
    name: str = ""
    inner: Conversion | None = None
    alternatives: tuple[Conversion, ...] = ()


class Conversions:
    """Finds implicit conversions among the types of one library."""

    def __init__(self, types: TypeSystem) -> None:
        self.types = types
        self._known: dict[tuple[CqlType, CqlType, bool], Conversion | None] = {}

    def find(self, source: CqlType, target: CqlType, promote: bool = False) -> Conversion | None:
        """The conversion of ``source`` to ``target``, or None. Not for types where one is a subtype of the other.

        ``promote`` allows a point to become an interval.
        """
        key = (source, target, promote)
        if key not in self._known:
            self._known[key] = self._find(source, target, promote)
        return self._known[key]

    def targets(self, source: CqlType) -> list[CqlType]:
        """What the model's and the system's own conversions make of ``source``."""
        found = list(_SYSTEM.get(source, ()))
        helper = self.types.model_conversion(source)
        return [*found, helper[1]] if helper is not None else found

    def _find(self, source: CqlType, target: CqlType, promote: bool) -> Conversion | None:
        if source == ANY:
            return Conversion("cast", source, target, COMPATIBLE)
        found = self._simple(source, target)
        if found is None:
            match source, target:
                case (ListType(x), ListType(y)):
                    found = self._inside("list", source, target, x, y)
                case (IntervalType(x), IntervalType(y)):
                    found = self._inside("interval", source, target, x, y)
                case (ChoiceType(), _):
                    found = self._from_choice(source, target)
                case (_, ChoiceType()):
                    found = self._to_choice(source, target)
                case (_, IntervalType(point)) if promote and not isinstance(source, (ListType, IntervalType)):
                    found = self._promotion(source, target, point)
        return found

    def _simple(self, source: CqlType, target: CqlType) -> Conversion | None:
        name = _SYSTEM.get(source, {}).get(target)
        if name is not None:
            return Conversion("operator", source, target, _score(target), name)
        helper = self.types.model_conversion(source)
        if helper is not None and isinstance(source, NamedType) and self.types.is_subtype(helper[1], target):
            return Conversion("helper", source, helper[1], _score(target), helper[0])
        return None

    def _inside(self, kind: str, source: CqlType, target: CqlType, x: CqlType, y: CqlType) -> Conversion | None:
        inner = self.find(x, y)
        return Conversion(kind, source, target, inner.score, inner=inner) if inner is not None else None

    def _promotion(self, source: CqlType, target: CqlType, point: CqlType) -> Conversion | None:
        if self.types.is_subtype(source, point):
            return Conversion("promotion", source, target, PROMOTION)
        inner = self.find(source, point)
        return Conversion("promotion", source, target, PROMOTION + inner.score, inner=inner) if inner else None

    def _from_choice(self, source: ChoiceType, target: CqlType) -> Conversion | None:
        if self.types.is_castable(source, target):
            return Conversion("cast", source, target, COMPATIBLE if isinstance(target, ChoiceType) else CAST)
        found = [
            one for one in (self._simple_or_inside(choice, target) for choice in source.choices) if one is not None
        ]
        if not found:
            return None
        best = min(one.score for one in found)
        return Conversion("from choice", source, target, CAST + best, alternatives=tuple(found))

    def _simple_or_inside(self, source: CqlType, target: CqlType) -> Conversion | None:
        return None if source == ANY else self.find(source, target)

    def _to_choice(self, source: CqlType, target: ChoiceType) -> Conversion | None:
        if self.types.is_castable(source, target):
            return Conversion("cast", source, target, COMPATIBLE)
        for choice in target.choices:
            inner = self.find(source, choice)
            if inner is not None:
                return Conversion("to choice", source, target, CAST + inner.score, inner=inner)
        return None


def _score(target: CqlType) -> int:
    return TO_SIMPLE if is_simple(target) else TO_CLASS
