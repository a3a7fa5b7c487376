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
    """The library without some of its local criteria.

    Raises ``SettingsError`` for one that it does not mark local, and for one that stands in a list of another library,
    which only that library can be without.
    """
    content = copy.deepcopy(library.to_elm())
    marked: set[str] = set()
    replaced: set[str] = set()
    for define in content["library"]["statements"]["def"]:
        local = set(words.get(define["name"], NO_WORDS).all("local"))
        marked |= local
        if local & off and "expression" in define:
            define["expression"] = _without(define["expression"], local & off, _OFF_IN_ALL, replaced)
    if off - marked:
        named, known = ", ".join(sorted(off - marked)), ", ".join(sorted(marked))
        raise SettingsError(f"switched_off: {library.name} has no local criterion {named}; it has: {known}")
    if off - replaced:
        named = ", ".join(sorted(off - replaced))
        raise SettingsError(
            f"switched_off: {library.name} takes {named} from a list of another library; name the criterion there "
            '(such as "SarcomaFacts/Under 18"), which switches it off for all entries with that list'
        )
    return Library.from_elm(content, includes)


def _without(elm: Elm, off: set[str], neutral: str, replaced: set[str]) -> Elm:
    """The expression with the criteria replaced by what makes no difference where they stand; ``replaced`` gets their
    names.
    """
    kind = elm.get("type")
    if kind == "ExpressionRef" and elm["name"] in off:
        replaced.add(elm["name"])
        return _literal(neutral)
    if kind in ("And", "Or"):
        inner = _OFF_IN_ALL if kind == "And" else _OFF_IN_ANY
        elm["operand"] = [_without(one, off, inner, replaced) for one in elm["operand"]]
    else:
        for tuple_element in _holds(elm):
            tuple_element["value"] = _without(tuple_element["value"], off, _OFF_IN_ANY, replaced)
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
