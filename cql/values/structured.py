"""Tuple, Interval and Uncertainty: values made of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cql.types import CqlType


class Tuple(dict[str, Any]):
    """A CQL Tuple: element name to value, in the order declared; an absent element is not the same as a null one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Tuple { " + ", ".join(f"{name}: {value!r}" for name, value in self.items()) + " }"


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of points (CQL spec, author's guide, "Interval Values").

    A null bound is unknown when open and the least or greatest value of the point type when closed. ``point_type``
    matters only where both bounds are null, since then no value tells the type.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    point_type: CqlType | None = None

    def __repr__(self) -> str:
        return f"Interval{'[' if self.low_closed else '('}{self.low!r}, {self.high!r}{']' if self.high_closed else ')'}"


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A whole number known only to lie in ``low..high``, both included (CQL spec, author's guide, "Uncertainty").

    The result of a duration over partial dates. ``low < high`` always: a certain result is a plain int.
    """

    low: int
    high: int


def uncertain(low: int, high: int) -> int | Uncertainty:
    """The number when the bounds meet, else the uncertainty; the bounds may come in either order."""
    if low == high:
        return low
    return Uncertainty(low, high) if low < high else Uncertainty(high, low)
