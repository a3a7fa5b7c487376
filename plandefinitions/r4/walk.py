"""Every object inside a resource, with its FHIR type and place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plandefinitions.r4.check import escape
from plandefinitions.r4.definitions import is_primitive, locate

Node = tuple[str, dict[str, Any], str]


def walk(value: dict[str, Any], type_name: str, pointer: str = "") -> Iterator[Node]:
    """(type, object, JSON pointer) of ``value`` and of every object below it that R4 knows, in document order."""
    yield type_name, value, pointer
    for member, content in value.items():
        found = locate(type_name, member)
        if found is None or is_primitive(found[1]):
            continue
        for number, one in enumerate(content) if isinstance(content, list) else [(None, content)]:
            if isinstance(one, dict):
                at = f"{pointer}/{escape(member)}" + ("" if number is None else f"/{number}")
                of = str(one.get("resourceType")) if found[1] == "Resource" else found[1]
                yield from walk(one, of, at)
