"""What a condition is made of: the tree of its criteria, read from the compiled library rather than written twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cql import Library
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.words import NO_WORDS, Words

Elm = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A define that a condition refers to. ``local``: whether the rule, not the fact, is of local origin."""

    library: str
    name: str
    local: bool = False

    @property
    def key(self) -> str:
        """Its name in the evaluated program."""
        return f"{self.library}.{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria of which all, or any one, must be met."""

    any: bool
    parts: tuple["Criterion | Group", ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One element of "Unless": the criterion that would outrank the entry."""

    criterion: Criterion


def leaves(node: Criterion | Group) -> Iterator[Criterion]:
    """Every criterion of a tree, in the order of the text."""
    if isinstance(node, Criterion):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


class ConditionReader:
    """Reads the conditions of one library. The tag ``@local`` above a condition names those of its criteria that are
    local rules; ``words`` has the tags by library and define.
    """

    def __init__(self, library: Library, words: Mapping[str, Mapping[str, Words]]) -> None:
        self._library = library
        self._words = words

    def tree(self, define: str) -> Group:
        """The criteria of a condition as one conjunction. Raises ``ContentError`` for what is no named criterion."""
        node = self._node(self._expression(self._library, define), self._library, define)
        if node is None:
            return Group(False, ())
        return node if isinstance(node, Group) and not node.any else Group(False, (node,))

    def clauses(self, define: str) -> tuple[Clause, ...]:
        """The criteria of a list of Tuples with the element ``holds``, in its order; a literal has none."""
        return tuple(self._clauses(self._expression(self._library, define), self._library, define))

    def _node(self, elm: Elm, library: Library, where: str) -> Criterion | Group | None:
        """None for a literal, which stands where a criterion is switched off."""
        kind = elm.get("type")
        if kind == "Literal":
            return None
        if kind in ("And", "Or"):
            parts: list[Criterion | Group] = []
            for operand in elm["operand"]:
                part = self._node(operand, library, where)
                if isinstance(part, Group) and part.any == (kind == "Or"):
                    parts.extend(part.parts)
                elif part is not None:
                    parts.append(part)
            return Group(kind == "Or", tuple(parts)) if parts else None
        return self._criterion(elm, library, where)

    def _criterion(self, elm: Elm, library: Library, where: str) -> Criterion:
        if elm.get("type") != "ExpressionRef":
            raise ContentError(
                f'library {library.name}: "{where}" holds an expression ({elm.get("type")}, at '
                f"{elm.get('locator', '?')}) that has no name; make it a define of its own and refer to that"
            )
        owner = _owner(elm, library)
        local = self._words[library.name].get(where, NO_WORDS).all("local")
        return Criterion(owner.name, str(elm["name"]), elm["name"] in local)

    def _clauses(self, elm: Elm, library: Library, where: str) -> Iterator[Clause]:
        kind = elm.get("type")
        if kind == "ExpressionRef":
            owner = _owner(elm, library)
            define = str(elm["name"])
            yield from self._clauses(self._expression(owner, define), owner, define)
        elif kind == "Flatten":
            yield from self._clauses(elm["operand"], library, where)
        elif kind == "List":
            for one in elm.get("element", ()):
                yield from self._clauses(one, library, where)
        elif kind == "Tuple":
            holds: Elm = next((one["value"] for one in elm["element"] if one["name"] == "holds"), {})
            if holds.get("type") != "Literal":
                yield Clause(self._criterion(holds, library, where))
        elif kind in ("As", "ToList"):
            yield from self._clauses(elm["operand"], library, where)
        else:
            raise ContentError(
                f'library {library.name}: "{where}" must be a list of Tuples with "holds", or "flatten" of such lists; '
                f"found {kind} at {elm.get('locator', '?')}"
            )

    def _expression(self, library: Library, define: str) -> Elm:
        statements = library.to_elm()["library"]["statements"]["def"]
        found = next((one for one in statements if one["name"] == define), None)
        if found is None:
            raise ContentError(f'library {library.name}: there is no define "{define}"; the entry needs it')
        expression: Elm = found["expression"]
        return expression


def _owner(elm: Elm, library: Library) -> Library:
    alias = elm.get("libraryName")
    return library.includes[alias] if alias else library
