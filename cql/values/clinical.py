"""Code, Concept and references to terminology (CQL spec, Appendix B, "Types"; author's guide, "Clinical Values")."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a code system. Python's ``==`` compares every field; CQL's ``~`` only code and system."""

    code: str | None
    system: str | None = None
    version: str | None = None
    display: str | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """Codes of several systems that mean the same thing."""

    codes: tuple[Code, ...]
    display: str | None = None


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A reference to a value set by its canonical URL (``id``); expansion is the terminology's business."""

    id: str
    version: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A reference to a code system by its canonical URL (``id``)."""

    id: str
    version: str | None = None
    name: str | None = None
