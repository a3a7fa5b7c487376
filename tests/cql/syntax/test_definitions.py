from __future__ import annotations

from collections.abc import Callable

import pytest

from cql.syntax import nodes as n

Parse = Callable[[str], n.LibraryNode]
Show = Callable[[object], str]

LIBRARY = """
library "My org".Common.Test version '1.2.0' // a comment
using FHIR version '4.0.1'
using QDM called Q
include FHIRHelpers version '4.0.1'
include ns.Common version '2' called C
codesystem "LOINC": 'http://loinc.org' version '2.77'
valueset "V": 'http://v' version '1' codesystems { "LOINC", C.SCT }
private valueset W: 'http://w'
code "x": '1-8' from "LOINC" display 'X'
code y: '2' from C.SCT
concept "both": { "x", C.y } display 'Both'
parameter P
parameter Q Interval<DateTime> default Interval[@2020, @2021]
public parameter R default 5 days
define "First": 1
context Patient
define private Second: "First"
context FHIR.Practitioner
define function Third(a Integer, code List<Code>) returns Integer: a
define public fluent function fourth(a Any): a
define function exists(a Any) returns Boolean: external
"""


def test_header_and_declarations(library: Parse, shown: Show) -> None:
    tree = library(LIBRARY)
    assert (tree.qualifiers, tree.name, tree.version) == (("My org", "Common"), "Test", "1.2.0")
    assert list(map(shown, tree.usings)) == [
        "(UsingDefinition name=FHIR version=4.0.1)",
        "(UsingDefinition name=QDM alias=Q)",
    ]
    assert list(map(shown, tree.includes)) == [
        "(IncludeDefinition name=FHIRHelpers version=4.0.1 alias=FHIRHelpers)",
        "(IncludeDefinition qualifiers=[ns] name=Common version=2 alias=C)",
    ]
    assert list(map(shown, tree.code_systems)) == ["(CodeSystemDefinition name=LOINC id=http://loinc.org version=2.77)"]
    assert list(map(shown, tree.value_sets)) == [
        '(ValueSetDefinition name=V id=http://v version=1 code_systems=["LOINC", C.SCT])',
        "(ValueSetDefinition name=W private=True id=http://w)",
    ]
    assert list(map(shown, tree.codes)) == [
        '(CodeDefinition name=x id=1-8 system="LOINC" display=X)',
        "(CodeDefinition name=y id=2 system=C.SCT)",
    ]
    assert list(map(shown, tree.concepts)) == ['(ConceptDefinition name=both codes=["x", C.y] display=Both)']
    assert list(map(shown, tree.parameters)) == [
        "(ParameterDefinition name=P)",
        "(ParameterDefinition name=Q type=(IntervalTypeSpecifier point=DateTime) default=(IntervalSelector "
        "low=(DateLiteral text=2020) high=(DateLiteral text=2021) low_closed=True high_closed=True))",
        "(ParameterDefinition name=R default=<5 days>)",
    ]


def test_statements_and_their_contexts(library: Parse, shown: Show) -> None:
    tree = library(LIBRARY)
    assert list(map(shown, tree.contexts)) == [
        "(ContextDefinition name=Patient)",
        "(ContextDefinition model=FHIR name=Practitioner)",
    ]
    assert list(map(shown, tree.statements)) == [
        "(ExpressionDefinition name=First context=Unfiltered value=1)",
        '(ExpressionDefinition name=Second private=True context=Patient value="First")',
        "(FunctionDefinition name=Third context=Practitioner parameters=[[a, Integer], "
        "[code, (ListTypeSpecifier element=Code)]] returns=Integer value=a)",
        "(FunctionDefinition name=fourth context=Practitioner parameters=[[a, Any]] value=a fluent=True)",
        "(FunctionDefinition name=exists context=Practitioner parameters=[[a, Any]] returns=Boolean)",
    ]


def test_spans(library: Parse) -> None:
    tree = library('library T\n\ndefine "A b":\n  (x + y) *\n\ttrue')
    (definition,) = tree.statements
    assert str(tree.span) == "1:1-5:5"
    assert str(definition.span) == "3:1-5:5"
    assert str(definition.name_span) == "3:8-3:12"
    product = definition.value
    assert isinstance(product, n.Binary)
    assert str(product.span) == "4:3-5:5"
    assert str(product.operator_span) == "4:11-4:11"
    assert str(product.left.span) == "4:4-4:8"
    assert str(product.right.span) == "5:2-5:5"


def test_a_text_without_header_or_with_nothing_is_a_library(library: Parse) -> None:
    assert library("define A: 1").name is None
    assert library("").statements == ()
    assert library(" // only a comment\r\n").statements == ()
    assert [s.name for s in library("\ufeffdefine A: 1\r\ndefine B: 2\r\n").statements] == ["A", "B"]


@pytest.mark.parametrize("body", ["define", "context", "code", "parameter", "library"])
def test_keywords_of_definitions_are_names_within_expressions(library: Parse, shown: Show, body: str) -> None:
    (definition, following) = library(f"define A: {body}\ndefine B: x.{body} + {body}.y").statements
    assert shown(definition.value) == body
    assert shown(following.value) == f"(x.{body} + {body}.y)"


def test_definitions_may_share_a_line(library: Parse) -> None:
    assert [s.name for s in library("define A: 1 define B: A context Patient define C: B").statements] == list("ABC")


@pytest.mark.parametrize("text", ["define A: 1\nparameter P", "context Patient\nusing FHIR", "using FHIR\nlibrary L"])
def test_parts_in_the_wrong_order(codes: Callable[[str], list[str]], text: str) -> None:
    assert codes(text) == ["CQL-017"]
