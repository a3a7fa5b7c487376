"""Queries, retrieves and properties, as ELM."""

from __future__ import annotations

import pytest

from tests.cql.translator.compact import FHIR, errors, fhir, plain

_OBSERVATION = "Retrieve(dataType=FHIR.Observation, templateId=http://hl7.org/fhir/StructureDefinition/Observation"


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        ("[Observation]", f"{_OBSERVATION})"),
        (
            '[Observation: "VS"]',
            f"{_OBSERVATION}, codeProperty=code, codeComparator=in, codes=ValueSetRef(name=VS, preserve=True))",
        ),
        (
            '[Observation: "C1"]',
            f"{_OBSERVATION}, codeProperty=code, codeComparator=~, codes=ToList(CodeRef(name=C1)))",
        ),
        (
            '[Observation: code = "C1"]',
            f"{_OBSERVATION}, codeProperty=code, codeComparator==, codes=ToList(CodeRef(name=C1)))",
        ),
        (
            '[Observation: category ~ "CC"]',
            f"{_OBSERVATION}, codeProperty=category, codeComparator=~, codes=Property(path=codes, "
            f"source=ConceptRef(name=CC)))",
        ),
        (
            '[Observation: { "C1" }]',
            f"{_OBSERVATION}, codeProperty=code, codeComparator=in, codes=List(element=[CodeRef(name=C1)]))",
        ),
    ],
)
def test_retrieves(expression: str, elm: str) -> None:
    assert fhir(expression) == elm


def test_medications_are_found_by_reference_too() -> None:
    elm = fhir('[MedicationRequest: "VS"]')
    assert elm.startswith("Union(Retrieve(dataType=FHIR.MedicationRequest")
    assert "With(alias=M, expression=Retrieve(dataType=FHIR.Medication," in elm
    assert "Property(path=medication.reference, scope=MR)" in elm
    assert fhir('[MedicationRequest: medication in "VS"]').startswith("Retrieve(")


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        (
            "({ 1 }) A return all A",
            "Query(source=[(alias=A, expression=List(element=[1]))], return=(distinct=False, "
            "expression=AliasRef(name=A)))",
        ),
        (
            "({ 1 }) A let b: A where b > 0",
            "Query(source=[(alias=A, expression=List(element=[1]))], "
            "let=[(identifier=b, expression=AliasRef(name=A))], where=Greater(QueryLetRef(name=b), 0))",
        ),
        (
            "({ 1 }) A without ({ 2 }) B such that A = B",
            "Query(source=[(alias=A, expression=List(element=[1]))], "
            "relationship=[Without(alias=B, expression=List(element=[2]), suchThat=Equal(AliasRef(name=A), "
            "AliasRef(name=B)))])",
        ),
        (
            "({ 1 }) A sort desc",
            "Query(source=[(alias=A, expression=List(element=[1]))], sort=(by=[ByDirection(direction=desc)]))",
        ),
        (
            "({ Tuple { x: 1 } }) A sort by x, $this.x desc",
            "Query(source=[(alias=A, expression=List(element=[Tuple(element=[(name=x, value=1)])]))], "
            "sort=(by=[ByColumn(direction=asc, path=x), ByExpression(direction=desc, expression=Property(path=x, "
            "source=IdentifierRef(name=$this)))]))",
        ),
        (
            "({ 1 }) A aggregate distinct R starting 0: R + A",
            "Query(source=[(alias=A, expression=List(element=[1]))], "
            "aggregate=(identifier=R, distinct=True, expression=Add(QueryLetRef(name=R), AliasRef(name=A)), "
            "starting=0))",
        ),
        ("(1) A return A + 1", "Query(source=[(alias=A, expression=1)], return=(expression=Add(AliasRef(name=A), 1)))"),
    ],
)
def test_clauses(expression: str, elm: str) -> None:
    assert plain(expression) == elm


def test_a_property_of_a_list_is_that_of_each_element() -> None:
    this = "Property(path=given, source=AliasRef(name=$this))"
    assert fhir("Patient.name.given") == (
        "Flatten(Query(source=[(alias=$this, expression=Property(path=name, source=ExpressionRef(name=Patient)))], "
        f"where=Not(IsNull({this})), return=(distinct=False, expression={this})))"
    )


def test_choice_elements_and_members_of_components() -> None:
    assert fhir("[Observation] O return O.value.unit").endswith(
        "return=(expression=Property(path=unit, source=Property(path=value, scope=O))))"
    )


@pytest.mark.parametrize(
    ("expression", "elm"),
    [
        (
            "{ 1 }.where($this > 1)",
            "Query(source=[(alias=$this, expression=List(element=[1]))], where=Greater(AliasRef(name=$this), 1))",
        ),
        ("{ 1 }.exists()", "Exists(List(element=[1]))"),
        ("{ 1 }.first()", "First(source=List(element=[1]))"),
        ("(1).is(Integer)", "Is(1, isType=Integer)"),
    ],
)
def test_methods(expression: str, elm: str) -> None:
    assert plain(expression) == elm


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("[Observatio]", "CQL-103"),
        ('[Observation: foo in "VS"]', "CQL-104"),
        ("[Quantity]", "CQL-130"),
        ("[Observation: 5]", "CQL-131"),
        ("Patient.nam", "CQL-104"),
        ("[Observation] O where O.code", "CQL-107"),
        ("(1) A sort asc", "CQL-134"),
        ("({ Patient }) A sort asc", "CQL-134"),
        ("from ({ 1 }) A, ({ 2 }) A return 1", "CQL-116"),
        ("$this", "CQL-133"),
    ],
)
def test_wrong_queries_are_refused(expression: str, code: str) -> None:
    assert [found for found, _ in errors(FHIR + f"define X: {expression}")] == [code]


def test_a_retrieve_without_a_model() -> None:
    assert [code for code, _ in errors("define X: [Observation]")] == ["CQL-114"]
