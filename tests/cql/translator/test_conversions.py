"""Implicit conversions and overloads, as ELM."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cql import Engine, Library
from cql.translator import translate
from cql.types import QUANTITY
from cql.values import Interval, Quantity
from tests.cql.translator.compact import errors, fhir, plain, type_of


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        ("1 + 2", "Add(1, 2)"),
        ("1 + 2L", "Add(ToLong(1), 2)"),
        ("1 + 2.0", "Add(ToDecimal(1), 2.0)"),
        ("1 / 2", "Divide(ToDecimal(1), ToDecimal(2))"),
        ("1 'mg' * 2", "Multiply(Quantity(value=1, unit=mg), ToQuantity(2))"),
        ("'a' + 'b'", "Concatenate('a', 'b')"),
        ("'a' & null", "Concatenate(Coalesce('a', ''), Coalesce(As(Null, asType=String), ''))"),
        ("1 != 2", "Not(Equal(1, 2))"),
        ("null + 1", "Add(As(Null, asType=Integer), 1)"),
        ("Length(null)", "Length(As(Null, asType=String))"),
        ("{ 1, 2.0, null }", "List(element=[ToDecimal(1), 2.0, As(Null, asType=Decimal)])"),
        ("1 in null", "In(1, As(Null, asTypeSpecifier=IntervalTypeSpecifier(pointType=Integer)))"),
        ("@2014 = @2014T", "Equal(ToDateTime(Date(year=2014)), DateTime(year=2014))"),
        (
            "1.0 in { 1 }",
            "In(1.0, Query(source=[(alias=X, expression=List(element=[1]))], "
            "return=(distinct=False, expression=ToDecimal(AliasRef(name=X)))))",
        ),
        (
            "Interval[1, 2] = Interval[1.0, 2]",
            "Equal(Interval(lowClosed=True, highClosed=True, low=ToDecimal(1), high=ToDecimal(2)), "
            "Interval(lowClosed=True, highClosed=True, low=1.0, high=ToDecimal(2)))",
        ),
        (
            "{ 1 } union { 'a' }",
            "Union(As(List(element=[1]), "
            "asTypeSpecifier=ListTypeSpecifier(elementType=ChoiceTypeSpecifier(choice=[Integer, "
            "String]))), As(List(element=['a']), asTypeSpecifier=ListTypeSpecifier(elementType=ChoiceTypeSpecifier("
            "choice=[Integer, String]))))",
        ),
        (
            "1 before Interval[2, 3]",
            "Before(If(condition=IsNull(1), then=Null, else=Interval(lowClosed=True, highClosed=True, low=1, high=1)), "
            "Interval(lowClosed=True, highClosed=True, low=2, high=3))",
        ),
    ],
)
def test_system_conversions(expression: str, elm: str) -> None:
    assert plain(expression) == elm


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        (
            "Patient.gender = 'male'",
            "Equal(FunctionRef(name=ToString, libraryName=FHIRHelpers, "
            "Property(path=gender, source=ExpressionRef(name=Patient))), 'male')",
        ),
        (
            "Patient.multipleBirth = 2",
            "Equal(FunctionRef(name=ToInteger, libraryName=FHIRHelpers, "
            "As(Property(path=multipleBirth, source=ExpressionRef(name=Patient)), asType=FHIR.integer)), 2)",
        ),
        (
            'Patient.maritalStatus ~ "C1"',
            "Equivalent(FunctionRef(name=ToConcept, libraryName=FHIRHelpers, "
            "Property(path=maritalStatus, source=ExpressionRef(name=Patient))), ToConcept(CodeRef(name=C1)))",
        ),
        (
            'Patient.maritalStatus in "VS"',
            "InValueSet(code=FunctionRef(name=ToConcept, libraryName=FHIRHelpers, "
            "Property(path=maritalStatus, source=ExpressionRef(name=Patient))), valueset=(name=VS, preserve=True))",
        ),
        ('exists "VS"', "Exists(ExpandValueSet(ValueSetRef(name=VS, preserve=True)))"),
        (
            "DP overlaps MP",
            "Overlaps(Interval(low=ToDateTime(Property(path=low, source=ParameterRef(name=DP))), "
            "lowClosedExpression=Property(path=lowClosed, source=ParameterRef(name=DP)), "
            "high=ToDateTime(Property(path=high, source=ParameterRef(name=DP))), "
            "highClosedExpression=Property(path=highClosed, source=ParameterRef(name=DP))), ParameterRef(name=MP))",
        ),
    ],
)
def test_model_conversions(expression: str, elm: str) -> None:
    assert fhir(expression) == elm


def test_choice_with_several_conversions_is_decided_at_runtime() -> None:
    elm = fhir("[Observation] O where O.effective in MP")
    assert "Case(caseItem=[(when=Is(Property(path=effective, scope=O), isType=FHIR." in elm
    assert "isType=FHIR.instant" in elm
    assert "isType=FHIR.dateTime" in elm


def test_helpers_are_included_when_the_author_did_not() -> None:
    translation = translate("using FHIR context Patient define X: Patient.gender = 'male'")
    assert translation.elm is not None
    (include,) = translation.elm["library"]["includes"]["def"]
    assert (include["path"], include["localIdentifier"], include["version"]) == ("FHIRHelpers", "FHIRHelpers", "4.0.1")


def test_helpers_keep_the_author_s_alias() -> None:
    text = "using FHIR include FHIRHelpers version '4.0.1' called H context Patient define X: Patient.gender = 'male'"
    translation = translate(text)
    assert translation.elm is not None
    assert len(translation.elm["library"]["includes"]["def"]) == 1
    assert "'libraryName': 'H'" in str(translation.elm)


@pytest.mark.parametrize(
    ("expression", "of"),
    [
        ("Coalesce(null, 2)", "Integer"),
        ("First({ 1, 2.0 })", "Decimal"),
        ("if true then 1 else 'a'", "ChoiceTypeSpecifier(choice=[Integer, String])"),
        ("case when true then 1 else null end", "Integer"),
        ("{ 1, 'a' }", "ListTypeSpecifier(elementType=Any)"),
        (
            "from ({ 1 }) A, ({ 'x' }) B",
            "ListTypeSpecifier(elementType=TupleTypeSpecifier("
            "element=[(name=A, elementType=Integer), (name=B, elementType=String)]))",
        ),
        ("expand Interval[1, 2]", "ListTypeSpecifier(elementType=Integer)"),
        ("({ 1 }) A aggregate R starting 0.0: R + A", "Decimal"),
    ],
)
def test_result_types(expression: str, of: str) -> None:
    assert type_of(translate(f"define X: {expression}")) == of


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 + 'a'", "CQL-105"),
        ("1 = 'a'", "CQL-105"),
        ("Upper(1)", "CQL-105"),
        ("Tuple { a: 1 } ~ Tuple { b: 1 }", "CQL-105"),
        ("null + null", "CQL-106"),
        ("Abs(null)", "CQL-106"),
        ("if 1 then 2 else 3", "CQL-107"),
        ("Interval[1, 'a']", "CQL-107"),
        ("5 as String", "CQL-108"),
        ("convert { 1 } to Integer", "CQL-109"),
    ],
)
def test_wrong_operands_are_refused(expression: str, code: str) -> None:
    assert [found for found, _ in errors(f"define X: {expression}")] == [code]


def test_helpers_of_any_namespace_are_the_ones_built_in() -> None:
    text = """library T using FHIR version '4.0.1'
include hl7.fhir.uv.cql.FHIRHelpers version '4.0.1'
include fhir.cqf.common.FHIRHelpers called Old
context Patient
define A: [Observation] O return FHIRHelpers.ToInterval(O.value as FHIR.Quantity)
define B: Old.ToConcept(First([Observation]).code)
define C: Patient.gender = 'male'
"""
    value = {"value": 5, "comparator": "<", "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    observation = {"resourceType": "Observation", "id": "o", "valueQuantity": value, "code": {"text": "dose"}}
    patient = {"resourceType": "Patient", "id": "p", "gender": "male"}
    found = Engine(Library.from_cql(text)).evaluate([patient, observation])
    assert found["A"] == [Interval(None, Quantity(Decimal(5), "mg"), True, False, QUANTITY)]
    assert found["B"].display == "dose"
    assert found["C"] is True
