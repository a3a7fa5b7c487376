from __future__ import annotations

import datetime as stdlib
from decimal import Decimal
from typing import Any

import pytest

from cql import Engine, Library
from cql.errors import EvaluationError
from cql.types import FHIR_URI, CqlType, IntervalType, ListType, NamedType, TupleType, choice_of, system, to_specifier
from cql.values import Code, Concept, Date, DateTime, Interval, Long, Quantity, Ratio, Time, Tuple
from tests.cql.compiler.elm import NOW, library, lit

Q = {"value": 5, "code": "mg", "system": "http://unitsofmeasure.org"}


def given(value: Any, of: CqlType | None, default: Any = None) -> Any:
    """The value of a parameter of that type when it is given so."""
    parameter: dict[str, Any] = {"name": "P"}
    if of is not None:
        parameter["parameterTypeSpecifier"] = to_specifier(of)
    elm = library({"X": {"type": "ParameterRef", "name": "P"}}, parameters=[parameter])
    return Engine(Library.from_elm(elm)).evaluate([], parameters={"P": value}, now=NOW)["X"]


ACCEPTED: list[tuple[str, Any, Any]] = [
    ("Boolean", True, True),
    ("Integer", 5, 5),
    ("Long", 5, Long(5)),
    ("Decimal", 5, Decimal(5)),
    ("Decimal", 0.1, Decimal("0.1")),
    ("String", "x", "x"),
    ("Date", "2026-01", Date(2026, 1)),
    ("Date", stdlib.date(2026, 1, 2), Date(2026, 1, 2)),
    ("DateTime", "2026-01-02T03:04:05Z", DateTime(2026, 1, 2, 3, 4, 5, offset=0)),
    ("DateTime", "2026-01-02", DateTime(2026, 1, 2, offset=0)),
    ("DateTime", stdlib.datetime(2026, 1, 2, 3, tzinfo=stdlib.UTC), DateTime(2026, 1, 2, 3, 0, 0, 0, 0)),
    ("Time", "10:30", Time(10, 30)),
    ("Time", stdlib.time(10, 30), Time(10, 30, 0, 0)),
    ("Quantity", Q, Quantity(Decimal(5), "mg")),
    ("Quantity", "5 'mg'", Quantity(Decimal(5), "mg")),
    ("Ratio", {"numerator": Q, "denominator": Q}, Ratio(Quantity(Decimal(5), "mg"), Quantity(Decimal(5), "mg"))),
    ("Code", {"system": "urn:s", "code": "c"}, Code("c", "urn:s")),
    ("Concept", {"coding": [{"system": "urn:s", "code": "c"}], "text": "t"}, Concept((Code("c", "urn:s"),), "t")),
    ("Concept", Code("c"), Concept((Code("c"),))),
    ("Any", [1, {"a": 2}], [1, Tuple({"a": 2})]),
]


@pytest.mark.parametrize(("name", "value", "expected"), ACCEPTED)
def test_system_types(name: str, value: Any, expected: Any) -> None:
    found = given(value, system(name))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Boolean", 1),
        ("Integer", True),
        ("Integer", 2**31),
        ("Integer", "5"),
        ("Decimal", float("nan")),
        ("Date", "yesterday"),
        ("DateTime", 5),
        ("Quantity", {"value": "x"}),
        ("Code", "c"),
        ("String", b"x"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, value: Any) -> None:
    with pytest.raises(EvaluationError, match=f"'P'.*System.{name} is wanted"):
        given(value, system(name))


def test_structured_types() -> None:
    integers = ListType(system("Integer"))
    assert given((1, 2, None), integers) == [1, 2, None]
    assert given({"a": 1}, TupleType((("a", system("Integer")),))) == Tuple({"a": 1})
    dates = IntervalType(system("DateTime"))
    low, high = DateTime(2026, 1, 1, offset=0), DateTime(2026, 2, 1, offset=0)
    for value in ({"start": "2026-01-01", "end": "2026-02-01"}, ("2026-01-01", "2026-02-01"), Interval(low, high)):
        found = given(value, dates)
        assert (found.low, found.high) == (low, high)
    numbers = given({"low": 1, "high": 2, "highClosed": False}, IntervalType(system("Integer")))
    assert (numbers.low, numbers.high, numbers.low_closed, numbers.high_closed) == (1, 2, True, False)
    assert given("x", choice_of([system("Integer"), system("String")])) == "x"
    assert given(Q, NamedType(FHIR_URI, "Quantity")) == Q
    patient = {"resourceType": "Patient"}
    assert given(patient, NamedType(FHIR_URI, "Patient")) == patient
    for wrong in ("x", {"b": 1}):
        with pytest.raises(EvaluationError, match="wanted"):
            given(wrong, TupleType((("a", system("Integer")),)))
    with pytest.raises(EvaluationError, match="wanted"):
        given(patient, NamedType(FHIR_URI, "Observation"))


def test_defaults_nulls_and_unknown_names() -> None:
    parameters = [
        {"name": "P", "parameterTypeSpecifier": to_specifier(system("Integer")), "default": lit(7)},
        {"name": "Q"},
    ]
    elm = library(
        {"P": {"type": "ParameterRef", "name": "P"}, "Q": {"type": "ParameterRef", "name": "Q"}}, parameters=parameters
    )
    engine = Engine(Library.from_elm(elm))
    assert dict(engine.evaluate([], now=NOW)) == {"P": 7, "Q": None}
    assert dict(engine.evaluate([], {"P": None, "Q": 1.5}, now=NOW)) == {"P": None, "Q": Decimal("1.5")}
    with pytest.raises(EvaluationError, match="no parameter 'R'; it has: P, Q"):
        engine.evaluate([], {"R": 1}, now=NOW)
