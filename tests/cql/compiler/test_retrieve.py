from __future__ import annotations

from typing import Any

import pytest

from cql import Library
from cql.errors import ValueSetNotFound
from cql.requirements import DataRequirement
from cql.values import Code, ValueSet
from tests.cql.compiler.elm import Node, alias, items, library, lit, op, problems, prop, query, retrieve, run

SECTIONS: dict[str, Any] = {
    "codeSystems": [{"name": "LOINC", "id": "http://loinc.org"}],
    "codes": [
        {"name": "A", "id": "a", "codeSystem": {"name": "LOINC"}},
        {"name": "B", "id": "b", "codeSystem": {"name": "LOINC"}},
    ],
    "concepts": [{"name": "AB", "code": [{"name": "A"}, {"name": "B"}]}],
    "valueSets": [{"name": "VS", "id": "urn:vs"}],
}
VALUE_SETS = {"urn:vs": [{"system": "http://loinc.org", "code": "b"}]}
A = {"type": "CodeRef", "name": "A"}
VS = {"type": "ValueSetRef", "name": "VS", "preserve": True}


def observation(identity: str, code: str, when: str = "2026-01-01") -> dict[str, Any]:
    coding = [{"system": "http://loinc.org", "code": code}]
    return {"resourceType": "Observation", "id": identity, "code": {"coding": coding}, "effectiveDateTime": when}


DATA = [
    observation("1", "a"),
    observation("2", "b", "2024-01-01"),
    observation("3", "c"),
    {"resourceType": "Patient", "id": "p"},
]


def found(node: Node) -> list[str]:
    result = run(library({"X": node}, **SECTIONS), DATA, valuesets=VALUE_SETS)
    return [one["id"] for one in result["X"]]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (op("ToList", A), ["1"]),
        (items(A, {"type": "CodeRef", "name": "B"}), ["1", "2"]),
        (A, ["1"]),
        ({"type": "ConceptRef", "name": "AB"}, ["1", "2"]),
        (prop("codes", source={"type": "ConceptRef", "name": "AB"}), ["1", "2"]),
        (VS, ["2"]),
        ({"type": "ValueSetRef", "name": "VS"}, ["2"]),
        ({"type": "ExpandValueSet", "operand": VS}, ["2"]),
        ({"type": "If", "condition": lit(True), "then": op("ToList", A), "else": {"type": "Null"}}, ["1"]),
        ({"type": "Null"}, []),
    ],
)
def test_codes(codes: Node, expected: list[str]) -> None:
    assert found(retrieve("Observation", codeProperty="code", codeComparator="in", codes=codes)) == expected


def test_all_of_a_type_and_element_forms_of_filters() -> None:
    assert found(retrieve("Observation")) == ["1", "2", "3"]
    assert found(retrieve("Observation", codeFilter=[{"property": "code", "comparator": "in", "value": VS}])) == ["2"]


def test_dates() -> None:
    year = {"type": "Interval", "low": op("ToDateTime", lit("2026-01-01")), "high": {"type": "Now"}}
    assert found(retrieve("Observation", dateProperty="effective", dateRange=year)) == ["1", "3"]
    assert found(retrieve("Observation", dateFilter=[{"property": "effective", "value": year}])) == ["1", "3"]


def test_membership_in_value_sets() -> None:
    code = {"type": "InValueSet", "code": prop("code", "O"), "valueset": {"name": "VS"}}
    expression = {"type": "InValueSet", "code": prop("code", "O"), "valuesetExpression": VS}
    for condition in (code, expression):
        assert found(query({"O": retrieve("Observation")}, where=condition)) == ["2"]
    any_of = {"type": "AnyInValueSet", "codes": items(A, {"type": "CodeRef", "name": "B"}), "valueset": {"name": "VS"}}
    assert run(library({"X": any_of}, **SECTIONS), valuesets=VALUE_SETS)["X"] is True


def test_a_value_set_that_is_not_there_is_an_error_that_names_it() -> None:
    elm = library({"X": retrieve("Observation", codes=VS), "Y": lit(1)}, **SECTIONS)
    result = run(elm, DATA)
    with pytest.raises(ValueSetNotFound, match="urn:vs"):
        _ = result["X"]
    assert result["Y"] == 1
    with pytest.raises(ValueSetNotFound, match="urn:vs"):
        _ = run(elm, DATA, valuesets={"urn:other": []})["X"]


@pytest.mark.parametrize("part", ["include", "otherFilter"])
def test_what_is_not_supported_is_refused(part: str) -> None:
    assert part in problems(library({"X": retrieve("Observation", **{part: [{}]})}))[0]


def test_data_requirements_name_what_is_retrieved() -> None:
    defines = {
        "A": retrieve("Observation", codeProperty="code", codes=op("ToList", A)),
        "B": query(
            {"O": retrieve("Condition", codeProperty="code", codes=VS)}, where=op("Exists", retrieve("Observation"))
        ),
        "C": alias("x") | {"type": "Null"},
    }
    assert Library.from_elm(library(defines, **SECTIONS)).data_requirements == (
        DataRequirement("Observation", "code", (), (Code("a", "http://loinc.org"),)),
        DataRequirement("Condition", "code", (ValueSet("urn:vs", None, "VS"),)),
        DataRequirement("Observation"),
    )


def test_requirements_are_those_of_what_is_used_of_included_libraries() -> None:
    common = """library Common using FHIR version '4.0.1' include FHIRHelpers version '4.0.1'
valueset "A": 'urn:a'
valueset "B": 'urn:b'
valueset "C": 'urn:c'
context Patient
define "Used": [Observation] O where O.code in "A" and Deep(O)
define "Unused": [Condition: "B"]
define function Deep(o Observation): exists [Procedure: "C"]
"""
    text = """library Root using FHIR version '4.0.1' include Common
context Unfiltered
define X: exists Common."Used"
"""
    library = Library.from_cql(text, {"Common": common})
    procedure = DataRequirement("Procedure", "code", (ValueSet("urn:c", None, "C"),))
    assert library.data_requirements == (DataRequirement("Observation"), procedure)
    assert [(one.value_set.id, one.library, one.place) for one in library.value_set_uses] == [
        ("urn:a", "Common", "6:48"),
        ("urn:c", "Common", "8:57"),
    ]
