"""CQL's types as values: named, list, interval, tuple and choice (CQL spec, chapter "Types").

A named type is written with its ELM qualified name, ``{urn:hl7-org:elm-types:r1}Integer`` or ``{http://hl7.org/fhir}Condition``.
Types are immutable, hashable and compare by structure. What a class type contains is asked of ``cql.models``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SYSTEM_URI = "urn:hl7-org:elm-types:r1"
FHIR_URI = "http://hl7.org/fhir"


@dataclass(frozen=True, slots=True)
class CqlType:
    """Any CQL type."""


@dataclass(frozen=True, slots=True)
class NamedType(CqlType):
    """A simple or class type; ``uri`` is its model's, ``name`` its name in that model (``Patient.Contact`` for
    components).
    """

    uri: str
    name: str

    @property
    def qualified(self) -> str:
        """The ELM form ``{uri}name``."""
        return f"{{{self.uri}}}{self.name}"

    def __str__(self) -> str:
        return f"{'System' if self.uri == SYSTEM_URI else 'FHIR'}.{self.name}"


@dataclass(frozen=True, slots=True)
class ListType(CqlType):
    """``List<element>``."""

    element: CqlType

    def __str__(self) -> str:
        return f"List<{self.element}>"


@dataclass(frozen=True, slots=True)
class IntervalType(CqlType):
    """``Interval<point>``."""

    point: CqlType

    def __str__(self) -> str:
        return f"Interval<{self.point}>"


@dataclass(frozen=True, slots=True)
class TupleType(CqlType):
    """``Tuple { name type, ... }``; ``elements`` are sorted by name, so equal tuples are equal types."""

    elements: tuple[tuple[str, CqlType], ...]

    def __str__(self) -> str:
        return "Tuple { " + ", ".join(f"{name} {of}" for name, of in self.elements) + " }"


@dataclass(frozen=True, slots=True)
class ChoiceType(CqlType):
    """``Choice<A, B, ...>``: never nested, never with one member (see ``choice_of``)."""

    choices: tuple[CqlType, ...]

    def __str__(self) -> str:
        return f"Choice<{', '.join(map(str, self.choices))}>"


def system(name: str) -> NamedType:
    """The System type of that name."""
    return NamedType(SYSTEM_URI, name)


ANY = system("Any")
BOOLEAN = system("Boolean")
INTEGER = system("Integer")
LONG = system("Long")
DECIMAL = system("Decimal")
STRING = system("String")
DATE = system("Date")
DATETIME = system("DateTime")
TIME = system("Time")
QUANTITY = system("Quantity")
RATIO = system("Ratio")
CODE = system("Code")
CONCEPT = system("Concept")
VOCABULARY = system("Vocabulary")
VALUESET = system("ValueSet")
CODESYSTEM = system("CodeSystem")


def choice_of(types: list[CqlType]) -> CqlType:
    """The choice of ``types``: flattened, without repeats, and the type itself when only one is left."""
    flat: dict[CqlType, None] = {}
    for one in types:
        for member in one.choices if isinstance(one, ChoiceType) else (one,):
            flat[member] = None
    members = tuple(flat)
    return members[0] if len(members) == 1 else ChoiceType(members)


def parse_qualified(name: str) -> NamedType:
    """``{uri}name`` to a type. Raises ``ValueError`` when it has not that form."""
    if not name.startswith("{") or "}" not in name:
        raise ValueError(f"{name!r} is not of the form {{uri}}name")
    uri, _, local = name[1:].partition("}")
    return NamedType(uri, local)


def to_specifier(of: CqlType) -> dict[str, Any]:
    """The ELM TypeSpecifier of a type."""
    match of:
        case NamedType():
            return {"type": "NamedTypeSpecifier", "name": of.qualified}
        case ListType(element):
            return {"type": "ListTypeSpecifier", "elementType": to_specifier(element)}
        case IntervalType(point):
            return {"type": "IntervalTypeSpecifier", "pointType": to_specifier(point)}
        case TupleType(elements):
            return {
                "type": "TupleTypeSpecifier",
                "element": [{"name": name, "elementType": to_specifier(one)} for name, one in elements],
            }
        case ChoiceType(choices):
            return {"type": "ChoiceTypeSpecifier", "choice": [to_specifier(one) for one in choices]}
    raise TypeError(f"not a CQL type: {of!r}")


def from_specifier(specifier: dict[str, Any]) -> CqlType:
    """The type of an ELM TypeSpecifier; raises ``ValueError`` on a form that ELM does not have."""
    match specifier.get("type"):
        case "NamedTypeSpecifier":
            return parse_qualified(specifier["name"])
        case "ListTypeSpecifier":
            return ListType(from_specifier(specifier["elementType"]))
        case "IntervalTypeSpecifier":
            return IntervalType(from_specifier(specifier["pointType"]))
        case "TupleTypeSpecifier":
            members = (
                (e["name"], from_specifier(e.get("elementType") or e["type"])) for e in specifier.get("element", [])
            )
            return TupleType(tuple(sorted(members, key=lambda member: member[0])))
        case "ChoiceTypeSpecifier":
            return choice_of([from_specifier(one) for one in specifier.get("choice") or specifier.get("type_", [])])
        case [*choices]:
            # Older translators wrote the choices under "type" as well; of two members of one name JSON keeps the last.
            return choice_of([from_specifier(one) for one in choices])
    raise ValueError(f"unknown ELM type specifier {specifier.get('type')!r}")
