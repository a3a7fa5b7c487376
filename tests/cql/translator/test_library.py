"""Libraries: header, definitions, includes, contexts, functions, recursion, warnings."""

from __future__ import annotations

from typing import Any

import pytest

from cql.translator import translate
from tests.cql.translator.compact import definition, errors, expression_of, type_of

COMMON = """library Common version '2'
using FHIR version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
valueset "VS": 'http://example.org/vs'
context Patient
define "Ten": 10
define private "Hidden": 1
define function Twice(x Decimal): x * 2
define fluent function tripled(x Integer): x * 3
define Uses: "Hidden"
"""


def common(name: str, version: str | None) -> str | None:
    return COMMON if name == "Common" else None


def with_common(body: str) -> str:
    return f"library T include Common version '2' called C {body}"


def test_header_and_sections() -> None:
    translation = translate(
        "library ns.Lib version '1.2' using FHIR version '4.0.1' codesystem CS: 'urn:cs' version 'v' valueset "
        "VS: 'urn:vs' "
        "codesystems { CS } code A: 'a' from CS display 'the A' concept K: { A } display 'k' parameter P default 5 "
        "context Patient define private Z: P"
    )
    assert translation.elm is not None
    library = translation.elm["library"]
    assert library["identifier"] == {"id": "Lib", "system": "ns", "version": "1.2"}
    assert [one["uri"] for one in library["usings"]["def"]] == ["urn:hl7-org:elm-types:r1", "http://hl7.org/fhir"]
    assert library["valueSets"]["def"][0]["codeSystem"][0]["name"] == "CS"
    assert library["codes"]["def"][0]["codeSystem"]["name"] == "CS"
    assert library["concepts"]["def"][0]["code"][0]["name"] == "A"
    assert library["parameters"]["def"][0]["default"]["value"] == "5"
    assert library["contexts"]["def"][0]["name"] == "Patient"
    patient, z = library["statements"]["def"]
    assert patient["expression"]["type"] == "SingletonFrom"
    assert z["accessLevel"] == "Private"


def test_every_expression_carries_its_id_place_and_type() -> None:
    translation = translate(
        "using FHIR context Patient define X: [Observation] O where O.status = 'final' return O.value"
    )
    assert translation.elm is not None
    ids: list[str] = []

    def walk(elm: Any) -> None:
        if isinstance(elm, dict):
            if elm.get("type") in ("Query", "Retrieve", "Equal", "Property", "Literal", "FunctionRef", "SingletonFrom"):
                assert "locator" in elm
                assert "resultTypeName" in elm or "resultTypeSpecifier" in elm
                ids.append(elm["localId"])
            for value in elm.values():
                walk(value)
        elif isinstance(elm, list):
            for value in elm:
                walk(value)

    walk(translation.elm)
    assert len(ids) == len(set(ids)) >= 7


def test_definitions_may_refer_to_later_ones_and_keep_their_order() -> None:
    translation = translate("define A: B + 1 define B: F(2) define function F(x Integer): x * 1.0")
    assert type_of(translation, "A") == "Decimal"
    assert translation.elm is not None
    assert [one["name"] for one in translation.elm["library"]["statements"]["def"]] == ["A", "B", "F"]


def test_long_chains_of_definitions_and_operators_do_not_exhaust_the_stack() -> None:
    chain = "\n".join(f"define D{n}: D{n + 1} + 1" for n in range(2000)) + "\ndefine D2000: 1"
    assert translate(chain).elm is not None
    assert translate("define X: " + " + ".join(["1"] * 150)).elm is not None


@pytest.mark.parametrize(
    "text",
    [
        "define A: A",
        "define A: B define B: A",
        "define function F(x Integer): F(x)",
        "define A: F(1) define function F(x Integer): G(x) define function G(x Integer): F(x)",
    ],
)
def test_recursion_is_refused_once(text: str) -> None:
    assert [code for code, _ in errors(text)] == ["CQL-117"]


def test_overloads_by_signature() -> None:
    text = "define function F(x Integer): 'i' define function F(x Decimal): 1.0 define X: F(1) define Y: F(1L)"
    assert type_of(translate(text)) == "String"
    assert type_of(translate(text), "Y") == "Decimal"
    assert definition(translate(text), "Y")["expression"]["signature"][0]["name"].endswith("Decimal")
    assert [code for code, _ in errors("define function F(x Integer): 1 define function F(y Integer): 2")] == [
        "CQL-116"
    ]


def test_fluent_external_and_returns() -> None:
    text = (
        "define fluent function plus(x Integer, y Integer): x + y define X: 5.plus(3) "
        "define function E(x Integer) returns String: external define Y: E(1)"
    )
    assert expression_of(translate(text)) == "FunctionRef(name=plus, 5, 3)"
    assert type_of(translate(text), "Y") == "String"
    assert [code for code, _ in errors("define function F(x Integer) returns String: x")] == ["CQL-107"]


def test_included_definitions() -> None:
    translation = translate(
        with_common('define X: C."Ten" + 1 define Y: C.Twice(3) define Z: 5.tripled() define W: C."VS"'),
        includes=common,
    )
    assert expression_of(translation) == "Add(ExpressionRef(name=Ten, libraryName=C), 1)"
    assert expression_of(translation, "Y") == "FunctionRef(name=Twice, libraryName=C, ToDecimal(3))"
    assert expression_of(translation, "Z") == "FunctionRef(name=tripled, libraryName=C, 5)"
    assert expression_of(translation, "W") == "ValueSetRef(name=VS, libraryName=C, preserve=True)"


@pytest.mark.parametrize("with_types", [True, False])
def test_a_library_may_be_given_as_elm(with_types: bool) -> None:
    elm = translate(COMMON).elm
    assert elm is not None
    if not with_types:
        _strip_types(elm)
    text = with_common('define X: C."Ten" + 1 define Y: C.Twice(3) + 1.0')
    assert translate(text, includes=lambda *_: elm).elm == translate(text, includes=common).elm


def _strip_types(elm: Any) -> None:
    if isinstance(elm, dict):
        elm.pop("resultTypeName", None)
        elm.pop("resultTypeSpecifier", None)
        for value in elm.values():
            _strip_types(value)
    elif isinstance(elm, list):
        for value in elm:
            _strip_types(value)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('define X: C."Hidden"', "CQL-115"),
        ('define X: C."Tenn"', "CQL-101"),
        ("define X: C.Twic(1)", "CQL-102"),
        ("define X: C", "CQL-127"),
    ],
)
def test_wrong_uses_of_an_included_library(body: str, code: str) -> None:
    found = [one.code for one in translate(with_common(body), includes=common).diagnostics if one.severity == "error"]
    assert found == [code]


def test_includes_that_cannot_be_had() -> None:
    def codes(text: str, **libraries: str) -> list[str]:
        found = translate(text, includes=lambda name, _: libraries.get(name)).diagnostics
        return [one.code for one in found if one.severity == "error"]

    assert codes("library T include Missing") == ["CQL-110"]
    assert codes("library T include A version '2'", A="library A version '1'") == ["CQL-111"]
    assert "CQL-113" in codes("library T include A", A="library A define X: nothing")
    assert "CQL-112" in codes("library T include A", A="library A include T", T="library T include A")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("using QUICK", "CQL-114"),
        ("using FHIR version '1.0.2'", "CQL-114"),
        ("using QICore version '6.0.0' context Patient define X: [Encounter] E where E.status = 'finished'", "CQL-114"),
        ("using FHIR using QDM define function F(p FHIR.Period): p.begin", "CQL-114"),
        ("context Patient define X: 1", "CQL-118"),
        ("using FHIR context Patint define X: 1", "CQL-118"),
        ("define X: 1 define X: 2", "CQL-116"),
        ("parameter P Integer define P: 1", "CQL-116"),
        ("parameter P Integer default 'a'", "CQL-107"),
        ("using FHIR context Unfiltered define X: AgeInYears()", "CQL-136"),
        ("define X: Foo", "CQL-101"),
        ("define X: foo(1)", "CQL-102"),
        ("define X: 1 as Intger", "CQL-103"),
    ],
)
def test_wrong_definitions(text: str, code: str) -> None:
    assert [found for found, _ in errors(text)] == [code]


def test_all_errors_are_reported_and_none_twice() -> None:
    text = "library L\ndefine A: Foo + 1\ndefine B: A + 1\ndefine C: Firts({ 1 })\ndefine D: 2147483648"
    found = translate(text).diagnostics
    assert [one.code for one in found] == ["CQL-101", "CQL-102", "CQL-120"]
    assert [one.hint for one in found][1] == "did you mean First?"
    assert [one.library for one in found] == ["L"] * 3
    assert found[1].source_line == "define C: Firts({ 1 })"


def test_case_is_a_misspelling() -> None:
    (found,) = translate("define Abc: 1 define X: abc").diagnostics
    assert found.hint == "did you mean Abc?"


def test_warnings() -> None:
    found = translate(
        "library T include Common called C parameter P Integer define private Z: 1 define X: 1 = null", includes=common
    )
    assert found.elm is not None
    assert {one.code for one in found.diagnostics} == {"CQL-401", "CQL-402"}
    assert sum(one.code == "CQL-401" for one in found.diagnostics) == 3


def test_a_reference_to_an_unreadable_definition_is_no_further_error() -> None:
    found = translate("define A: 1 +\ndefine B: A + 1").diagnostics
    assert all(one.code.startswith("CQL-0") for one in found)


@pytest.mark.parametrize(
    "call", ["CalculateAgeInYears()", "CalculateAgeInHoursAt()", "Skip()", "ToInteger()", "Message(1)"]
)
def test_missing_arguments_are_an_error(call: str) -> None:
    assert [code for code, _ in errors(f"define X: {call}")] == ["CQL-105"]


def test_an_error_within_a_comparison_is_no_comparison_with_null() -> None:
    assert [one.code for one in translate("define X: (1 + 'a') = 1").diagnostics] == ["CQL-105"]
