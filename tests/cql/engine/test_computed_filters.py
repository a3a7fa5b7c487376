"""Retrieves whose filter is computed: ids in texts, codes in lists that the data gives."""

from __future__ import annotations

from typing import Any

import pytest

from cql import Engine, Library

LIBRARY = """library Filters
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
codesystem "Local": 'http://example.org/local'
code "A": 'a' from "Local"
context Patient
define Found: {}
"""


def concept(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://example.org/local", "code": code}]}


DATA: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "p"},
    {"resourceType": "Location", "id": "l1"},
    {"resourceType": "Location", "id": "l2"},
    {"resourceType": "Encounter", "id": "e", "location": [{"location": {"reference": "Location/l2"}}]},
    {"resourceType": "Condition", "id": "c", "code": concept("a")},
    {"resourceType": "Observation", "id": "o", "status": "final", "code": concept("a"), "category": [concept("x")]},
    {"resourceType": "Observation", "id": "other", "status": "unknown", "code": concept("b")},
]


@pytest.mark.parametrize(
    ("retrieve", "ids"),
    [
        ("[Location: id in 'l1']", ["l1"]),
        ("[Location: id = 'l1']", ["l1"]),
        ("[Location: id in { 'l1', 'l2', null }]", ["l1", "l2"]),
        ("[Location: id in (null as String)]", []),
        ("[Location: id in Last(Split(First([Encounter]).location[0].location.reference, '/'))]", ["l2"]),
        ("[Observation: status in { 'final' }]", ["o"]),
        ("[Observation: code in ([Condition] C return C.code)]", ["o"]),
        ("[Observation: code in flatten ([Condition] C return C.code.coding)]", ["o"]),
        ("[Observation: (First([Condition])).code]", ["o"]),
        ("[Observation: category in ([Observation] O return O.category[0])]", ["o"]),
        ('[Observation: { ToConcept("A") }]', ["o"]),
    ],
)
@pytest.mark.parametrize("trace", [False, True])
def test_a_retrieve_with_a_computed_filter(retrieve: str, ids: list[str], trace: bool) -> None:
    library = Library.from_cql(LIBRARY.replace("{}", retrieve))
    found = Engine(library).evaluate(DATA, trace=trace)["Found"]
    assert [one["id"] for one in found] == ids
