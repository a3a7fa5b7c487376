"""SMART scopes: which resource types an access token may read and search.

Version 1 (``patient/Observation.read``) and version 2 (``patient/Observation.rs``, with the letters in the order of
`cruds`, and a query that narrows it) of SMART App Launch, section Scopes and Launch Context.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Interaction = Literal["read", "search"]

_SCOPE = re.compile(
    r"(?:patient|user|system)/(?P<type>\*|[A-Z][A-Za-z]*)"
    r"\.(?:(?P<v1>read|write|\*)|(?P<v2>(?=[cruds])c?r?u?d?s?)(?P<query>\?.+)?)"
)
_LETTERS = {"read": "r", "search": "s"}


class Coverage(enum.IntEnum):
    """How far scopes reach."""

    NONE = 0
    PART = 1
    """Some of the resources of the type: what does not come may still be there."""
    ALL = 2


@dataclass(frozen=True, slots=True)
class _Scope:
    resource_type: str
    letters: str
    narrowed: bool


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of a token that concern FHIR resources; others (`launch`, `openid`) are left out."""

    granted: Sequence[_Scope]

    @classmethod
    def parse(cls, scope: str) -> Scopes:
        """The scopes of a `scope` member, which are separated by spaces; what is not understood grants nothing."""
        return cls([_granted(match) for one in scope.split() if (match := _SCOPE.fullmatch(one))])

    def cover(self, resource_type: str, interaction: Interaction) -> Coverage:
        """How far resources of this type may be read by id, or searched."""
        letter = _LETTERS[interaction]
        return max(
            (
                Coverage.PART if one.narrowed else Coverage.ALL
                for one in self.granted
                if one.resource_type in ("*", resource_type) and letter in one.letters
            ),
            default=Coverage.NONE,
        )


def _granted(match: re.Match[str]) -> _Scope:
    letters = match["v2"] or {"read": "rs", "*": "rs", "write": ""}[match["v1"]]
    return _Scope(match["type"], letters, match["query"] is not None)
