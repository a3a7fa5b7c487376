"""Overload resolution: from the types of the arguments to one signature and the conversions it needs.

CQL spec, developer's guide, "Function Resolution": the candidate with the lowest sum of conversion scores wins; among
equals the one with the simpler parameter types; what is still equal is ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from cql.translator.conversions import EXACT, SUBTYPE, Conversion, Conversions
from cql.translator.operators import Overload
from cql.translator.types import TypeParameter, is_simple
from cql.types import ANY, ChoiceType, CqlType, IntervalType, ListType, NamedType, TupleType

_MAX_EXPANSIONS = 256


@dataclass(frozen=True, slots=True)
class Resolution:
    """The signature that a call goes to.

    ``overload`` has its type parameters replaced; there is one conversion, or None, per argument.
    """

    overload: Overload
    conversions: tuple[Conversion | None, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several signatures fit equally well."""

    candidates: tuple[Overload, ...]


class Resolver:
    """Resolves calls among the types of one library; remembers what it found."""

    def __init__(self, conversions: Conversions) -> None:
        self.conversions = conversions
        self.types = conversions.types
        self._known: dict[
            tuple[tuple[Overload, ...], tuple[CqlType, ...], bool, frozenset[int]], Resolution | Ambiguous | None
        ] = {}

    def resolve(
        self,
        overloads: tuple[Overload, ...],
        arguments: tuple[CqlType, ...],
        promote: bool = False,
        nulls: frozenset[int] = frozenset(),
    ) -> Resolution | Ambiguous | None:
        """The overload that ``arguments`` call; None when none fits.

        ``nulls`` are the positions of literal nulls: they never decide what a result's type parameter stands for.
        """
        key = (overloads, arguments, promote, nulls)
        if key not in self._known:
            self._known[key] = self._resolve(overloads, arguments, promote, nulls)
        return self._known[key]

    def _resolve(
        self, overloads: tuple[Overload, ...], arguments: tuple[CqlType, ...], promote: bool, nulls: frozenset[int]
    ) -> Resolution | Ambiguous | None:
        fitting = [one for one in overloads if len(one.parameters) == len(arguments)]
        found = self._scored((one for one in fitting if not one.generic), arguments, promote)
        if not found or min(one.score for one in found) > SUBTYPE * len(arguments):
            generic = [one for one in fitting if one.generic]
            instances = self._instances(generic, [arguments], promote, nulls)
            found += self._scored(instances, arguments, promote)
            if not found or min(one.score for one in found) > SUBTYPE * len(arguments):
                more = self._instances(generic, _expansions(arguments), promote, nulls)
                found += self._scored([one for one in more if one not in instances], arguments, promote)
        return _best(found)

    def _scored(self, overloads: Iterable[Overload], arguments: tuple[CqlType, ...], promote: bool) -> list[Resolution]:
        found = []
        for overload in overloads:
            conversions: list[Conversion | None] = []
            total = 0
            for argument, parameter in zip(arguments, overload.parameters, strict=True):
                if argument == parameter:
                    total += EXACT
                    conversions.append(None)
                elif self.types.is_subtype(argument, parameter):
                    total += SUBTYPE
                    conversions.append(None)
                else:
                    conversion = self.conversions.find(argument, parameter, promote)
                    if conversion is None:
                        break
                    total += conversion.score
                    conversions.append(conversion)
            else:
                found.append(Resolution(overload, tuple(conversions), total))
        return found

    def _instances(
        self,
        overloads: Sequence[Overload],
        signatures: Iterable[tuple[CqlType, ...]],
        promote: bool,
        nulls: frozenset[int],
    ) -> list[Overload]:
        found: dict[tuple[CqlType, ...], Overload] = {}
        for overload in overloads:
            for signature in signatures:
                instance = self._instance(overload, signature, promote, nulls)
                if instance is not None:
                    found.setdefault(instance.parameters, instance)
        return list(found.values())

    def _instance(
        self, overload: Overload, arguments: tuple[CqlType, ...], promote: bool, nulls: frozenset[int]
    ) -> Overload | None:
        bound: dict[TypeParameter, CqlType] = {}
        for parameter, argument in zip(overload.parameters, arguments, strict=True):
            if not self._bind(parameter, argument, bound, promote):
                return None
        # A literal null says nothing about the result: Coalesce(null, 1) is an Integer.
        told: dict[TypeParameter, CqlType] = {}
        if nulls and any(one == ANY for one in bound.values()):
            for index, (parameter, argument) in enumerate(zip(overload.parameters, arguments, strict=True)):
                if index not in nulls:
                    self._bind(parameter, argument, told, promote)
        parameters = tuple(_substitute(one, bound) for one in overload.parameters)
        return replace(
            overload, parameters=parameters, result=_substitute(overload.result, {**bound, **told}), generic=False
        )

    def _bind(self, parameter: CqlType, argument: CqlType, bound: dict[TypeParameter, CqlType], promote: bool) -> bool:
        match parameter, argument:
            case (TypeParameter(), _):
                return self._bind_parameter(parameter, argument, bound)
            case (ListType(inner) | IntervalType(inner), _) if argument == ANY:
                return self._bind(inner, ANY, bound, promote)
            case (ListType(inner), ListType(of)) | (IntervalType(inner), IntervalType(of)):
                return self._bind(inner, of, bound, promote)
            case (ListType(inner) | IntervalType(inner), _):
                kind = type(parameter)
                for target in self.conversions.targets(argument):
                    if isinstance(target, kind):
                        return self._bind(parameter, target, bound, promote)
                return promote and kind is IntervalType and self._bind(inner, argument, bound, promote)
        return self.types.is_subtype(argument, parameter) or self.conversions.find(argument, parameter) is not None

    def _bind_parameter(self, parameter: TypeParameter, argument: CqlType, bound: dict[TypeParameter, CqlType]) -> bool:
        known = bound.get(parameter)
        if known is None:
            if not parameter.accepts(argument):
                return False
            bound[parameter] = argument
            return True
        types, find = self.types, self.conversions.find
        if types.is_subtype(argument, known) or types.is_castable(argument, known):
            return True
        if parameter.accepts(argument) and (types.is_subtype(known, argument) or types.is_castable(known, argument)):
            bound[parameter] = argument
            return True
        if find(argument, known) is not None:
            return True
        if parameter.accepts(argument) and find(known, argument) is not None:
            bound[parameter] = argument
            return True
        return False


def _substitute(of: CqlType, bound: dict[TypeParameter, CqlType]) -> CqlType:
    match of:
        case TypeParameter():
            return bound.get(of, ANY)
        case ListType(inner):
            return ListType(_substitute(inner, bound))
        case IntervalType(inner):
            return IntervalType(_substitute(inner, bound))
    return of


def _expansions(arguments: tuple[CqlType, ...]) -> list[tuple[CqlType, ...]]:
    """``arguments`` with every choice replaced by each of its members in turn; empty when there is no choice."""
    options = [_members(one) for one in arguments]
    if all(len(one) == 1 for one in options):
        return []
    found = []
    for one in product(*options):
        found.append(one)
        if len(found) >= _MAX_EXPANSIONS:
            break
    return found


def _members(of: CqlType) -> tuple[CqlType, ...]:
    match of:
        case ChoiceType(choices):
            return choices
        case ListType(ChoiceType(choices)):
            return tuple(ListType(one) for one in choices)
    return (of,)


def _best(found: list[Resolution]) -> Resolution | Ambiguous | None:
    if len(found) < 2:
        return found[0] if found else None
    lowest = min(one.score for one in found)
    # A generic signature may become one that stands in the table too.
    best = list({one.overload.parameters: one for one in found if one.score == lowest}.values())
    if len(best) > 1:
        simplest = min(precedence(one.overload) for one in best)
        best = [one for one in best if precedence(one.overload) == simplest]
    return best[0] if len(best) == 1 else Ambiguous(tuple(one.overload for one in best))


def precedence(overload: Overload) -> int:
    """How simple the parameter types are: lower is simpler."""
    return sum(_typeprecedence(one) for one in overload.parameters)


def _typeprecedence(of: CqlType) -> int:
    match of:
        case NamedType():
            return 1 if is_simple(of) else 3
        case TupleType():
            return 2
        case IntervalType():
            return 4
        case ListType():
            return 5
    return 6
