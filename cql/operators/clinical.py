"""Clinical operators: membership of codes in value sets and code systems (CQL reference, B.12 Clinical Operators).

Codes come as a Code, a Concept (any of its codes counts), a String (any system), or as FHIR's Coding, CodeableConcept
and code, boxed. Equivalence is meant: version and display do not matter. A null is in nothing. Ages are in
``temporal``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from cql.data.element import FhirElement
from cql.errors import EvaluationError
from cql.values import Code, Concept


class CodeSet(Protocol):
    """An expanded value set."""

    def contains(self, code: str | None, system: str | None) -> bool:
        """Whether the code of that system is in the set."""
        ...

    def contains_code_only(self, code: str | None) -> bool:
        """Whether a code of that text is in the set; raises ``EvaluationError`` if that is ambiguous."""
        ...


class SystemContent(Protocol):
    """The content of a code system."""

    @property
    def url(self) -> str:
        """Its canonical URL."""
        ...

    def __contains__(self, code: str, /) -> bool: ...


def in_value_set(code: Any, value_set: CodeSet) -> bool:
    """``InValueSet``. Raises ``EvaluationError`` for what is no code, and for a String that is ambiguous."""
    return any(
        value_set.contains_code_only(one) if isinstance(one, str) else value_set.contains(one.code, one.system)
        for one in _codes(code)
    )


def any_in_value_set(codes: Iterable[Any] | None, value_set: CodeSet) -> bool:
    """``AnyInValueSet``: whether any of the codes is in the set; false for null."""
    return any(in_value_set(code, value_set) for code in codes or ())


def in_code_system(code: Any, system: SystemContent) -> bool:
    """``InCodeSystem``. Raises ``EvaluationError`` for what is no code."""
    return any(
        one in system if isinstance(one, str) else one.system == system.url and (one.code or "") in system
        for one in _codes(code)
    )


def any_in_code_system(codes: Iterable[Any] | None, system: SystemContent) -> bool:
    """``AnyInCodeSystem``: whether any of the codes is in the system; false for null."""
    return any(in_code_system(code, system) for code in codes or ())


def _codes(value: Any) -> Iterator[Code | str]:
    """The codes that a value stands for; a text without system as str."""
    if isinstance(value, FhirElement):
        yield from _fhir_codes(value)
    elif isinstance(value, Concept):
        yield from value.codes
    elif isinstance(value, Code | str):
        yield value
    elif value is not None:
        raise EvaluationError(f"a {type(value).__name__} cannot be looked up in a value set or code system")


def _fhir_codes(element: FhirElement) -> Iterator[Code | str]:
    content = element.value
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        codings = content.get("coding") if element.type == "CodeableConcept" else [content]
        for coding in codings if isinstance(codings, list) else ():
            # Data may be malformed: what has no code is in no value set.
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                system = coding.get("system")
                yield Code(coding["code"], system if isinstance(system, str) else None)
