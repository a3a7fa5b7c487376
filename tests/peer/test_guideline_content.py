"""Portability of the guideline: the official translator accepts all of it, and the reference engine decides alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from cql import Engine, Library
from mappers import PatientFacts
from plandefinitions.guideline.cases import NOW, read_cases
from plandefinitions.guideline.entry import read_entries
from plandefinitions.guideline.program import Libraries, Program, compile_program, umbrella
from plandefinitions.guideline.settings import CONTENT
from tools.peer import fhir_helpers
from tools.peer.node import execute, missing, translate

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

ENTRIES = read_entries(CONTENT)
TEXTS = Libraries(CONTENT, {}).texts
PATIENTS = [case.patient for entry in ENTRIES for case in read_cases(entry)]
FEW = PATIENTS[:: len(PATIENTS) // 3 + 1]
"""The reference engine computes what a define refers to anew each time, and so takes seconds for one patient."""


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_program(ENTRIES, CONTENT, {})


@pytest.fixture(scope="module")
def official(program: Program) -> Mapping[str, Any]:
    """The official translator's answer for each library, and for the one that refers to all (Guideline)."""
    names = ["FHIRHelpers", *TEXTS, "Guideline"]
    answers = translate([fhir_helpers.text(), *TEXTS.values(), _statuses(umbrella(program.entries))], includes=TEXTS)
    return dict(zip(names, answers, strict=True))


def test_the_official_translator_accepts_every_library(official: Mapping[str, Any]) -> None:
    assert {name: answer["errors"] for name, answer in official.items() if "errors" in answer} == {}


def test_official_elm_gives_what_our_translation_gives(program: Program, official: Mapping[str, Any]) -> None:
    elms = {name: answer["elm"] for name, answer in official.items()}
    theirs = Library.from_elm(elms["Guideline"], elms)
    bundles = _bundles(PATIENTS)
    assert _decided(Engine(theirs), program, bundles) == _decided(Engine(program.library), program, bundles)


def test_the_reference_engine_decides_alike(program: Program, official: Mapping[str, Any]) -> None:
    elms = {name: answer["elm"] for name, answer in official.items()}
    bundles = _bundles(FEW)
    request = {
        "elm": elms["Guideline"],
        "helpers": elms["FHIRHelpers"],
        "libraries": {name: elm for name, elm in elms.items() if name in TEXTS},
        "codes": {},
        "bundles": bundles,
        "now": NOW.isoformat(timespec="milliseconds"),
    }
    assert execute(request)["patients"] == _decided(Engine(program.library), program, bundles)


def _decided(engine: Engine, program: Program, bundles: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The status of every entry, by patient."""
    wanted = [one.outputs["Status"] for one in program.entries if "Status" in one.outputs]
    return {
        one["entry"][0]["resource"]["id"]: dict(engine.evaluate(one, now=NOW, defines=wanted).defines)
        for one in bundles
    }


def _bundles(patients: Iterable[PatientFacts]) -> list[dict[str, Any]]:
    return [_bundle(patient, f"p{number}") for number, patient in enumerate(patients)]


def _statuses(text: str) -> str:
    """The text with the statuses only; criteria and words are what they are made of."""
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.startswith("define ") or '/Status": ' in line) + "\n"


def _bundle(patient: PatientFacts, identifier: str) -> dict[str, Any]:
    resources: list[dict[str, Any]] = [{"resourceType": "Patient", "id": identifier}, *patient.observations()]
    for one in resources[1:]:
        one["subject"] = {"reference": f"Patient/{identifier}"}
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
