"""What emitting an ELM expression gives: Python code for its value, and all that is known about it.

``code`` is always an atom (a local name, a constant's name, a literal), so it may be repeated freely. The forms spare
boxes on the way from a resource's JSON to a System value:

===========  ==========================================================================================
``Value``    the value as CQL sees it (``cql.values``; FHIR elements boxed, resources as their dict)
``Raw``      JSON of a complex FHIR element (or, with a list type, a list of such), its class known
``Scalar``   JSON of a primitive FHIR element, with the parent it stands in
``Choice``   a choice element not yet read: which key is read depends on the type it is cast to
===========  ==========================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cql.data.shapes import ElementInfo, Shape
from cql.types import CqlType


class _Unknown:
    __slots__ = ()

    def __repr__(self) -> str:
        return "not a constant"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Value:
    """A CQL value. ``type`` is None where nothing is known; ``const`` the value itself where it is known."""

    code: str
    type: CqlType | None = None
    const: Any = UNKNOWN

    @property
    def is_const(self) -> bool:
        """Is the value known while compiling?"""
        return self.const is not UNKNOWN


@dataclass(frozen=True, slots=True)
class Raw(Value):
    """``type`` is a FHIR class, or a list of one. ``present``: certainly not null."""

    present: bool = False


@dataclass(frozen=True, slots=True)
class Scalar(Value):
    """A primitive element: ``code`` its JSON scalar, ``parent`` the code of the object it stands in (may be null)."""

    parent: str = ""
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Choice(Value):
    """A choice element ``info`` of the object ``code`` (null only where not ``present``)."""

    info: ElementInfo | None = None
    present: bool = False
