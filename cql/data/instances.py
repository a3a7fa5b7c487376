"""FHIR instances that a library builds itself: ``FHIR.Quantity { value: FHIR.decimal { value: 5.0 } }`` (ELM Instance).

They are held as those of the data are: JSON with the type beside it. Only the scalars differ: a library writes System
values (a DateTime, a Decimal), and they stay such.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cql.data.element import FhirElement
from cql.data.shapes import element_info, fhir, primitive_reader


def fhir_instance(class_name: str, elements: Mapping[str, Any]) -> dict[str, Any] | FhirElement:
    """An instance of the FHIR class with these elements (CQL values): a resource's dict, or a ``FhirElement``.

    Null elements are absent. Raises ``LookupError`` for a class or an element that the model does not have, and for a
    value of none of the types of a choice element.
    """
    lineage = fhir().lineage(class_name)
    if not lineage:
        raise LookupError(f"FHIR has no class {class_name}")
    given = {name: value for name, value in elements.items() if value is not None}
    if primitive_reader(class_name) is not None:
        extra = _content(class_name, {name: value for name, value in given.items() if name != "value"})
        return FhirElement(class_name, given.get("value"), extra or None)
    content = _content(class_name, given)
    if any(one.name == "Resource" for one in lineage):
        return {"resourceType": class_name, **content}
    return FhirElement(class_name, content)


def _content(class_name: str, elements: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, value in elements.items():
        key = _key(class_name, name, value)
        if isinstance(value, list):
            content[key] = [_raw(one) for one in value]
            extras = [one.extra if isinstance(one, FhirElement) else None for one in value]
            extra: Any = extras if any(extras) else None
        else:
            content[key] = _raw(value)
            extra = value.extra if isinstance(value, FhirElement) else None
        if extra is not None:
            content["_" + key] = extra
    return content


def _key(class_name: str, name: str, value: Any) -> str:
    info = element_info(class_name, name)
    if info is None:
        raise LookupError(f"FHIR.{class_name} has no element {name}")
    if len(info.shapes) == 1:
        return info.shapes[0].key
    if isinstance(value, FhirElement):
        for one in fhir().lineage(value.type):
            for shape in info.shapes:
                if shape.type == one.name:
                    return shape.key
    raise LookupError(f"FHIR.{class_name}.{name} cannot be {type(value).__name__}")


def _raw(value: Any) -> Any:
    return value.value if isinstance(value, FhirElement) else value
