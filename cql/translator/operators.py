"""The system operators, read from the signature table when they are first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from cql.translator.signatures import TABLE
from cql.translator.types import TypeParameter
from cql.types import CqlType, IntervalType, ListType, system

_PARAMETERS: Final = {
    "T": TypeParameter("T"),
    "C": TypeParameter("C", "class"),
    "R": TypeParameter("R", "tuple"),
    "H": TypeParameter("H", "choice"),
}


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of an operator or function. ``parameters`` and ``result`` may hold type parameters."""

    name: str
    parameters: tuple[CqlType, ...]
    result: CqlType
    generic: bool = False

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))})"


@dataclass(frozen=True, slots=True)
class Operator:
    """An ELM node that takes expressions: its overloads, and the fields its arguments go to.

    ``fields`` of ``("operand",)`` means one operand or a list of them, by the number of arguments; with ``many`` it
    is a list always.
    """

    name: str
    fields: tuple[str, ...]
    many: bool
    overloads: tuple[Overload, ...]


@cache
def _lines() -> dict[str, tuple[str, str]]:
    """Operator name -> (fields, overloads) as text."""
    lines: dict[str, tuple[str, str]] = {}
    for line in TABLE.splitlines():
        if line.strip():
            head, _, overloads = line.partition(":")
            name, _, fields = head.strip().partition("(")
            lines[name] = (fields.rstrip(")"), overloads)
    return lines


@cache
def operator(name: str) -> Operator | None:
    """The system operator of that ELM name, or None."""
    line = _lines().get(name)
    if line is None:
        return None
    fields = line[0] or "operand"
    overloads = tuple(_overload(name, one.strip()) for one in line[1].split(";"))
    return Operator(name, tuple(fields.removesuffix("...").split()), fields.endswith("..."), overloads)


def operator_names() -> tuple[str, ...]:
    """Every operator's name: for "did you mean"."""
    return tuple(_lines())


def _overload(name: str, text: str) -> Overload:
    head, _, result = text.partition("->")
    parameters = tuple(_type(one) for one in head.split(",") if one.strip())
    return Overload(name, parameters, _type(result), any(is_generic(one) for one in parameters))


@cache
def _type(text: str) -> CqlType:
    text = text.strip()
    if text.startswith("["):
        return ListType(_type(text[1:-1]))
    if text.startswith("<"):
        return IntervalType(_type(text[1:-1]))
    return _PARAMETERS.get(text) or system(text)


def is_generic(of: CqlType) -> bool:
    """Does a type parameter occur in ``of``?"""
    match of:
        case TypeParameter():
            return True
        case ListType(inner) | IntervalType(inner):
            return is_generic(inner)
    return False
