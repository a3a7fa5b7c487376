"""The trace as a whole: clauses with values and places, retrieves with what they found, text and JSON."""

from __future__ import annotations

import json
from typing import Any

from cql import Engine, Library
from cql.trace import Trace

TEXT = """library T version '1'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
code "ANC": '751-8' from "LOINC"
context Patient
define "Counts": [Observation: "ANC"] O where O.status = 'final'
define "Known": exists "Counts"
define "Number": Count("Counts") + 1
"""
PATIENT = {"resourceType": "Patient", "id": "p"}


def observation(id: str, status: str) -> dict[str, Any]:
    code = {"coding": [{"system": "http://loinc.org", "code": "751-8"}]}
    return {"resourceType": "Observation", "id": id, "status": status, "code": code}


def trace() -> Trace:
    data = [PATIENT, observation("a", "final"), observation("b", "registered")]
    found = Engine(Library.from_cql(TEXT)).evaluate(data, trace=True).trace
    assert isinstance(found, Trace)
    return found


def test_clauses_have_values_and_source_ranges() -> None:
    clause = trace().define("Number").clause
    assert (clause.kind, clause.value, clause.locator) == ("Add", 2, "9:18-9:36")
    assert [(child.kind, child.value) for child in clause.children] == [("Count", 1), ("Literal", 1)]


def test_a_condition_is_recorded_for_each_row() -> None:
    query = trace().define("Counts").clause
    assert [part.value for part in query.parts("where")] == [True, False]


def test_a_define_is_computed_once_however_often_it_is_used() -> None:
    names = [name for _, name in trace().defines]
    assert names.count("Counts") == 1


def test_retrieves_say_what_was_asked_for_and_found() -> None:
    found = [one for one in trace().retrieves if one.resource_type == "Observation"]
    assert [(one.filter, one.references) for one in found] == [('of code "ANC"', ("Observation/a", "Observation/b"))]


def test_text_shows_the_words_of_the_source() -> None:
    shown = trace().render(["Known"])
    assert shown.startswith('"Known" = true\n')
    assert 'exists "Counts" = true' in shown


def test_json_can_be_written() -> None:
    document = json.loads(json.dumps(trace().to_json()))
    assert {"Counts", "Known", "Number"} <= {one["name"] for one in document["defines"]}


def test_results_are_the_same_with_and_without_a_trace() -> None:
    engine = Engine(Library.from_cql(TEXT))
    data = [PATIENT, observation("a", "final")]
    assert dict(engine.evaluate(data, trace=True)) == dict(engine.evaluate(data))
