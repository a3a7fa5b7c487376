"""Paths of dynamicValues: the "simple" subset of FHIRPath (FHIR R4, ElementDefinition "simple path rules").

Allowed: element names, constant indexers, ``ofType(T)``, ``extension('url')``, ``where(element = 'literal')``,
``resolve()`` never; roots ``$this`` and ``%action.`` (and ``action.``, ``%resource.``, or the target type's own name).
``action.extension`` and ``activity.extension`` are the CQF convention of DSTU3 to set a card's indicator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from plandefinitions.r4 import Element, elements, is_primitive, locate

Root = Literal["resource", "action", "indicator"]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<index>\[\s*\d+\s*\])
  | \.?\s*(?P<call>ofType|as|extension|where|first)\s*\(\s*(?P<argument>[^()]*?)\s*\)
  | \.?\s*(?P<name>`[^`]+`|\$this|%?[A-Za-z_][A-Za-z0-9_]*)
)""",
    re.VERBOSE,
)
_LITERAL = re.compile(r"""(['"])(.*)\1""")
_EQUAL = re.compile(r"""([A-Za-z_]\w*)\s*=\s*(['"])(.*)\2""")
_INDICATOR = frozenset({("action", "extension"), ("%action", "extension"), ("activity", "extension")})


class PathProblem(ValueError):
    """A path that cannot be read, or does not fit its target; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One element on the way: ``index`` of a list, ``of_type`` of a choice, ``where`` a member and what it must be."""

    name: str
    index: int | None = None
    of_type: str | None = None
    where: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path. No steps: the root itself (``$this``)."""

    text: str
    root: Root
    steps: tuple[Step, ...]


def parse(text: str, depth: int = 1) -> Path:
    """Read a path of an action at that depth (1: below the plan), or of an ActivityDefinition. Raises ``PathProblem``.

    Some authors write the path from the plan on: ``action.action.title`` is the title of an action within an action.
    """
    words = text.strip()
    steps = list(_steps(words))
    while depth > 1 and len(steps) > 2 and steps[0] == steps[1] == Step("action"):
        steps, depth = steps[1:], depth - 1
    first = steps[0].name if steps else ""
    if len(steps) == 2 and (first, steps[1].name) in _INDICATOR and steps[1].where is None:
        return Path(words, "indicator", ())
    if first in ("action", "%action"):
        if len(steps) == 1:
            raise PathProblem("the path names the action itself; name one of its elements")
        return Path(words, "action", tuple(steps[1:]))
    if first in ("$this", "%resource"):
        steps = steps[1:]
    if any(one.name[0] in "$%" for one in steps):
        raise PathProblem(f"{words!r} has a variable inside the path")
    return Path(words, "resource", tuple(steps))


def _steps(words: str) -> Iterator[Step]:
    position = 0
    step: Step | None = None
    if not words:
        raise PathProblem("the path is empty")
    while position < len(words):
        token = _TOKEN.match(words, position)
        if token is None:
            raise PathProblem(f"{words!r} is not a simple path (at {words[position:]!r})")
        position = token.end()
        if token["name"]:
            if step is not None:
                yield step
            step = Step(token["name"].strip("`"))
        elif token["call"] == "extension":
            url = _LITERAL.fullmatch(token["argument"])
            if url is None:
                raise PathProblem(f"extension() in {words!r} must have a quoted URL")
            if step is not None:
                yield step
            step = Step("extension", None, None, ("url", url[2]))
        elif step is None:
            raise PathProblem(f"{words!r} must begin with an element's name")
        elif token["index"]:
            step = Step(step.name, int(token["index"].strip("[] ")), step.of_type, step.where)
        elif token["call"] == "first":
            step = Step(step.name, 0, step.of_type, step.where)
        elif token["call"] in ("ofType", "as"):
            step = Step(step.name, step.index, token["argument"].rpartition(".")[2].strip("`"), step.where)
        else:
            step = Step(step.name, step.index, step.of_type, _condition(token["argument"], words))
    if step is not None:
        yield step


def _condition(argument: str, words: str) -> tuple[str, str]:
    found = _EQUAL.fullmatch(argument)
    if found is None:
        raise PathProblem(f"where() in {words!r} can only compare one element with a quoted text")
    return found[1], found[3]


@dataclass(frozen=True, slots=True)
class Place:
    """A step on a known type: its element, and the type its value has (None: decided by the value)."""

    step: Step
    element: Element
    type: str | None


def places(path: Path, type_name: str) -> tuple[Place, ...]:
    """The path's steps as elements of the type. Raises ``PathProblem`` for one that the type does not have."""
    steps = path.steps
    if steps and steps[0].name == type_name:
        steps = steps[1:]
    found = []
    owner = type_name
    for number, step in enumerate(steps):
        place = _place(step, owner, path.text)
        found.append(place)
        if number + 1 == len(steps):
            break
        if place.type is None:
            kinds = ", ".join(place.element.types)
            raise PathProblem(f"{step.name} of {owner} has a choice of types; say which with ofType(): {kinds}")
        if is_primitive(place.type) and steps[number + 1].name not in ("extension", "id"):
            raise PathProblem(f"{step.name} of {owner} is a {place.type}; it has no element {steps[number + 1].name}")
        owner = "Element" if is_primitive(place.type) else place.type
    return tuple(found)


def _place(step: Step, owner: str, text: str) -> Place:
    element = elements(owner).get(step.name)
    if element is not None:
        of_type = step.of_type or (element.types[0] if len(element.types) == 1 else None)
        if of_type is not None and of_type not in element.types:
            raise PathProblem(f"{step.name} of {owner} cannot be a {of_type}; it can be: {', '.join(element.types)}")
        _check_index(step, element, owner)
        return Place(step, element, of_type)
    named = locate(owner, step.name)  # the JSON name of a choice, contentString, is common in published content
    if named is None:
        raise PathProblem(f"{owner} has no element {step.name!r} (path {text!r})")
    _check_index(step, named[0], owner)
    return Place(step, named[0], named[1])


def _check_index(step: Step, element: Element, owner: str) -> None:
    if (step.index or step.where) and not element.many:
        raise PathProblem(f"{step.name} of {owner} is no list; it has no index {step.index}")
