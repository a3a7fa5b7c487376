from __future__ import annotations

from typing import Any

import pytest

from cql.data.element import FhirElement
from cql.errors import EvaluationError
from cql.operators.clinical import any_in_code_system, any_in_value_set, in_code_system, in_value_set
from cql.values import Code, Concept

SCT = "http://snomed.info/sct"
LOINC = "http://loinc.org"


class Codes:
    """A value set of one system, as the terminology would give it."""

    def __init__(self, system: str, codes: set[str]) -> None:
        self.url = system
        self._codes = codes

    def contains(self, code: str | None, system: str | None) -> bool:
        return system == self.url and code in self._codes

    def contains_code_only(self, code: str | None) -> bool:
        return code in self._codes

    def __contains__(self, code: str) -> bool:
        return code in self._codes


SARCOMA = Codes(SCT, {"424413001", "302847003"})
CASES: list[tuple[Any, bool]] = [
    (Code("424413001", SCT, "2020", "Sarcoma"), True),
    (Code("424413001", LOINC), False),
    (Code("424413001"), False),
    (Code(None, SCT), False),
    (Concept((Code("1", LOINC), Code("302847003", SCT))), True),
    (Concept(()), False),
    ("424413001", True),
    ("1", False),
    (None, False),
    (FhirElement("Coding", {"system": SCT, "code": "424413001"}), True),
    (FhirElement("Coding", {"system": LOINC, "code": "424413001"}), False),
    (FhirElement("CodeableConcept", {"coding": [{"system": LOINC}, {"system": SCT, "code": "302847003"}]}), True),
    (FhirElement("CodeableConcept", {"text": "sarcoma"}), False),
    (FhirElement("CodeableConcept", {"coding": {"system": SCT, "code": "302847003"}}), False),
    (FhirElement("Coding", {"system": 5, "code": ["424413001"]}), False),
    (FhirElement("code", "424413001"), True),
    (FhirElement("code", None), False),
]


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_membership(code: Any, expected: bool) -> None:
    assert in_value_set(code, SARCOMA) is expected
    assert in_code_system(code, SARCOMA) is expected


def test_any_of_a_list() -> None:
    codes = [Code("1", LOINC), None, Code("424413001", SCT)]
    assert any_in_value_set(codes, SARCOMA) is True
    assert any_in_code_system(codes, SARCOMA) is True
    assert any_in_value_set(codes[:2], SARCOMA) is False
    assert any_in_value_set(None, SARCOMA) is False
    assert any_in_code_system(None, SARCOMA) is False


def test_what_is_no_code_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="int"):
        in_value_set(5, SARCOMA)
