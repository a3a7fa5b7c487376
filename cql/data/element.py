"""A FHIR element taken out of its resource, with its type.

JSON says nothing of an element's type: ``{"value": 5}`` may be a Quantity or an Age, ``"2014"`` a date or a string.
What leaves a resource is therefore boxed. Resources need no box: their ``resourceType`` says it.
"""

from __future__ import annotations

from typing import Any

from cql.values.structured import Tuple


class FhirElement:
    """An element of a FHIR resource: complex (``Quantity``, ``Observation.Component``) or primitive (``dateTime``).

    ``value`` is the JSON as it stands in the resource, a dict or a scalar (None when a primitive has only extensions);
    ``extra`` the object under ``_name`` beside a primitive: its ``id`` and ``extension``. Never changed after creation.
    Equality is that of type and content; CQL's own is ``cql.operators.comparison``.
    """

    __slots__ = ("extra", "type", "value")

    def __init__(self, type: str, value: Any, extra: dict[str, Any] | None = None) -> None:
        self.type = type
        self.value = value
        self.extra = extra

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FhirElement):
            return NotImplemented
        return self.type == other.type and self.value == other.value and self.extra == other.extra

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"FhirElement({self.type!r}, {self.value!r})"


def unboxed(value: Any) -> Any:
    """``value`` with FHIR elements, also those in lists and tuples, replaced by their JSON."""
    return _unboxed(value, {})


def _unboxed(value: Any, done: dict[int, Any]) -> Any:
    if isinstance(value, FhirElement):
        return value.value
    if not isinstance(value, list | Tuple):
        return value
    found = done.get(id(value))  # one list may be an element of many: it stays one
    if found is None:
        if isinstance(value, list):
            found = [_unboxed(one, done) for one in value]
        else:
            found = Tuple({name: _unboxed(one, done) for name, one in value.items()})
        done[id(value)] = found
    return found
