"""Section H of the PlanDefinition checklist: where dynamicValues go, and as what."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cql.data.element import FhirElement
from cql.values import Code, Concept, Date, DateTime, Interval, Long, Quantity, Ratio, Time, Tuple
from plandefinitions.apply.values.paths import PathProblem, parse, places
from plandefinitions.apply.values.to_fhir import to_fhir
from plandefinitions.apply.values.writing import WriteProblem, write

CODE = Code("1", "http://s", None, "One")
CODING = {"system": "http://s", "code": "1", "display": "One"}


def put(path: str, value: Any, target: dict[str, Any] | None = None, kind: str = "ServiceRequest") -> dict[str, Any]:
    made = write({"resourceType": kind, **(target or {})}, kind, parse(path), value)
    del made["resourceType"]
    return made


@pytest.mark.parametrize(
    ("kind", "path", "value", "made"),
    [
        ("ServiceRequest", "patientInstruction", "words", {"patientInstruction": "words"}),
        ("ServiceRequest", "code.text", "words", {"code": {"text": "words"}}),
        ("ServiceRequest", "code.coding[0].display", "words", {"code": {"coding": [{"display": "words"}]}}),
        ("ServiceRequest", "ServiceRequest.code.text", "words", {"code": {"text": "words"}}),
        ("ServiceRequest", "$this.code.text", "words", {"code": {"text": "words"}}),
        ("ServiceRequest", "%resource.code.text", "words", {"code": {"text": "words"}}),
        ("ServiceRequest", "note.text", "words", {"note": [{"text": "words"}]}),
        ("ServiceRequest", "note", Tuple(text="words"), {"note": [{"text": "words"}]}),
        ("CommunicationRequest", "payload[0].content.ofType(string)", "w", {"payload": [{"contentString": "w"}]}),
        ("CommunicationRequest", "payload[0].contentString", "w", {"payload": [{"contentString": "w"}]}),
        ("CommunicationRequest", "payload.first().content.as(string)", "w", {"payload": [{"contentString": "w"}]}),
        ("MedicationRequest", "medication", Concept((CODE,)), {"medicationCodeableConcept": {"coding": [CODING]}}),
        ("MedicationRequest", "medication.as(CodeableConcept).text", "w", {"medicationCodeableConcept": {"text": "w"}}),
        ("ServiceRequest", "occurrence", Date.parse("2024-02"), {"occurrenceDateTime": "2024-02"}),
        ("ServiceRequest", "occurrence.ofType(Timing).repeat.count", 3, {"occurrenceTiming": {"repeat": {"count": 3}}}),
        (
            "MedicationRequest",
            "dosageInstruction[0].doseAndRate[0].dose",
            Quantity(Decimal("2.5"), "mg"),
            {
                "dosageInstruction": [
                    {
                        "doseAndRate": [
                            {
                                "doseQuantity": {
                                    "value": 2.5,
                                    "unit": "mg",
                                    "system": "http://unitsofmeasure.org",
                                    "code": "mg",
                                }
                            }
                        ]
                    }
                ]
            },
        ),
        (
            "ServiceRequest",
            "extension('http://x').value.ofType(string)",
            "w",
            {"extension": [{"url": "http://x", "valueString": "w"}]},
        ),
        (
            "ServiceRequest",
            "extension.where(url = 'http://x').value",
            True,
            {"extension": [{"url": "http://x", "valueBoolean": True}]},
        ),
        (
            "ServiceRequest",
            "identifier.where(system='s').value",
            "w",
            {"identifier": [{"system": "s", "value": "w"}]},
        ),
        (
            "ServiceRequest",
            "priority.extension('http://x').value",
            5,
            {"_priority": {"extension": [{"url": "http://x", "valueInteger": 5}]}},
        ),
        ("Task", "`for`", {"resourceType": "Patient", "id": "p"}, {"for": {"reference": "Patient/p"}}),
    ],
)  # fmt: skip
def test_pd_090_paths(kind: str, path: str, value: Any, made: dict[str, Any]) -> None:
    assert put(path, value, kind=kind) == made


@pytest.mark.parametrize("path", ["action.description", "%action.description", " %action.description "])
def test_pd_091_action_with_and_without_percent_is_the_same(path: str) -> None:
    parsed = parse(path)
    assert (parsed.root, [one.name for one in parsed.steps]) == ("action", ["description"])


def test_pd_092_siblings_are_kept_and_parents_made() -> None:
    before = {"code": {"coding": [CODING]}, "note": [{"text": "a"}, {"text": "b"}]}
    assert put("code.text", "words", before)["code"] == {"coding": [CODING], "text": "words"}
    assert put("note[1].text", "c", before)["note"] == [{"text": "a"}, {"text": "c"}]
    assert put("note[2].text", "c", before)["note"] == [{"text": "a"}, {"text": "b"}, {"text": "c"}]
    assert put("bodySite[0].text", "x", before)["bodySite"] == [{"text": "x"}]
    assert before["note"] == [{"text": "a"}, {"text": "b"}]


def test_pd_092_a_choice_has_one_type_at_a_time() -> None:
    before = {"occurrenceDateTime": "2024", "code": {"text": "x"}}
    period = Interval(Date.parse("2024-01-01"), Date.parse("2024-02-01"))
    assert put("occurrence", period, before) == {
        "code": {"text": "x"},
        "occurrencePeriod": {"start": "2024-01-01", "end": "2024-02-01"},
    }


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("note[5].text", "x", "beyond the end"),
        ("note.text", "x", "give an index"),
        ("status", ["draft", "active"], "one value"),
        ("status", "nonsense", "not a code of status"),
        ("doNotPerform", "yes", "cannot be a FHIR boolean"),
        ("code", "words", "str 'words' cannot be a FHIR CodeableConcept"),
        ("code.text", Quantity(Decimal(1), "mg"), "cannot be a FHIR string"),
        ("code.text", {"a": 1}, "cannot be a FHIR string"),
        ("authoredOn", "yesterday", "cannot be a FHIR dateTime"),
        ("occurrence.repeat", "x", "say which with ofType"),
        ("status.text", "x", "has no element text"),
        ("nothing", "x", "no element 'nothing'"),
        ("code[1].text", "x", "is no list"),
    ],
)
def test_pd_092_and_095_what_cannot_be_written_is_an_error_with_the_path(path: str, value: Any, message: str) -> None:
    before = {"note": [{"text": "a"}, {"text": "b"}]}
    with pytest.raises(WriteProblem, match=message) as raised:
        put(path, value, before)
    assert str(raised.value).startswith(path)
    assert before == {"note": [{"text": "a"}, {"text": "b"}]}


UCUM = {"system": "http://unitsofmeasure.org"}


@pytest.mark.parametrize(
    ("value", "types", "made"),
    [
        ("w", ["string"], "w"),
        ("w", ["code"], "w"),
        (5, ["integer"], 5),
        (5, ["decimal"], 5),
        (Long(5), ["integer"], 5),
        (True, ["boolean"], True),
        (Decimal("1.50000000"), ["decimal"], 1.5),
        (Decimal("2.00"), ["decimal"], 2),
        (Date.parse("2024-05"), ["dateTime"], "2024-05"),
        (Date.parse("2024-05-06"), ["date"], "2024-05-06"),
        (DateTime.parse("2024-05-06T07:08:09.010+02:00"), ["dateTime"], "2024-05-06T07:08:09.010+02:00"),
        (DateTime.parse("2024-05-06T07:08:09.010+02:00"), ["instant"], "2024-05-06T07:08:09.010+02:00"),
        (DateTime.parse("2024-05-06T07:08:09.010+02:00"), ["date"], "2024-05-06"),
        (DateTime.parse("2024-05-06T07"), ["dateTime"], "2024-05-06"),
        (Time.parse("07:08:09"), ["time"], "07:08:09"),
        (Quantity(Decimal(3), "months"), ["Duration"], {"value": 3, "unit": "months", **UCUM, "code": "mo"}),
        (Quantity(Decimal(3), "1"), ["Quantity"], {"value": 3, **UCUM, "code": "1"}),
        (CODE, ["Coding"], CODING),
        (CODE, ["code"], "1"),
        (CODE, ["CodeableConcept"], {"coding": [CODING]}),
        (Concept((CODE,), "A"), ["CodeableConcept"], {"coding": [CODING], "text": "A"}),
        (Concept((CODE,)), ["Coding"], CODING),
        (
            Interval(DateTime.parse("2024-01-01T00:00:00.000Z"), None, True, False),
            ["Period"],
            {"start": "2024-01-01T00:00:00.000+00:00"},
        ),
        (
            Interval(Quantity(Decimal(1), "cm"), Quantity(Decimal(2), "cm")),
            ["Range"],
            {
                "low": {"value": 1, "unit": "cm", **UCUM, "code": "cm"},
                "high": {"value": 2, "unit": "cm", **UCUM, "code": "cm"},
            },
        ),
        (
            Ratio(Quantity(Decimal(1), "mg"), Quantity(Decimal(2), "1")),
            ["Ratio"],
            {
                "numerator": {"value": 1, "unit": "mg", **UCUM, "code": "mg"},
                "denominator": {"value": 2, **UCUM, "code": "1"},
            },
        ),
        (FhirElement("dateTime", "2024"), ["dateTime"], "2024"),
        (FhirElement("AdministrativeGender", "male"), ["code"], "male"),
        (FhirElement("Age", {"value": 5}), ["Quantity"], {"value": 5}),
        (FhirElement("Coding", CODING), ["CodeableConcept"], {"coding": [CODING]}),
        (FhirElement("CodeableConcept", {"text": "x"}), ["CodeableConcept"], {"text": "x"}),
        ({"reference": "Patient/p"}, ["Reference"], {"reference": "Patient/p"}),
        ({"resourceType": "Patient", "id": "p"}, ["CodeableConcept", "Reference"], {"reference": "Patient/p"}),
        (Tuple(text="a", coding=[CODE]), ["CodeableConcept"], {"text": "a", "coding": [CODING]}),
        (Tuple(value=Decimal(1)), ["Quantity"], {"value": 1}),
    ],
)
def test_pd_095_values(value: Any, types: list[str], made: Any) -> None:
    assert to_fhir(value, types)[1] == made


@pytest.mark.parametrize(
    ("value", "types"),
    [
        (True, ["integer", "string"]),
        (Decimal("1.5"), ["integer"]),
        (-1, ["positiveInt"]),
        (2**40, ["integer"]),
        (Concept((CODE, CODE)), ["Coding"]),
        (FhirElement("Coding", CODING), ["Quantity"]),
        (Tuple(nothing=1), ["Quantity"]),
        ({"resourceType": "Patient"}, ["Reference"]),
        (object(), ["string"]),
    ],
)
def test_pd_095_values_of_the_wrong_type(value: Any, types: list[str]) -> None:
    with pytest.raises(ValueError, match="cannot be a FHIR"):
        to_fhir(value, types)


@pytest.mark.parametrize(
    "path", ["", "a..b", "a.b(", "a[x]", "a.where(b > 1)", "a.exists()", "%action", "a.%x", "[0]", "a | b"]
)
def test_pd_090_what_is_no_simple_path(path: str) -> None:
    with pytest.raises(PathProblem):
        parse(path)


@pytest.mark.parametrize("path", ["action.extension", "activity.extension", "%action.extension"])
def test_pd_097_the_old_way_to_set_the_indicator(path: str) -> None:
    assert parse(path).root == "indicator"


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_any_text_is_a_path_or_a_problem(text: str) -> None:
    with contextlib.suppress(PathProblem):
        places(parse(text), "ServiceRequest")
