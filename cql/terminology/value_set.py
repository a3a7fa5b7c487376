"""A value set with its codes known."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from cql.errors import EvaluationError
from cql.values import Code

CodeKey = tuple[str | None, str]
"""What makes two codes the same: (system, code). Versions and displays do not count."""


class ExpandedValueSet:
    """The codes of one value set. Immutable to its users; membership is one hash lookup.

    ``url`` and ``version`` are the value set's own; ``codes`` keeps the order of the source, each code once.
    """

    def __init__(self, url: str, version: str | None, codes: Iterable[Code]) -> None:
        self.url = url
        self.version = version
        by_key: dict[CodeKey, Code] = {}
        for code in codes:
            if code.code is not None:
                by_key.setdefault((code.system, code.code), code)
        self.codes: tuple[Code, ...] = tuple(by_key.values())
        self.keys: frozenset[CodeKey] = frozenset(by_key)

    def contains(self, code: str | None, system: str | None) -> bool:
        """Is that code of that system in the set?"""
        return (system, code) in self.keys

    def contains_code_only(self, code: str | None) -> bool:
        """Is a code of that text in the set (CQL ``in`` with a String)?

        Raises ``EvaluationError`` when the set has codes of several systems, where the text alone says nothing.
        """
        if len(self.systems) > 1:
            raise EvaluationError(
                f"the value set {self.url} has codes of {len(self.systems)} code systems, "
                "so a string cannot be looked up in it; give a Code with its system"
            )
        return code in self.texts

    @cached_property
    def systems(self) -> frozenset[str | None]:
        """The systems that occur."""
        return frozenset(system for system, _ in self.keys)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The codes without their systems."""
        return frozenset(code for _, code in self.keys)

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"ExpandedValueSet({self.url!r}, {len(self.codes)} codes)"
