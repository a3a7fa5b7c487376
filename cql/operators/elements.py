"""When two list elements are the same, and finding them by hash (CQL reference, B.10 List Operators).

Elements compare by equality, except that nulls count as equal. A pair can be the same, different, or not known to be
either (partial dates, tuples with null elements). A hash only finds pairs that are certainly the same; that is all
that distinct, union, intersect and except ask. Whether a miss is certain too is asked of the elements one by one, and
only where their types leave a doubt.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from cql.data.element import FhirElement
from cql.operators.bounds import end, start
from cql.operators.comparison import equal
from cql.values import Code, Concept, Date, DateTime, Interval, Long, Quantity, Time
from cql.values.precision import DAY
from cql.values.units import canonical, conversion

# Equal exactly when Python says so, once bool is kept apart from the numbers (see ``_key``).
_SCALARS = frozenset({str, int, Long, Decimal, bool, type(None)})
_STRING_OR_NULL = frozenset({str, type(None)})


def same(a: Any, b: Any) -> bool | None:
    """Whether two elements are the same; a null is the same as a null and different from everything else."""
    if a is None or b is None:
        return a is b
    return equal(a, b)


def _key(value: Any) -> Hashable:
    """A hash key which elements that are the same have in common; for scalars the reverse holds too."""
    kind = type(value)
    if kind is bool:
        return (bool, value)  # True == 1 in Python
    if kind in _SCALARS or kind is Code:
        return value  # type: ignore[no-any-return]
    if kind is Date or (kind is DateTime and value.rank <= DAY):  # these two can be the same
        return (Date, value.first.toordinal())
    if kind is DateTime or kind is Time:
        return (kind, value.low)
    if kind is Interval:
        return (Interval, _key(start(value)), _key(end(value)))
    if kind is FhirElement:
        inner = value.value
        return (FhirElement, _fields(inner) if isinstance(inner, dict) else str(inner))
    if isinstance(value, dict):  # a Tuple or a resource
        identifier = value.get("id") if "resourceType" in value else None
        return (value["resourceType"], identifier) if isinstance(identifier, str) else _fields(value)
    if isinstance(value, list):
        return (list, len(value))
    if kind is Concept:
        return (Concept, tuple(code.code for code in value.codes))
    if kind is Quantity:
        return (Quantity, canonical(value.unit), value.value)
    return (kind,)  # the fields of the others (Ratio, ValueSet, ...) may differ between values that are the same


def _fields(value: dict[str, Any]) -> Hashable:
    """The text fields of a tuple, resource or element: they have to agree, whatever the others are."""
    return frozenset((name, field) for name, field in value.items() if type(field) is str)


class ElementSet:
    """Distinct elements in order of arrival; a question costs O(1) where the elements' type has a good hash key."""

    __slots__ = ("_positions", "_units", "members")

    def __init__(self, elements: Iterable[Any] = ()) -> None:
        self.members: list[Any] = []
        self._positions: dict[Hashable, list[int]] = {}
        self._units: set[str] = set()
        for element in elements:
            self.place(element)

    def place(self, element: Any) -> int:
        """The position of the member that is certainly the same as ``element``, which is added if there is none."""
        position = self.find(element)
        if position is None:
            position = len(self.members)
            self.members.append(element)
            self._positions.setdefault(_key(element), []).append(position)
            if type(element) is Quantity:
                self._units.add(canonical(element.unit))
        return position

    def add(self, element: Any) -> bool:
        """Add an element; false if it was certainly there already."""
        size = len(self.members)
        return self.place(element) == size

    def find(self, element: Any) -> int | None:
        """The position of the member that is certainly the same, or None."""
        if type(element) is Quantity:
            keys = _quantity_keys(element, self._units)
            return next((self._positions[key][0] for key in keys if key in self._positions), None)
        positions = self._positions.get(_key(element), ())
        if type(element) in _SCALARS:
            return positions[0] if positions else None
        return next((at for at in positions if _certainly_same(self.members[at], element)), None)

    def __contains__(self, element: Any) -> bool:
        """Whether the element is certainly there."""
        return self.find(element) is not None


def _quantity_keys(quantity: Quantity, units: Iterable[str]) -> Iterator[Hashable]:
    """What ``_key`` gives for the same amount in those of the units that it converts to."""
    own = canonical(quantity.unit)
    for unit in units:
        if unit == own:
            yield (Quantity, unit, quantity.value)
        elif (convert := conversion(own, unit)) is not None:
            yield (Quantity, unit, convert.apply(quantity.value))


def _certainly_same(a: Any, b: Any) -> bool:
    """``same(a, b) is True``; a resource or element is the same as itself without a look inside."""
    return (a is b and isinstance(a, dict | FhirElement)) or same(a, b) is True


def unique(elements: list[Any]) -> list[Any]:
    """The elements without duplicates, in order of first occurrence."""
    if len(elements) < 2:
        return list(elements)
    if set(map(type, elements)) <= _STRING_OR_NULL:
        return list(dict.fromkeys(elements))
    known = ElementSet()
    return [element for element in elements if known.add(element)]


def member(elements: list[Any], element: Any) -> bool | None:
    """Whether ``element`` is in the list; null if it is not certainly, but may be."""
    if type(element) is str or element is None:
        return True if element in elements else member_after_miss(elements, element)
    if any(_certainly_same(other, element) for other in elements):
        return True
    return member_after_miss(elements, element)


def member_after_miss(elements: list[Any], element: Any) -> bool | None:
    """``member`` for an element known not to be there certainly: false or, if it may be there, null."""
    if type(element) in _SCALARS and _SCALARS.issuperset(map(type, elements)):
        return False
    return None if any(same(other, element) is None for other in elements) else False
