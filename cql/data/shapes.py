"""Where a model's elements stand in FHIR JSON: what both dynamic property access and the compiler go by.

``element_info("Condition", "onset")`` says that ``onset`` is one value under one of the keys ``onsetDateTime`` (a
primitive ``dateTime``, read as a System DateTime), ``onsetAge`` (a complex ``Age``), and so on. From that generated
code can do without boxes::

    (C.onset as FHIR.dateTime).value   shape = element_info("Condition", "onset").as_type("dateTime")[0]
                                       shape.read(condition.get(shape.key))
    C.code.coding S where S.code = 'x' element_info("Condition", "code").shapes[0].key == "code", kind "complex",
                                       element_info("CodeableConcept", "coding").is_list, and then for each of
                                       raw_objects(raw_object(condition, "code"), "coding"): s.get("code") == "x"
                                       (raw_object and raw_objects are in cql.data.properties)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from cql.data.primitives import READERS, Reader
from cql.models import Model, model
from cql.types import SYSTEM_URI, ChoiceType, CqlType, ListType, NamedType

Kind = Literal["primitive", "complex", "resource", "system"]

# Types that constrain another: in JSON the name of a choice element ends in the name of the type they constrain.
_CONSTRAINED = {"SimpleQuantity": "Quantity", "MoneyQuantity": "Quantity"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which an element stands in JSON.

    ``key`` is its name there (``onsetDateTime``), ``type`` its FHIR type (for ``kind`` "system": the System type).
    ``read`` turns the JSON scalar of a "primitive" or "system" shape into the System value; None for the others.
    ``extra_key`` is the name of a primitive's sibling with its id and extensions (``_onsetDateTime``), else None.
    """

    key: str
    type: str
    kind: Kind
    read: Reader | None
    extra_key: str | None


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """An element of a class: a list or one value, in one shape, or (choice elements) in any of several."""

    name: str
    is_list: bool
    shapes: tuple[Shape, ...]

    def as_type(self, name: str) -> tuple[Shape, ...]:
        """The shapes whose type is the FHIR type ``name`` or derived from it (``Quantity``: also ``Age``)."""
        types = fhir()
        return tuple(s for s in self.shapes if any(one.name == name for one in types.lineage(s.type)))


@cache
def fhir() -> Model:
    """The FHIR model that the data is read by."""
    return model("FHIR", "4.0.1")


@lru_cache(maxsize=8192)  # more than a model's elements, but bounded: names of classes come from the data as well
def element_info(class_name: str, name: str) -> ElementInfo | None:
    """How element ``name`` of class ``class_name`` (inherited ones included) stands in JSON; None: no such element.

    For a primitive class (``dateTime``) the element ``value`` has kind "system"; it is the scalar itself, not a key.
    """
    of = fhir().element_type(class_name, name)
    if of is None:
        return None
    is_list = isinstance(of, ListType)
    one = of.element if isinstance(of, ListType) else of
    if isinstance(one, ChoiceType):
        shapes = tuple(_shape(name + _suffix(choice), choice) for choice in one.choices)
    else:
        shapes = (_shape(name, one),)
    return ElementInfo(name, is_list, shapes)


@cache
def primitive_reader(type_name: str) -> Reader | None:
    """The reader of a FHIR primitive type (``dateTime``, ``AdministrativeGender``); None for types of other kinds."""
    value = fhir().element_type(type_name, "value")
    return READERS.get(value.name) if isinstance(value, NamedType) and value.uri == SYSTEM_URI else None


def _suffix(choice: CqlType) -> str:
    name = choice.name if isinstance(choice, NamedType) else str(choice)
    name = _CONSTRAINED.get(name, name)
    return name[:1].upper() + name[1:]


def _shape(key: str, of: CqlType) -> Shape:
    if not isinstance(of, NamedType):
        raise TypeError(f"element {key} has the type {of}, which FHIR JSON has no form for")
    if of.uri == SYSTEM_URI:
        return Shape(key, of.name, "system", READERS[of.name], None)
    read = primitive_reader(of.name)
    if read is not None:
        return Shape(key, of.name, "primitive", read, "_" + key)
    is_resource = any(one.name == "Resource" for one in fhir().lineage(of.name))
    return Shape(key, of.name, "resource" if is_resource else "complex", None, None)
