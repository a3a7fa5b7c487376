"""Reading FHIR data: what the compiler fuses gives what dynamic property access gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cql.data.element import unboxed
from cql.data.properties import get_property
from cql.data.warnings import MALFORMED_VALUE
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity
from tests.cql.compiler.elm import (
    FHIR,
    Node,
    alias,
    as_fhir,
    helper,
    library,
    lit,
    of_source,
    op,
    prop,
    query,
    retrieve,
    run,
    value,
)

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "_status": {"id": "s"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "a", "display": "A"}, {"code": "b"}], "text": "both"},
    "effectiveDateTime": "2026-01-02T03:04:05+01:00",
    "issued": "2026-01-03T00:00:00Z",
    "valueQuantity": {"value": 1.50, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"},
    "component": [{"code": {"text": "c"}, "valueInteger": 3}, {"code": {"text": "d"}, "valueString": "x"}],
    "note": [{"text": "n1"}, {"text": "n2"}],
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1967-03",
    "gender": "female",
    "name": [{"family": "Doe", "given": ["Jane", "J."], "_given": [None, {"id": "g"}]}],
    "deceasedBoolean": False,
    "contact": [{"gender": "male"}],
}
ROW = {"O": retrieve("Observation")}


def of_observation(expression: Node, observation: dict[str, Any] = OBSERVATION) -> Any:
    """The value of an expression over the alias O."""
    (found,) = value(query(ROW, returns=expression), [observation])
    return found


PATHS = [
    "status",
    "code",
    "code.coding",
    "code.text",
    "effective",
    "issued",
    "value",
    "component",
    "note",
    "id",
    "component.value",
    "code.coding.code",
    "note.text",
    "performer",
    "subject.reference",
    "bodySite",
    "nonsense",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_give_what_dynamic_access_gives(path: str) -> None:
    assert of_observation(prop(path, "O")) == unboxed(get_property(OBSERVATION, path))


@pytest.mark.parametrize(
    "path", ["name", "name.given", "gender", "birthDate", "birthDate.value", "deceased", "contact"]
)
def test_paths_of_a_patient(path: str) -> None:
    node = prop(path, source=op("SingletonFrom", retrieve("Patient")))
    assert value(node, [PATIENT]) == unboxed(get_property(PATIENT, path))


def test_steps_one_by_one() -> None:
    name = prop("given", source=of_source("First", prop("name", source=op("SingletonFrom", retrieve("Patient")))))
    assert value(name, [PATIENT]) == unboxed(get_property(PATIENT, "name[0].given"))
    assert value(prop("name[0].given[1].value", source=op("SingletonFrom", retrieve("Patient"))), [PATIENT]) == "J."


def test_casts_of_choices_read_the_element_of_that_type() -> None:
    quantity = as_fhir(prop("value", "O"), "Quantity")
    assert of_observation(quantity) == OBSERVATION["valueQuantity"]
    assert of_observation(as_fhir(prop("value", "O"), "string")) is None
    assert of_observation(helper("ToQuantity", quantity)) == Quantity(Decimal("1.5"), "mg")
    moment = as_fhir(prop("effective", "O"), "dateTime")
    expected = DateTime(2026, 1, 2, 3, 4, 5, offset=60)
    assert of_observation(helper("ToDateTime", moment)) == expected
    assert of_observation(prop("value", source=moment)) == expected
    assert of_observation({"type": "Is", "operand": prop("value", "O"), "isType": FHIR + "Quantity"}) is True


def test_helpers_over_paths() -> None:
    assert of_observation(helper("ToString", prop("status", "O"))) == "final"
    concept = of_observation(helper("ToConcept", prop("code", "O")))
    assert concept == Concept((Code("a", "http://loinc.org", None, "A"), Code("b")), "both")
    codes = query({"C": prop("coding", source=prop("code", "O"))}, returns=helper("ToCode", alias("C")))
    assert of_observation(codes) == list(concept.codes)
    birth = prop("birthDate", source=op("SingletonFrom", retrieve("Patient")))
    assert value(helper("ToDate", birth), [PATIENT]) == Date(1967, 3)


def test_helpers_of_what_is_boxed() -> None:
    boxed = {"type": "If", "condition": lit(True), "then": prop("status", "O"), "else": {"type": "Null"}}
    assert of_observation(helper("ToString", boxed)) == "final"
    period = {**OBSERVATION, "effectivePeriod": {"start": "2026-01-01", "end": "2026-01-31"}}
    del period["effectiveDateTime"]
    interval = of_observation(helper("ToInterval", as_fhir(prop("effective", "O"), "Period")), period)
    assert isinstance(interval, Interval)
    assert (str(interval.low), str(interval.high)) == ("2026-01-01", "2026-01-31")


def test_a_primitive_with_only_extensions_is_there_without_a_value() -> None:
    absent = {"resourceType": "Observation", "_status": {"extension": [{"url": "urn:x", "valueCode": "unknown"}]}}
    assert of_observation(op("IsNull", prop("status", "O")), absent) is False
    assert of_observation(op("IsNull", prop("status.value", "O")), absent) is True
    assert of_observation(helper("ToString", prop("status", "O")), absent) is None


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"status": 5}, "status.value"),
        ({"code": "text"}, "code.text"),
        ({"code": {"coding": {"code": "a"}}}, "code.coding"),
        ({"effectiveDateTime": "yesterday"}, "effective.value"),
        ({"valueQuantity": [1]}, "value"),
        ({"component": [{"code": []}]}, "component.code.text"),
    ],
)
def test_malformed_elements_are_null_with_a_warning(fault: dict[str, Any], path: str) -> None:
    observation = {"resourceType": "Observation", "id": "o1"} | fault
    node: Node = alias("O")
    for step in path.split("."):
        node = prop(step, source=node)
    result = run(library({"X": query(ROW, returns=node)}), [observation])
    assert result["X"] in ([None], [[]])
    assert [(one.reference, one.code) for one in result.warnings] == [("Observation/o1", MALFORMED_VALUE)]


def test_sorting_by_a_primitive_element_goes_by_its_value() -> None:
    data = [_with_date(number, one) for number, one in enumerate(["2026-02-01", None, "2025-01-01"])]
    by = [{"type": "ByColumn", "path": "effective", "direction": "asc"}]
    kept = value(query(ROW, returns=prop("id", "O"), sort={"by": [{"type": "ByDirection", "direction": "desc"}]}), data)
    assert kept == ["2", "1", "0"]
    assert [one["id"] for one in value(query(ROW, sort={"by": by}), data)] == ["1", "2", "0"]


class TestComparisonsInConditions:
    """DateTimes and strings in a ``where`` are compared without calls; partial and missing ones must not notice."""

    DATES = (
        "2026-01-01",
        "2026-01-02T00:00:00Z",
        "2026",
        "2026-01-02T00:00:00+02:00",
        None,
        "bad",
        "2025-06",
        "2026-03-01T10:00:00Z",
    )

    @pytest.mark.parametrize("kind", ["Before", "SameOrBefore", "After", "SameOrAfter", "Less", "GreaterOrEqual"])
    def test_date_times(self, kind: str) -> None:
        data = [_with_date(number, one) for number, one in enumerate(self.DATES)]
        moment = helper("ToDateTime", as_fhir(prop("effective", "O"), "dateTime"))
        border = op("ToDateTime", lit("2026-01-02T00:00:00Z"))
        condition = op(kind, moment, border)
        rows = value(query(ROW, returns=condition), data)
        kept = value(query(ROW, where=condition, returns=prop("id", "O")), data)
        assert kept == [str(number) for number, row in enumerate(rows) if row is True]
        assert True in rows
        assert None in rows

    def test_intervals(self) -> None:
        data = [_with_date(number, one) for number, one in enumerate(self.DATES)]
        moment = helper("ToDateTime", as_fhir(prop("effective", "O"), "dateTime"))
        for low_closed in (True, False):
            interval: Node = {"type": "Interval", "lowClosed": low_closed, "highClosed": True}
            interval |= {"low": op("ToDateTime", lit("2026-01-02T00:00:00Z")), "high": {"type": "Now"}}
            rows = value(query(ROW, returns=op("In", moment, interval)), data)
            kept = value(query(ROW, where=op("In", moment, interval), returns=prop("id", "O")), data)
            assert kept == [str(number) for number, row in enumerate(rows) if row is True]
            assert rows[1] is low_closed

    def test_strings_in_a_list(self) -> None:
        texts = {"type": "List", "element": [lit("final"), lit("amended")]}
        data = [
            {"resourceType": "Observation", "id": str(n), "status": s} for n, s in enumerate(["final", "x", None, 5])
        ]
        condition = op("In", helper("ToString", prop("status", "O")), texts)
        kept = value(query(ROW, where=condition, returns=prop("id", "O")), data)
        assert kept == ["0"]


def _with_date(number: int, text: str | None) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": str(number), "effectiveDateTime": text}
