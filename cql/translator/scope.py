"""What names mean inside a definition: query aliases and lets, function operands, and ``$this``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cql.types import CqlType

Kind = Literal["AliasRef", "QueryLetRef", "OperandRef"]


@dataclass(slots=True)
class Scope:
    """One level of names. ``names`` maps a name to (ELM node that refers to it, type).

    ``this`` is the type of ``$this`` where there is one; in a sort clause (``sorting``) a bare name is its property.
    """

    names: dict[str, tuple[Kind, CqlType]] = field(default_factory=dict)
    this: CqlType | None = None
    sorting: bool = False
    index: bool = False
    total: CqlType | None = None


class Scopes:
    """The levels in force, innermost last."""

    def __init__(self) -> None:
        self._levels: list[Scope] = []

    def push(self, level: Scope) -> None:
        """Enter a level."""
        self._levels.append(level)

    def pop(self) -> None:
        """Leave the innermost level."""
        self._levels.pop()

    def isolate(self) -> list[Scope]:
        """Leave every level, as another definition is translated in between; give the result to ``restore``."""
        levels, self._levels = self._levels, []
        return levels

    def restore(self, levels: list[Scope]) -> None:
        """Return to the levels that ``isolate`` gave."""
        self._levels = levels

    def find(self, name: str) -> tuple[Kind, CqlType] | None:
        """What ``name`` refers to, innermost level first."""
        for level in reversed(self._levels):
            found = level.names.get(name)
            if found is not None:
                return found
        return None

    def this(self) -> Scope | None:
        """The innermost level with a ``$this``."""
        return next((level for level in reversed(self._levels) if level.this is not None), None)

    def sort_element(self) -> CqlType | None:
        """The type of an element where the innermost level is that of a sort clause."""
        return self._levels[-1].this if self._levels and self._levels[-1].sorting else None

    def innermost(self) -> Scope | None:
        """The innermost level."""
        return self._levels[-1] if self._levels else None

    def names(self) -> list[str]:
        """Every name in force: for "did you mean"."""
        return [name for level in self._levels for name in level.names]
