"""How types relate: subtypes, implicit casts, properties and common types (CQL spec, developer's guide, "Type System").

Two kinds of ``CqlType`` exist in the translator only: ``TypeParameter`` (the ``T`` of a generic signature) and
``ERRONEOUS``, the type of an expression that has been reported already and must not cause further findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cql.models import Model, model
from cql.types import (
    ANY,
    BOOLEAN,
    SYSTEM_URI,
    ChoiceType,
    CqlType,
    IntervalType,
    ListType,
    NamedType,
    TupleType,
    choice_of,
)

ERRONEOUS: Final = NamedType("", "erroneous")
_SIMPLE: Final = frozenset({"Any", "Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time"})


@dataclass(frozen=True, slots=True)
class TypeParameter(CqlType):
    """A generic parameter; ``kind`` restricts what it stands for: ``any``, ``class``, ``tuple`` or ``choice``."""

    name: str
    kind: str = "any"

    def __str__(self) -> str:
        return self.name

    def accepts(self, of: CqlType) -> bool:
        """May the parameter stand for ``of``?"""
        match self.kind:
            case "class":
                return isinstance(of, NamedType) and not is_simple(of)
            case "tuple":
                return isinstance(of, TupleType)
            case "choice":
                return isinstance(of, ChoiceType)
        return True


def is_simple(of: CqlType) -> bool:
    """Is it a System type without elements?"""
    return isinstance(of, NamedType) and of.uri == SYSTEM_URI and of.name in _SIMPLE


def is_erroneous(of: CqlType) -> bool:
    """Has an expression of this type (or a part of it) been reported already?"""
    match of:
        case ListType(inner) | IntervalType(inner):
            return is_erroneous(inner)
        case TupleType(elements):
            return any(is_erroneous(one) for _, one in elements)
        case ChoiceType(choices):
            return any(is_erroneous(one) for one in choices)
    return of == ERRONEOUS


class TypeSystem:
    """The types of the models a library uses, System always included."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {SYSTEM_URI: model("System")}
        self._subtypes: dict[tuple[CqlType, CqlType], bool] = {}

    def add(self, one: Model) -> None:
        """Bring a model in."""
        self.models[one.uri] = one

    def lineage(self, of: CqlType) -> Iterator[NamedType]:
        """A named type and its bases, nearest first, System.Any last."""
        current: CqlType | None = of
        while isinstance(current, NamedType):
            yield current
            owner = self.models.get(current.uri)
            info = owner.class_named(current.name) if owner is not None else None
            current = info.base if info is not None else None

    def is_subtype(self, a: CqlType, b: CqlType) -> bool:
        """Is every value of ``a`` a value of ``b``? Lists, intervals and tuples are covariant."""
        if a == b or b == ANY:
            return True
        key = (a, b)
        known = self._subtypes.get(key)
        if known is None:
            known = self._subtypes[key] = self._is_subtype(a, b)
        return known

    def _is_subtype(self, a: CqlType, b: CqlType) -> bool:
        match a, b:
            case (NamedType(), NamedType()):
                return any(one == b for one in self.lineage(a))
            case (ListType(x), ListType(y)) | (IntervalType(x), IntervalType(y)):
                return self.is_subtype(x, y)
            case (TupleType(xs), TupleType(ys)):
                return len(xs) == len(ys) and all(
                    n == m and self.is_subtype(x, y) for (n, x), (m, y) in zip(xs, ys, strict=True)
                )
            case (ChoiceType(xs), ChoiceType(ys)):
                return set(xs) <= set(ys)
        return False

    def is_castable(self, a: CqlType, b: CqlType) -> bool:
        """Does an implicit cast take ``a`` to ``b``: null to anything, a type to a choice with it, and back?"""
        if a == ANY:
            return True
        match a, b:
            case (ChoiceType(xs), ChoiceType(ys)):
                return any(self.is_subtype(x, y) or self.is_subtype(y, x) for x in xs for y in ys)
            case (_, ChoiceType(ys)):
                return any(self.is_subtype(a, y) for y in ys)
            case (ChoiceType(xs), _):
                return any(self.is_subtype(x, b) for x in xs)
        return False

    def may_be(self, a: CqlType, b: CqlType) -> bool:
        """Can a value of static type ``a`` be of type ``b`` at runtime (so that ``as`` makes sense)?"""
        if self.is_subtype(a, b) or self.is_subtype(b, a) or self.is_castable(a, b):
            return True
        match a, b:
            case (ListType(x), ListType(y)) | (IntervalType(x), IntervalType(y)):
                return self.may_be(x, y)
            case (ChoiceType(xs), _):
                return any(self.may_be(x, b) for x in xs)
            case (_, ChoiceType(ys)):
                return any(self.may_be(a, y) for y in ys)
            case (TupleType(xs), TupleType(ys)):
                return [n for n, _ in xs] == [n for n, _ in ys] and all(
                    self.may_be(x, y) for (_, x), (_, y) in zip(xs, ys, strict=True)
                )
        return False

    def property_type(self, of: CqlType, name: str) -> CqlType | None:
        """The type of property ``name`` of a value of type ``of``; None when it has none of that name.

        A choice has the properties of all its members; a list is not traversed here.
        """
        match of:
            case NamedType():
                return self._element(of, name)
            case TupleType(elements):
                return dict(elements).get(name)
            case IntervalType(point):
                return {"low": point, "high": point, "lowClosed": BOOLEAN, "highClosed": BOOLEAN}.get(name)
            case ChoiceType(choices):
                found = [one for one in (self.property_type(choice, name) for choice in choices) if one is not None]
                return choice_of(sorted(found, key=str)) if found else None
        return None

    def property_names(self, of: CqlType) -> tuple[str, ...]:
        """What ``property_type`` knows for ``of``."""
        match of:
            case NamedType(uri, name):
                owner = self.models.get(uri)
                return tuple(owner.elements(name)) if owner is not None else ()
            case TupleType(elements):
                return tuple(name for name, _ in elements)
            case IntervalType():
                return ("low", "high", "lowClosed", "highClosed")
            case ChoiceType(choices):
                return tuple(dict.fromkeys(name for one in choices for name in self.property_names(one)))
            case ListType(element):
                return self.property_names(element)
        return ()

    def _element(self, of: NamedType, name: str) -> CqlType | None:
        owner = self.models.get(of.uri)
        if owner is None:
            return None
        found = owner.element_type(of.name, name)
        return sorted_choice([found]) if isinstance(found, ChoiceType) else found

    def model_conversion(self, of: CqlType) -> tuple[str, CqlType] | None:
        """The model's implicit conversion of ``of`` to a System type: (function name, target)."""
        owner = self.models.get(of.uri) if isinstance(of, NamedType) else None
        return owner.conversion(of) if owner is not None else None


def sorted_choice(types: Iterable[CqlType]) -> CqlType:
    """The choice of ``types`` in the order of their names, as two choices with the same members must be equal."""
    flat = choice_of(list(types))
    return ChoiceType(tuple(sorted(flat.choices, key=str))) if isinstance(flat, ChoiceType) else flat
