"""Does a resource keep to the structure of FHIR R4? Elements, types, cardinalities, required bindings, empty values."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from plandefinitions.r4.definitions import Element, elements, is_primitive, is_resource, locate
from plandefinitions.r4.primitives import fits

Kind = Literal["resource", "unknown", "type", "missing", "code", "cardinality", "empty", "choice"]
# Elements whose JSON is given to nobody here: narrative is HTML, and "resourceType" is no element.
_SKIPPED = frozenset({"resourceType"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where (JSON pointer), of which kind, in a sentence, and what would mend it."""

    pointer: str
    kind: Kind
    message: str
    hint: str | None = None
    owner: str = ""
    member: str = ""


def check(resource: Any, pointer: str = "") -> Iterator[Finding]:
    """Every fault of a resource, in document order."""
    name = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(name, str) or not is_resource(name):
        what = "no resourceType" if name is None else f"resourceType {name!r}, which R4 does not have"
        yield Finding(pointer, "resource", f"the object has {what}")
        return
    yield from _object(resource, name, pointer)


def check_object(value: dict[str, Any], type_name: str) -> Iterator[Finding]:
    """Every fault of an object as one of the type, which is no resource."""
    if not elements(type_name):
        yield Finding("", "resource", f"R4 has no type {type_name}")
        return
    yield from _object(value, type_name, "")


def escape(member: str) -> str:
    """A member's name as a part of a JSON pointer (RFC 6901)."""
    return member.replace("~", "~0").replace("/", "~1")


def _object(value: dict[str, Any], type_name: str, pointer: str) -> Iterator[Finding]:
    chosen: dict[str, str] = {}
    for member, content in value.items():
        at = f"{pointer}/{escape(member)}"
        if member in _SKIPPED:
            continue
        found = locate(type_name, member.removeprefix("_"))
        if found is None or (member.startswith("_") and not is_primitive(found[1])):
            yield Finding(
                at, "unknown", f"{type_name} has no element {member!r}", _near(type_name, member), type_name, member
            )
            continue
        element, of = found
        if element.is_choice and chosen.setdefault(element.name, member.removeprefix("_")) != member.removeprefix("_"):
            yield Finding(at, "choice", f"{element.name}[x] is given twice, as {chosen[element.name]} and as {member}")
        yield from _values(content, element, of, at, type_name, is_sibling=member.startswith("_"))
    for element in elements(type_name).values():
        if element.required and not any(_given(value, element.json_name(of)) for of in element.types):
            yield Finding(pointer, "missing", f"{type_name} must have {element.name}", None, type_name, element.name)


def _given(value: dict[str, Any], member: str) -> bool:
    return member in value or f"_{member}" in value


def _near(type_name: str, member: str) -> str | None:
    names = [element.json_name(of) for element in elements(type_name).values() for of in element.types]
    close = difflib.get_close_matches(member, names, n=1)
    return f"did you mean {close[0]}?" if close else None


def _values(
    content: Any, element: Element, of: str, pointer: str, owner: str, *, is_sibling: bool
) -> Iterator[Finding]:
    if content is None or content == "" or content == [] or content == {}:
        yield Finding(pointer, "empty", f"{element.name} is empty; leave it out", None, owner, element.name)
        return
    if element.many != isinstance(content, list):
        wanted = "a list" if element.many else "one value, not a list"
        yield Finding(pointer, "cardinality", f"{element.name} must be {wanted}", None, owner, element.name)
        return
    for number, one in enumerate(content) if isinstance(content, list) else [(None, content)]:
        at = pointer if number is None else f"{pointer}/{number}"
        if one is None and is_primitive(of):
            continue  # stands for "no value" beside a sibling's extension
        yield from _value(one, element, of, at, owner, is_sibling)


def _value(one: Any, element: Element, of: str, pointer: str, owner: str, is_sibling: bool) -> Iterator[Finding]:
    if is_primitive(of) and not is_sibling:
        if not fits(of, one):
            shown = repr(one)[:60]
            yield Finding(
                pointer, "type", f"{element.name} must be a FHIR {of}, not {shown}", None, owner, element.name
            )
        elif element.codes is not None and one not in element.codes:
            some = ", ".join(element.codes[:12]) + (", ..." if len(element.codes) > 12 else "")
            yield Finding(
                pointer, "code", f"{one!r} is not a code of {element.name}", f"use one of: {some}", owner, element.name
            )
    elif not isinstance(one, dict):
        yield Finding(pointer, "type", f"{element.name} must be an object ({of})", None, owner, element.name)
    elif of == "Resource":
        yield from check(one, pointer)
    else:
        yield from _object(one, "Element" if is_sibling else of, pointer)
