"""The functions of FHIRHelpers 4.0.1."""

from decimal import Decimal
from typing import Any

import pytest

from cql.data.context import reading
from cql.data.element import FhirElement
from cql.data.fhir_helpers import (
    FUNCTIONS,
    to_boolean,
    to_calendar_unit,
    to_code,
    to_concept,
    to_date,
    to_date_time,
    to_decimal,
    to_integer,
    to_interval,
    to_quantity,
    to_quantity_ignoring_comparator,
    to_ratio,
    to_string,
    to_time,
    to_value_set,
)
from cql.data.warnings import MALFORMED_VALUE, QUANTITY_UNIT_NOT_UCUM, QUANTITY_WITH_COMPARATOR, WarningLog
from cql.models import model
from cql.types import DATETIME, QUANTITY
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity, Ratio, Time, ValueSet

UCUM = "http://unitsofmeasure.org"


def quantity(value: Any = 5, **more: Any) -> FhirElement:
    return FhirElement("Quantity", {"value": value, **more})


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (quantity(5.4, unit="mg per dL", code="mg/dL", system=UCUM), Quantity(Decimal("5.4"), "mg/dL")),
        (quantity(5, unit="mg"), Quantity(Decimal(5), "mg")),
        (quantity(5), Quantity(Decimal(5), "1")),
        (quantity(3, code="mo", system=UCUM), Quantity(Decimal(3), "month")),
        (quantity(3, code="a", system=UCUM), Quantity(Decimal(3), "year")),
        (
            quantity(3, code="day", system="http://hl7.org/fhirpath/CodeSystem/calendar-units"),
            Quantity(Decimal(3), "day"),
        ),
        (FhirElement("Age", {"value": 30, "code": "a", "system": UCUM}), Quantity(Decimal(30), "year")),
        (FhirElement("SimpleQuantity", {"value": 1, "unit": "mg"}), Quantity(Decimal(1), "mg")),
        (quantity(None, unit="mg"), None),
        (FhirElement("Quantity", {}), None),
        (None, None),
    ],
)
def test_to_quantity(element: FhirElement | None, expected: Quantity | None) -> None:
    assert to_quantity(element) == expected


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (quantity(0.1, comparator="<", unit="mg"), QUANTITY_WITH_COMPARATOR),
        (quantity(5, code="TAB", system="http://example.org/units"), QUANTITY_UNIT_NOT_UCUM),
        (quantity("5.4", unit="mg"), MALFORMED_VALUE),
        (quantity(float("inf"), unit="mg"), MALFORMED_VALUE),
    ],
)
def test_quantity_that_cannot_be_converted_is_null_with_a_warning(element: FhirElement, code: str) -> None:
    log = WarningLog()
    with reading(0, log):
        assert to_quantity(element) is None
    assert [warning.code for warning in log.placed([])] == [code]


def test_quantity_ignoring_its_comparator() -> None:
    assert to_quantity_ignoring_comparator(quantity(1, comparator="<")) == Quantity(Decimal(1), "1")


ONE = Quantity(Decimal(1), "mg")


@pytest.mark.parametrize(
    ("comparator", "expected"),
    [
        ("<", Interval(None, ONE, True, False, QUANTITY)),
        ("<=", Interval(None, ONE, True, True, QUANTITY)),
        (">=", Interval(ONE, None, True, True, QUANTITY)),
        (">", Interval(ONE, None, False, True, QUANTITY)),
        (None, Interval(ONE, ONE, True, True, QUANTITY)),
    ],
)
def test_quantity_to_interval(comparator: str | None, expected: Interval) -> None:
    assert to_interval(quantity(1, unit="mg", comparator=comparator)) == expected


JAN, FEB = DateTime(2014, 1), DateTime(2014, 2)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"start": "2014-01", "end": "2014-02"}, Interval(JAN, FEB, True, True, DATETIME)),
        ({"start": "2014-01"}, Interval(JAN, None, True, True, DATETIME)),
        ({"end": "2014-02"}, Interval(None, FEB, False, True, DATETIME)),
        ({}, Interval(None, None, False, True, DATETIME)),
        ({"_start": {"id": "x"}, "end": "2014-02"}, Interval(None, FEB, True, True, DATETIME)),
        ({"start": "nonsense", "end": "2014-02"}, Interval(None, FEB, True, True, DATETIME)),
        ({"start": "2014-01-15", "end": "2014-01"}, Interval(DateTime(2014, 1, 15), JAN, True, True, DATETIME)),
        ({"start": "2014-02", "end": "2014-01"}, None),
    ],
)
def test_period_to_interval(period: dict[str, Any], expected: Interval | None) -> None:
    assert to_interval(FhirElement("Period", period)) == expected


def test_range_to_interval() -> None:
    low, high = {"value": 1, "unit": "mg"}, {"value": 2, "unit": "mg"}
    two = Quantity(Decimal(2), "mg")
    assert to_interval(FhirElement("Range", {"low": low, "high": high})) == Interval(ONE, two, True, True, QUANTITY)
    assert to_interval(FhirElement("Range", {"high": high})) == Interval(None, two, True, True, QUANTITY)
    assert to_interval(FhirElement("Range", {"low": high, "high": low})) is None


def test_to_ratio() -> None:
    ratio = {"numerator": {"value": 1, "unit": "mg"}, "denominator": {"value": 1, "unit": "mg"}}
    assert to_ratio(FhirElement("Ratio", ratio)) == Ratio(ONE, ONE)
    assert to_ratio(FhirElement("Ratio", {"numerator": {"value": 1}})) is None


def test_codes() -> None:
    coding = {"system": "s", "code": "c", "version": "v", "display": "d"}
    code = Code("c", "s", "v", "d")
    assert to_code(FhirElement("Coding", coding)) == code
    assert to_code(FhirElement("Coding", {"display": "d"})) == Code(None, None, None, "d")
    concept = {"coding": [coding, {"code": "x"}], "text": "t"}
    assert to_concept(FhirElement("CodeableConcept", concept)) == Concept((code, Code("x")), "t")
    assert to_concept(FhirElement("CodeableConcept", {"text": "t"})) == Concept((), "t")


def test_primitives() -> None:
    assert to_string(FhirElement("code", "final")) == "final"
    assert to_string(FhirElement("AdministrativeGender", "female")) == "female"
    assert to_boolean(FhirElement("boolean", False)) is False
    assert to_integer(FhirElement("positiveInt", 3)) == 3
    assert to_decimal(FhirElement("decimal", 1.5)) == Decimal("1.5")
    assert to_date(FhirElement("date", "2014-01")) == Date(2014, 1)
    assert to_date_time(FhirElement("instant", "2014-01-25T14:30:00Z")) == DateTime(2014, 1, 25, 14, 30, 0, None, 0)
    assert to_date_time(FhirElement("date", "2014-01")) == DateTime(2014, 1)
    assert to_time(FhirElement("time", "14:30:00")) == Time(14, 30, 0)


def test_vocabulary_helpers() -> None:
    assert to_value_set("http://example.org/vs") == ValueSet("http://example.org/vs")
    assert to_calendar_unit("wk") == "week"
    assert to_calendar_unit("mg") == "mg"


def test_element_of_another_type_gives_null() -> None:
    assert to_quantity(FhirElement("Period", {"start": "2014"})) is None
    assert to_string(FhirElement("integer", 5)) is None
    assert to_date(FhirElement("dateTime", "2014")) is None
    assert to_code(FhirElement("CodeableConcept", {})) is None


def test_every_conversion_of_the_model_has_its_function() -> None:
    for name, _ in model("FHIR").conversions.values():
        assert name in FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_null_gives_null(function: Any) -> None:
    assert function(None) is None
