"""Why a result is null: CQL text and data in, the missing facts out."""

from __future__ import annotations

from typing import Any

import pytest

from cql import Engine, Library
from cql.trace import Reason, Trace

HEAD = """
library T version '1'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
code "ANC": '751-8' from "LOINC"
code "ECOG code": '89247-1' from "LOINC"
valueset "Heart failure": 'http://example.org/heart-failure'
parameter "Least" Integer
context Patient
define "Latest": Last([Observation: "ANC"] O sort by (effective as FHIR.dateTime).value)
define "Value": "Latest".value as FHIR.Quantity
define "Enough": "Value" > 1.5 '10*3/uL'
define "ECOG": (First([Observation: "ECOG code"]).value as FHIR.integer).value
define "Fit": "ECOG" <= 2
define function "Next"(n Integer): n + 1
"""
VALUE_SETS: dict[str, Any] = {"http://example.org/heart-failure": {"1": [{"system": "s", "code": "c", "version": "1"}]}}
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1967"}
NO_ANC = 'no Observation of code "ANC" is on record'
NO_ECOG = 'no Observation of code "ECOG code" is on record'


def anc(id: str, value: float | None = None, effective: str | None = None) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "751-8"}]},
    }
    if value is not None:
        unit = {"unit": "10*3/uL", "system": "http://unitsofmeasure.org", "code": "10*3/uL"}
        resource["valueQuantity"] = {"value": value, **unit}
    if effective is not None:
        resource["effectiveDateTime"] = effective
    return resource


def trace(expression: str, *resources: dict[str, Any]) -> Trace:
    library = Library.from_cql(f"{HEAD}\ndefine X: {expression}\n")
    found = Engine(library, valuesets=VALUE_SETS).evaluate([PATIENT, *resources], trace=True).trace
    assert isinstance(found, Trace)
    return found


def texts(found: tuple[Reason, ...]) -> list[str]:
    return [reason.text for reason in found]


LOW, HIGH = anc("low", 1.0, "2026-01-01"), anc("high", 2.0, "2026-01-01")


@pytest.mark.parametrize(
    ("expression", "resources", "expected"),
    [
        # three-valued logic decides what counts
        ('"Fit" and false', (), []),
        ('"Fit" or true', (), []),
        ('true and "Fit"', (), [NO_ECOG]),
        ('"Enough" and "Fit"', (), [NO_ANC, NO_ECOG]),
        ('"Enough" and "Fit"', (HIGH,), [NO_ECOG]),
        ('"Enough" and "Fit"', (LOW,), []),
        ('"Enough" or "Fit"', (LOW,), [NO_ECOG]),
        ('"Enough" or "Fit"', (HIGH,), []),
        ('not "Fit"', (), [NO_ECOG]),
        ('"Enough" implies "Fit"', (HIGH,), [NO_ECOG]),
        ('"Enough" implies "Fit"', (LOW,), []),
        ('"Enough" xor "Fit"', (LOW,), [NO_ECOG]),
        # absent elements, named with their resource
        ('"Enough"', (anc("a"),), ["Observation/a has no value"]),
        ("Patient.deceased as FHIR.boolean", (), ["Patient/p has no deceased"]),
        (
            "First([Observation] O where O.issued after @2020-01-01T00:00:00.0Z)",
            (LOW,),
            ["Observation/low has no issued"],
        ),
        # nothing found, and nothing that meets the conditions
        (
            "First([Observation] O where O.status = 'registered')",
            (LOW,),
            ["none of 1 Observation meets the conditions"],
        ),
        ('First([Condition: "Heart failure"])', (), ['no Condition in "Heart failure" is on record']),
        ('Max([Observation: "ANC"] O return (O.value as FHIR.Quantity).value.value)', (), [NO_ANC]),
        ('singleton from ([Observation: "ANC"])', (), [NO_ANC]),
        # through functions, parameters, branches and choices
        ('"Next"("ECOG")', (), [NO_ECOG]),
        ('"Least" + 1', (), ['the parameter "Least" has no value']),
        ('if "Fit" then 1 else null', (), [NO_ECOG]),
        ('case when "Fit" then 1 else null end', (), [NO_ECOG]),
        ('Coalesce("ECOG", (null as Integer))', (), [NO_ECOG]),
        ("null as Integer", (), []),
        # everything is there, and still it cannot be decided
        ("Patient.birthDate same day as @1967-03-14", (), ["1967 and 1967-03-14 are too imprecise to decide"]),
        ("1 'g' > 1 'cm'", (), ["1 'g' and 1 'cm' are of units that do not convert into each other"]),
        ("10 / 0", (), ["Divide has no result for these values"]),
    ],
)
def test_reasons_are_what_could_have_changed_the_result(
    expression: str, resources: tuple[dict[str, Any], ...], expected: list[str]
) -> None:
    assert texts(trace(expression, *resources).reasons("X")) == expected


def test_a_known_result_has_no_reasons() -> None:
    assert trace('"Enough"', HIGH).reasons("X") == ()


def test_an_empty_list_has_the_reasons_of_its_emptiness() -> None:
    assert texts(trace('[Observation: "ANC"] O return O.id').reasons("X")) == [NO_ANC]


def test_a_reason_says_where_it_stands() -> None:
    [reason] = trace('"Fit"').reasons("X")
    assert (reason.kind, reason.library, reason.define) == ("retrieve", "T", "ECOG")
    assert (reason.resource_type, reason.filter, reason.found) == ("Observation", 'of code "ECOG code"', 0)
    assert reason.locator is not None
    assert reason.locator.startswith("14:")


@pytest.mark.parametrize(
    ("expression", "resources", "expected"),
    [
        # false, but only because an unknown counted as not met
        (
            "exists ([Observation: \"ANC\"] O where O.value as FHIR.Quantity < 1 '10*3/uL')",
            (anc("a"),),
            ["a has no value"],
        ),
        ("if \"Fit\" then 'yes' else 'no'", (), [NO_ECOG]),
        ("case when \"Fit\" then 'yes' else 'no' end", (), [NO_ECOG]),
        # the unknown could not have changed it
        ("exists ([Observation: \"ANC\"] O where O.value as FHIR.Quantity > 1 '10*3/uL')", (HIGH, anc("a")), []),
        ("false and exists ([Observation] O where O.issued after @2020-01-01T00:00:00.0Z)", (HIGH,), []),
    ],
)
def test_what_was_unknown_and_counted_as_no_is_told(
    expression: str, resources: tuple[dict[str, Any], ...], expected: list[str]
) -> None:
    found = texts(trace(expression, *resources).define("X").assumed)
    assert len(found) == len(expected)
    assert all(text.endswith(words) for text, words in zip(found, expected, strict=True))


def test_a_reference_leads_to_the_define_of_the_library_it_names() -> None:
    """Two included libraries have a null define of one name; the local names are not the libraries' own."""
    texts_of = {
        name: f"{HEAD.replace('library T', f'library {name}')}\ndefine Same: {of}\n"
        for name, of in (("First", '"Fit"'), ("Second", '"Enough"'))
    }
    includes = {name: Library.from_cql(text) for name, text in texts_of.items()}
    library = Library.from_cql(
        "library Both version '1'\nusing FHIR version '4.0.1'\ninclude First version '1' called A\n"
        "include Second version '1' called B\ncontext Patient\ndefine One: A.Same\ndefine Other: B.Same\n",
        includes,
    )
    found = Engine(library, valuesets=VALUE_SETS).evaluate([PATIENT], trace=True).trace
    assert isinstance(found, Trace)
    assert texts(found.reasons("One")) == [NO_ECOG]
    assert texts(found.reasons("Other")) == [NO_ANC]


def test_nulls_in_a_list_that_a_function_was_given_explain_its_literal_null() -> None:
    text = HEAD + (
        'define function "Any"(answers List<Boolean>):\n'
        "  if exists (answers A where A) then true\n"
        "  else if exists (answers A where A is null return 1) then null else false\n"
        'define X: "Any"(({ 1, 2 }) N return N > 5 or "Fit")\n'
    )
    found = Engine(Library.from_cql(text), valuesets=VALUE_SETS).evaluate([PATIENT, HIGH], trace=True).trace
    assert isinstance(found, Trace)
    assert texts(found.reasons("X")) == [NO_ECOG]
