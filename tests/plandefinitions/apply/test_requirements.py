"""Rows PD-059 and PD-151: what data a plan reads."""

from __future__ import annotations

from typing import Any

from plandefinitions.apply import data_requirements

CQL = """library Logic version '1.0'
using FHIR version '4.0.1'
include Shared version '1' called S
valueset "Tumours": 'http://example.org/ValueSet/tumours'
context Patient
define "Here": exists [Condition: "Tumours"]
define "There": S."Observed"
"""
SHARED = """library Shared version '1'
using FHIR version '4.0.1'
context Patient
define "Observed": exists [Observation]
"""


def test_pd_151_requirements_come_from_the_cql_and_all_it_includes(guideline: Any) -> None:
    guideline.folder.joinpath("Shared.cql").write_text(SHARED)
    content = guideline.load(guideline.plan({"condition": [guideline.when("There")]}), cql=CQL).content
    found = data_requirements(content, content.plan("p"))
    assert {(one.type, tuple(each.id for each in one.value_sets)) for one in found} == {
        ("Patient", ()),
        ("Condition", ("http://example.org/ValueSet/tumours",)),
        ("Observation", ()),
    }


def test_pd_059_inputs_of_actions_are_requirements_too(guideline: Any) -> None:
    wanted = {
        "type": "Procedure",
        "codeFilter": [{"path": "code", "code": [{"system": "http://s", "code": "c"}]}],
        "dateFilter": [{"path": "performed"}],
    }
    inner = guideline.plan({"input": [wanted]}, id="inner", url="http://example.org/PlanDefinition/inner", library=[])
    del inner["library"]
    outer = guideline.plan({"definitionCanonical": inner["url"]})
    content = guideline.load(outer, inner).content
    (found,) = [one for one in data_requirements(content, content.plan("p")) if one.type == "Procedure"]
    assert (found.code_path, found.codes[0].code, found.date_path) == ("code", "c", "performed")
