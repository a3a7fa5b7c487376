"""How the model data files write types: ``Coding``, ``System.String``, ``List<Coding>``, ``Choice<string,Period>``."""

from __future__ import annotations

from cql.types import SYSTEM_URI, CqlType, IntervalType, ListType, NamedType, choice_of


def parse_type(text: str, uri: str) -> CqlType:
    """The type that ``text`` writes; names without the prefix ``System.`` belong to the model with ``uri``."""
    head, bracket, rest = text.partition("<")
    if not bracket:
        local = text.removeprefix("System.")
        return NamedType(SYSTEM_URI if local != text else uri, local)
    inner = rest.removesuffix(">")
    match head:
        case "List":
            return ListType(parse_type(inner, uri))
        case "Interval":
            return IntervalType(parse_type(inner, uri))
        case "Choice":
            return choice_of([parse_type(one, uri) for one in inner.split(",")])
    raise ValueError(f"{text!r} is not a type of a model data file")
