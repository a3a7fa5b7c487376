"""Alternatives of expressions, and libraries that an expression refers to itself."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "first", [("Is Unknown", "text/cql-identifier"), ("Fails", "text/cql-identifier"), ("%nowhere", "text/fhirpath")]
)
@pytest.mark.parametrize("where", ["expression", "condition"])
def test_pd_037_an_alternative_is_used_when_the_first_gives_nothing(
    guideline: Any, where: str, first: tuple[str, str]
) -> None:
    condition = guideline.when(*first)
    alternative = {
        "url": "http://hl7.org/fhir/StructureDefinition/cqf-alternativeExpression",
        "valueExpression": {"language": "text/fhirpath", "expression": "true"},
    }
    (condition["expression"] if where == "expression" else condition)["extension"] = [alternative]
    applied = guideline.apply(guideline.plan({"condition": [condition]}))
    assert (len(applied.actions), applied.problems) == (1, ())


def _without_library(plan: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plan.items() if name != "library"}


@pytest.mark.parametrize("name", ["us-ph-alternativeExpression", "us-ph-alternative-expression-extension"])
def test_pd_037_case_reporting_has_names_of_its_own_for_alternatives(guideline: Any, name: str) -> None:
    condition = guideline.when("%nowhere.exists()", "text/fhirpath")
    alternative = {**guideline.when("Is Adult")["expression"], "reference": "http://example.org/Library/Logic|1.0"}
    url = f"http://hl7.org/fhir/us/ecr/StructureDefinition/{name}"
    condition["expression"]["extension"] = [{"url": url, "valueExpression": alternative}]
    applied = guideline.apply(_without_library(guideline.plan({"condition": [condition]})))
    assert (len(applied.actions), applied.problems) == (1, ())


def test_pd_033_the_condition_of_a_trigger_may_refer_to_a_library_of_its_own(guideline: Any) -> None:
    condition = {**guideline.when("Is Adult")["expression"], "reference": "http://example.org/Library/Logic|1.0"}
    data = [{"type": "Patient"}]
    trigger = {"type": "named-event", "name": "patient-view", "data": data, "condition": condition}
    plan = _without_library(guideline.plan({"title": "A", "trigger": [trigger]}))
    assert len(guideline.apply(plan, trigger="patient-view").actions) == 1


def test_pd_037_if_the_alternative_fails_too_the_first_error_is_told(guideline: Any) -> None:
    condition = guideline.when("%nowhere", "text/fhirpath")
    alternative = guideline.when("Fails")["expression"]
    url = "http://hl7.org/fhir/StructureDefinition/cqf-alternativeExpression"
    condition["expression"]["extension"] = [{"url": url, "valueExpression": alternative}]
    [problem] = guideline.apply(guideline.plan({"condition": [condition]})).problems
    assert "nowhere" in problem.message
