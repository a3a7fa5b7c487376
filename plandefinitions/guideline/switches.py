"""Leaving out what is of local origin: whole entries, or single criteria of a condition."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cql import Library
from plandefinitions.guideline.entry import Entry
from plandefinitions.guideline.errors import SettingsError
from plandefinitions.guideline.words import NO_WORDS, Words

Elm = dict[str, Any]
_OFF_IN_ALL, _OFF_IN_ANY = "true", "false"
"""What leaves a conjunction, or a disjunction, as it would be without the criterion."""


def entries_off(entries: Iterable[Entry], switched_off: Iterable[str]) -> frozenset[str]:
    """The ids of the entries that are switched off. Raises ``SettingsError``."""
    known = {one.id: one for one in entries}
    names = [one for one in switched_off if "/" not in one]
    for name in names:
        if name not in known:
            raise SettingsError(f"switched_off: the guideline has no entry {name!r}; it has: {', '.join(known)}")
        if not known[name].local:
            raise SettingsError(
                f"switched_off: {name} is the papers' own; only what is of local origin can be left out"
            )
    return frozenset(names)


def criteria_off(entries: Iterable[Entry], switched_off: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The criteria that are switched off, by library. Raises ``SettingsError`` for an entry that does not exist.

    What stands before the slash is an entry's id, or the name of a shared library.
    """
    libraries = {one.id: one.library for one in entries}
    found: dict[str, set[str]] = defaultdict(set)
    for one in switched_off:
        owner, slash, criterion = one.partition("/")
        if slash:
            found[libraries.get(owner, owner)].add(criterion)
    return {library: frozenset(names) for library, names in found.items()}


def without(library: Library, off: frozenset[str], words: Mapping[str, Words], includes: Any) -> Library:
    """The library without some of its local criteria. Raises ``SettingsError`` for one that it does not mark local."""
    content = copy.deepcopy(library.to_elm())
    left = set(off)
    for define in content["library"]["statements"]["def"]:
        local = set(words.get(define["name"], NO_WORDS).all("local")) & off
        if local and "expression" in define:
            define["expression"] = _without(define["expression"], local, _OFF_IN_ALL)
            left -= local
    if left:
        marked = sorted({name for one in words.values() for name in one.all("local")})
        named = ", ".join(sorted(left))
        raise SettingsError(f"switched_off: {library.name} has no local criterion {named}; it has: {', '.join(marked)}")
    return Library.from_elm(content, includes)


def _without(elm: Elm, off: set[str], neutral: str) -> Elm:
    """The expression with the criteria replaced by what makes no difference where they stand."""
    kind = elm.get("type")
    if kind == "ExpressionRef" and elm["name"] in off:
        return _literal(neutral)
    if kind in ("And", "Or"):
        inner = _OFF_IN_ALL if kind == "And" else _OFF_IN_ANY
        elm["operand"] = [_without(one, off, inner) for one in elm["operand"]]
    else:
        for tuple_element in _holds(elm):
            tuple_element["value"] = _without(tuple_element["value"], off, _OFF_IN_ANY)
    return elm


def _holds(elm: Elm) -> Iterator[Elm]:
    """The elements ``holds`` of the Tuples in a list, or in lists of lists."""
    pending: list[Any] = [elm]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            if node.get("type") == "Tuple":
                yield from (one for one in node["element"] if one["name"] == "holds")
            else:
                pending.extend(value for value in node.values() if isinstance(value, (dict, list)))


def _literal(value: str) -> Elm:
    return {
        "type": "Literal",
        "valueType": "{urn:hl7-org:elm-types:r1}Boolean",
        "value": value,
        "resultTypeName": "{urn:hl7-org:elm-types:r1}Boolean",
    }
