"""Is and As for every kind of type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cql.data.element import FhirElement
from cql.errors import EvaluationError
from cql.operators.conversion import as_type, is_type, type_of
from cql.types import (
    ANY,
    BOOLEAN,
    CODE,
    DATE,
    DATETIME,
    DECIMAL,
    FHIR_URI,
    INTEGER,
    LONG,
    QUANTITY,
    STRING,
    VALUESET,
    VOCABULARY,
    ChoiceType,
    CqlType,
    IntervalType,
    ListType,
    NamedType,
    TupleType,
)
from cql.values import Code, Date, DateTime, Interval, Long, Quantity, Tuple, ValueSet

PATIENT = {"resourceType": "Patient"}


def fhir(name: str) -> NamedType:
    return NamedType(FHIR_URI, name)


@pytest.mark.parametrize(
    ("value", "of", "expected"),
    [
        (5, INTEGER, True),
        (5, LONG, False),
        (True, INTEGER, False),
        (True, BOOLEAN, True),
        (Long(5), LONG, True),
        (Long(5), INTEGER, False),
        (Decimal(5), DECIMAL, True),
        ("5", INTEGER, False),
        (None, ANY, False),
        (5, ANY, True),
        (PATIENT, ANY, True),
        (Date(2014), DATETIME, False),
        (DateTime(2014), DATETIME, True),
        (ValueSet("u"), VOCABULARY, True),
        (ValueSet("u"), VALUESET, True),
        (Code("a"), VOCABULARY, False),
        (5, ChoiceType((STRING, INTEGER)), True),
        (Decimal(5), ChoiceType((STRING, INTEGER)), False),
        ([1, None], ListType(INTEGER), True),
        ([1, "a"], ListType(INTEGER), False),
        ([1, "a"], ListType(ANY), True),
        ([], ListType(CODE), True),
        (1, ListType(INTEGER), False),
        (Interval(1, 5), IntervalType(INTEGER), True),
        (Interval(1, None), IntervalType(DECIMAL), False),
        (Interval(None, None, point_type=DATE), IntervalType(DATE), True),
        (Interval(None, None, point_type=DATE), IntervalType(INTEGER), False),
        (Tuple(id=1, name=None), TupleType((("id", INTEGER), ("name", STRING))), True),
        (Tuple(id=1), TupleType((("id", INTEGER), ("name", STRING))), False),
        (Tuple(id="a"), TupleType((("id", INTEGER),)), False),
        (PATIENT, fhir("Patient"), True),
        (PATIENT, fhir("DomainResource"), True),
        (PATIENT, fhir("Resource"), True),
        (PATIENT, fhir("Observation"), False),
        ({}, fhir("Patient"), False),
        (FhirElement("Age", {}), fhir("Quantity"), True),
        (FhirElement("Quantity", {}), fhir("Age"), False),
        (FhirElement("Quantity", {}), QUANTITY, False),
        (FhirElement("dateTime", "2014"), fhir("dateTime"), True),
        (Quantity(Decimal(1)), fhir("Quantity"), False),
    ],
)
def test_is(value: Any, of: CqlType, expected: bool) -> None:
    assert is_type(value, of) is expected
    assert as_type(value, of) is (value if expected else None)


def test_a_strict_cast_is_an_error() -> None:
    assert as_type(None, INTEGER, strict=True) is None
    assert as_type(5, INTEGER, strict=True) == 5
    with pytest.raises(EvaluationError, match=r"System\.String cannot be cast to System\.Integer"):
        as_type("5", INTEGER, strict=True)


@pytest.mark.parametrize(
    ("value", "of"),
    [
        (None, ANY),
        (5, INTEGER),
        ([1, 2], ListType(INTEGER)),
        ([], ListType(ANY)),
        ([1, "a"], ListType(ChoiceType((INTEGER, STRING)))),
        (Interval(None, 5), IntervalType(INTEGER)),
        (Interval(None, None), IntervalType(ANY)),
        (Tuple(b=1, a="x"), TupleType((("a", STRING), ("b", INTEGER)))),
        (PATIENT, fhir("Patient")),
    ],
)
def test_type_of(value: Any, of: CqlType) -> None:
    assert type_of(value) == of
