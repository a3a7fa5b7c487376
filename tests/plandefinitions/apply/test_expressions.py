"""Section D of the PlanDefinition checklist: expression languages, variables, parameters."""

from __future__ import annotations

from typing import Any

import pytest

from plandefinitions.apply import ApplyProblem, apply, apply_all, make_request


def applies(guideline: Any, expression: str, language: str, **arguments: Any) -> bool:
    plan = guideline.plan({"id": "a", "title": "A", "condition": [guideline.when(expression, language)]})
    applied = guideline.apply(plan, **arguments)
    assert applied.problems == ()
    return bool(applied.actions)


@pytest.mark.parametrize(
    ("language", "expression"),
    [
        ("text/cql-identifier", "Is Adult"),
        ("text/cql.identifier", "Is Adult"),
        ("text/cql-identifier", '"Is Adult"'),
        ("text/cql-identifier", '"Logic"."Is Adult"'),
        ("text/cql-identifier", 'Logic."Is Adult"'),
        ("text/cql", "Is Adult"),
        ("text/cql", "AgeInYears() >= 18"),
        ("text/cql", '"Is Adult" and not Logic."Is False"'),
        ("text/cql-expression", "Logic.\"Is Adult\" and Patient.gender = 'female'"),
        ("text/cql.expression", "exists [Patient] P where P.name.family contains 'Moe' // a comment"),
        ("text/fhirpath", "%subject.birthDate < today()"),
        ("text/fhirpath", "Patient.name.exists() and %patient.gender = 'female'"),
        ("text/fhirpath", "iif(%context.birthDate.exists(), true, false)"),
    ],
)
def test_pd_030_every_spelling_works(guideline: Any, language: str, expression: str) -> None:
    assert applies(guideline, expression, language)


@pytest.mark.parametrize("name", ["Should it be done?", "Größe – \u2265 5 cm", "a.b c", "Don't"])
def test_pd_031_an_identifier_is_a_name_not_cql(guideline: Any, name: str) -> None:
    cql = f"library Logic version '1.0'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"{name}\": true\n"
    assert applies(guideline, name, "text/cql-identifier", cql=cql)
    assert applies(guideline, name, "text/cql", cql=cql)


def test_pd_031_a_define_of_an_included_library_is_named_by_its_alias(guideline: Any) -> None:
    guideline.folder.joinpath("Common.cql").write_text(
        "library Common version '3'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"Yes\": true\n"
    )
    cql = "library Logic version '1.0'\nusing FHIR version '4.0.1'\ninclude Common version '3' called C\n"
    assert applies(guideline, 'C."Yes"', "text/cql-identifier", cql=cql)
    assert applies(guideline, 'C."Yes" and true', "text/cql-expression", cql=cql)


def test_pd_032_a_name_that_is_not_there_is_no_inline_expression(guideline: Any) -> None:
    for text in ("Is Adul", '"Is Adul"', "IsAdult"):
        plan = guideline.plan({"condition": [guideline.when(text, "text/cql")]})
        assert guideline.codes(plan) == ["PD-141"]


@pytest.mark.parametrize(
    "text", ["1 +", 'true define "x": false', "'open", "Nothing.Here is null", "AgeInYears() > 'a'", "/* open"]
)
def test_pd_033_inline_cql_that_does_not_compile_is_an_error_at_its_place(guideline: Any, text: str) -> None:
    good = {"condition": [guideline.when("Is Adult")]}
    loaded = guideline.load(guideline.plan({"condition": [guideline.when(text, "text/cql-expression")]}, good))
    (error,) = loaded.errors
    assert (error.code, error.pointer) == ("PD-144", "/action/0/condition/0/expression/expression")


@pytest.mark.parametrize("text", ["a..b", "a b", "1 +", "'open"])
def test_pd_034_fhirpath_syntax_is_checked(guideline: Any, text: str) -> None:
    assert guideline.codes(guideline.plan({"condition": [guideline.when(text, "text/fhirpath")]})) == ["PD-144"]


def test_pd_034_an_unknown_variable_is_an_error_not_false(guideline: Any) -> None:
    plan = guideline.plan({"id": "a", "condition": [guideline.when("%nobody.exists()", "text/fhirpath")]})
    assert guideline.apply(plan).decision("a").status == "error"


def test_pd_022_fhirpath_of_nothing_is_unknown(guideline: Any) -> None:
    plan = guideline.plan({"id": "a", "condition": [guideline.when("%subject.deceased", "text/fhirpath")]})
    assert guideline.apply(plan).decision("a").status == "unknown"


def test_pd_036_a_named_expression_can_be_used_again(guideline: Any) -> None:
    first = guideline.when("Is Adult")
    first["expression"]["name"] = "adult"
    for language, text in (("text/fhirpath", "%adult"), ("text/cql-expression", "%adult and true")):
        plan = guideline.plan({"condition": [first, guideline.when(text, language)]})
        applied = guideline.apply(plan)
        assert len(applied.actions) == 1


@pytest.mark.parametrize("language", ["application/x-fhir-query", "text/javascript", "CQL"])
def test_pd_038_other_languages_are_refused(guideline: Any, language: str) -> None:
    loaded = guideline.load(guideline.plan({"condition": [guideline.when("Is Adult", language)]}))
    (error,) = loaded.errors
    assert (error.code, error.pointer) == ("PD-140", "/action/0/condition/0/expression/language")


def test_pd_038_a_missing_language_is_refused(guideline: Any) -> None:
    condition = {"kind": "applicability", "expression": {"expression": "Is Adult"}}
    assert set(guideline.codes(guideline.plan({"condition": [condition]}))) == {"PD-105", "PD-140"}


DATA = [
    {"resourceType": "Patient", "id": "p1", "birthDate": "1980-01-01", "gender": "female"},
    {"resourceType": "Encounter", "id": "e1", "status": "in-progress", "class": {"code": "AMB"}},
    {"resourceType": "Practitioner", "id": "d1", "gender": "male"},
    {"resourceType": "Organization", "id": "o1", "name": "Ward"},
]


@pytest.mark.parametrize("language", ["text/fhirpath", "text/cql-expression"])
@pytest.mark.parametrize(
    "text",
    [
        "%subject.gender = 'female'",
        "%encounter.status = 'in-progress'",
        "%practitioner.gender = 'male'",
        "%organization.name = 'Ward'",
        "%userType.text = 'doctor'",
        "%userLanguage.text = 'en'",
        "%userTaskContext.text = 'task'",
        "%setting.text = 'ward'",
        "%settingContext.text = 'place'",
    ],
)
def test_pd_039_the_arguments_are_variables(guideline: Any, language: str, text: str) -> None:
    assert applies(
        guideline, text, language, data=DATA, encounter="Encounter/e1", practitioner="Practitioner/d1",
        organization="Organization/o1", user_type={"text": "doctor"}, user_language={"text": "en"},
        user_task_context={"text": "task"}, setting={"text": "ward"}, setting_context={"text": "place"},
    )  # fmt: skip


def test_pd_039_an_argument_that_is_not_given_is_empty(guideline: Any) -> None:
    assert applies(guideline, "%encounter.exists().not()", "text/fhirpath")
    assert applies(guideline, "%encounter is null", "text/cql-expression")


PARAMETERS = """library Logic version '1.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1' called FHIRHelpers
parameter Limit Integer default 3
parameter Names List<String>
parameter Drafts List<FHIR.MedicationRequest>
parameter Visit FHIR.Encounter
parameter Parts Tuple { low Integer, high Integer }
parameter "Measurement Period" Interval<DateTime>
context Patient
define "Limit Is 5": Limit = 5
define "Limit Is 3": Limit = 3
define "One Name": Count(Names) = 1 and First(Names) = 'a'
define "Two Names": Count(Names) = 2
define "One Draft": Count(Drafts) = 1
define "Visit Is Here": Visit.id.value = 'e1'
define "Parts Fit": Parts.low = 1 and Parts.high = 2
define "In Period": @2024-03-01T00:00:00.0+00:00 in "Measurement Period"
"""
DRAFT = {"resourceType": "MedicationRequest", "id": "m"}
OTHER = {"resourceType": "ServiceRequest", "id": "s"}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": DRAFT}, {"resource": OTHER}]}


def fhir_parameters(*entries: Any) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(entries)}


@pytest.mark.parametrize(
    ("define", "given"),
    [
        ("Limit Is 3", {}),
        ("Limit Is 5", {"Limit": 5}),
        ("Limit Is 5", {"Limit": [5]}),
        ("Limit Is 5", fhir_parameters({"name": "Limit", "valueInteger": 5})),
        ("One Name", {"Names": "a"}),
        ("One Name", {"Names": ["a"]}),
        ("One Name", fhir_parameters({"name": "Names", "valueString": "a"})),
        ("Two Names", fhir_parameters({"name": "Names", "valueString": "a"}, {"name": "Names", "valueString": "b"})),
        ("One Draft", {"Drafts": BUNDLE}),
        ("One Draft", {"Drafts": DRAFT}),
        ("One Draft", fhir_parameters({"name": "Drafts", "resource": DRAFT})),
        ("Visit Is Here", {"Visit": "Encounter/e1"}),
        ("Visit Is Here", {"Visit": DATA[1]}),
        (
            "Parts Fit",
            fhir_parameters(
                {"name": "Parts", "part": [{"name": "low", "valueInteger": 1}, {"name": "high", "valueInteger": 2}]}
            ),
        ),
        ("In Period", {"Measurement Period": {"start": "2024-01-01", "end": "2024-12-31"}}),
        ("Limit Is 3", {"Unrelated": 1}),
    ],
)
def test_pd_040_parameters_bind_by_name_and_type(guideline: Any, define: str, given: Any) -> None:
    assert applies(guideline, define, "text/cql-identifier", cql=PARAMETERS, parameters=given, data=DATA)


def test_pd_040_a_value_that_does_not_fit_is_a_problem(guideline: Any) -> None:
    plan = guideline.plan({"condition": [guideline.when("Limit Is 5")]})
    applied = guideline.apply(plan, cql=PARAMETERS, parameters={"Limit": "five"})
    assert "'Limit'" in applied.problems[0].message


def test_pd_040_the_manifest_maps_context_to_parameters(guideline: Any) -> None:
    plan = guideline.plan({"condition": [guideline.when("One Draft")]})
    manifest = {"plans": {"http://example.org/PlanDefinition/p": {"parameters": {"Drafts": "draftOrders"}}}}
    loaded = guideline.load(plan, cql=PARAMETERS, manifest=manifest)
    assert not loaded.errors
    assert len(apply(loaded.content, "p", DATA, parameters={"draftOrders": BUNDLE}).actions) == 1


def test_pd_040_a_parameter_that_no_hook_gives_is_a_warning(guideline: Any) -> None:
    trigger = {"type": "named-event", "name": "order-sign"}
    plan = guideline.plan({"trigger": [trigger], "condition": [guideline.when("One Draft")]})
    loaded = guideline.load(plan, cql=PARAMETERS)
    found = [one for one in loaded.diagnostics if one.code == "PD-171"]
    assert {one.message.partition("parameter '")[2].partition("'")[0] for one in found} == {
        "Names", "Drafts", "Visit", "Parts", "Measurement Period",
    }  # fmt: skip
    assert found[0].hint is not None
    assert "draftOrders" in found[0].hint


@pytest.mark.parametrize(("now", "adult"), [("1997-12-31T23:00:00Z", False), ("1998-01-01T01:00:00Z", True)])
def test_pd_041_now_is_fixed(guideline: Any, now: str, adult: bool) -> None:
    assert applies(guideline, "Is Adult", "text/cql-identifier", now=now) is adult
    assert applies(guideline, "today() >= @1998-01-01", "text/fhirpath", now=now) is adult


def test_pd_042_a_define_is_evaluated_once_per_request(guideline: Any) -> None:
    cql = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Counted": Message(true, true, '1', 'Warning', 'computed')
define "A": "Counted"
define "B": "Counted"
"""
    names = ["A", "B", "Counted", "A"]
    first = guideline.plan(*({"condition": [guideline.when(name)]} for name in names))
    second = guideline.plan({"condition": [guideline.when("B")]}, id="q", url="http://example.org/PlanDefinition/q")
    loaded = guideline.load(first, second, cql=cql)
    request = make_request(
        DATA, subject=None, parameters=None, encounter=None, practitioner=None, organization=None, now=None,
        trigger=None, trace=True, concepts={},
    )  # fmt: skip
    answers = apply_all(loaded.content, loaded.content.plans, request)
    assert [len(one.actions) for one in answers] == [4, 1]
    program = loaded.content.programs[0]
    assert program is not None
    session = program.engine.session(request.index)
    for key in program.library.defines:
        session.value(key)
    assert len(session.result.messages) == 1


def test_the_subject_must_be_known(guideline: Any) -> None:
    content = guideline.load(guideline.plan()).content
    with pytest.raises(ApplyProblem, match="0 Patient resources"):
        apply(content, "p", [])
    with pytest.raises(ApplyProblem, match="2 Patient resources"):
        apply(content, "p", [DATA[0], {"resourceType": "Patient", "id": "p2"}])
    applied = apply(content, "p", [DATA[0], {"resourceType": "Patient", "id": "p2"}], subject="Patient/p2")
    assert applied.care_plan["subject"] == {"reference": "Patient/p2"}


def test_resources_of_another_patient_are_not_read(guideline: Any) -> None:
    cql = (
        "library Logic version '1.0'\nusing FHIR version '4.0.1'\ncontext Patient\ndefine \"Has\": exists [Condition]\n"
    )
    theirs = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p2"}}
    assert not applies(guideline, "Has", "text/cql-identifier", cql=cql, data=[DATA[0], theirs])
