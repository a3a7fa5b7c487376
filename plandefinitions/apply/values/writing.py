"""Writing a computed value into a resource, where a path says.

Parents are made, what stands beside is kept, a choice's other type is removed. An index may name the next free place
of a list, no later one. Nothing is written unless all of it can be.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from plandefinitions.apply.values.paths import Path, PathProblem, Place, places
from plandefinitions.apply.values.to_fhir import to_fhir
from plandefinitions.r4 import is_primitive


class WriteProblem(ValueError):
    """A value that cannot be written; the message names the path."""


def write(target: dict[str, Any], type_name: str, path: Path, value: Any) -> dict[str, Any]:
    """``target`` with ``value`` (CQL or FHIR) at ``path``; the argument itself is not changed. Raises
    ``WriteProblem``.
    """
    try:
        steps = places(path, type_name)
        changed = deepcopy(target)
        owner = changed
        for place in steps[:-1]:
            owner = _descend(owner, place)
        _set(owner, steps[-1], value)
    except (PathProblem, ValueError) as problem:
        raise WriteProblem(f"{path.text}: {problem}") from problem
    return changed


def _descend(owner: dict[str, Any], place: Place) -> dict[str, Any]:
    """The object below, made when it is not there."""
    assert place.type is not None
    member = place.element.json_name(place.type)
    if is_primitive(place.type):
        member = "_" + member
    if not place.element.many:
        below = owner.setdefault(member, {})
        return _object(below, member)
    items = owner.setdefault(member, [])
    if place.step.where is not None:
        return _matching(items, place.step.where)
    index = place.step.index
    if index is None:
        if len(items) > 1:
            raise ValueError(f"{member} has {len(items)} elements; give an index")
        index = 0
    if index > len(items):
        raise ValueError(f"{member}[{index}] is beyond the end; the list has {len(items)}")
    if index == len(items):
        items.append({})
    return _object(items[index], member)


def _matching(items: list[Any], where: tuple[str, str]) -> dict[str, Any]:
    member, wanted = where
    for one in items:
        if isinstance(one, dict) and one.get(member) == wanted:
            return one
    items.append({member: wanted})
    made: dict[str, Any] = items[-1]
    return made


def _object(below: Any, member: str) -> dict[str, Any]:
    if not isinstance(below, dict):
        raise ValueError(f"{member} is no object")
    return below


def _set(owner: dict[str, Any], place: Place, value: Any) -> None:
    element, step = place.element, place.step
    types = element.types if place.type is None else (place.type,)
    if step.where is not None:
        raise ValueError(f"{step.name} with a condition must be followed by an element")
    if not element.many:
        if isinstance(value, list):
            if len(value) != 1:
                raise ValueError(f"{element.name} takes one value, not a list of {len(value)}")
            value = value[0]
        of, content = to_fhir(value, types, element)
        for other in element.types:
            if other != of:
                owner.pop(element.json_name(other), None)
        owner[element.json_name(of)] = content
        return
    if step.index is None:
        values = value if isinstance(value, list) else [value]
        owner[element.name] = [to_fhir(one, types, element)[1] for one in values if one is not None]
        return
    items = owner.setdefault(element.name, [])
    if step.index > len(items):
        raise ValueError(f"{element.name}[{step.index}] is beyond the end; the list has {len(items)}")
    items[step.index : step.index + 1] = [to_fhir(value, types, element)[1]]
