"""A guideline built in a test: resources and CQL written to files, loaded, applied to a patient."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plandefinitions.apply import Applied, Loaded, apply, load
from plandefinitions.cards import cards_of

Json = dict[str, Any]
BASE = "http://example.org"
NOW = "2024-05-05T10:00:00+02:00"
CQL = """library Logic version '1.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1' called FHIRHelpers
codesystem "Local": 'http://example.org/local'
code "One": '1' from "Local" display 'One'
context Patient
define "Is True": true
define "Is False": false
define "Is Unknown": First([Observation]).status.value = 'final'
define "Is Text": 'true'
define "Is Any": { 1 }
define "Fails": Message(true, true, '1', 'Error', 'broken')
define "Is Adult": AgeInYears() >= 18
define "Words": 'computed words'
define "Nothing": null as String
define "Whole": 3
define "Size": 2.5 'cm'
define "The Code": "One"
define "The Concept": Concept { Code '1' from "Local" } display 'A concept'
define "Two Words": { 'a', 'b' }
define "The Day": @2024-02-03
define "The Moment": @2024-02-03T04:05:06.000+00:00
define "The Period": Interval[@2024-01-01, @2024-02-01]
define "The Range": Interval[1 'cm', 2 'cm']
define "Family": Patient.name[0].family
"""
LOGIC: Json = {
    "resourceType": "Library",
    "url": f"{BASE}/Library/Logic",
    "version": "1.0",
    "name": "Logic",
    "status": "active",
    "type": {"coding": [{"code": "logic-library"}]},
}
PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1980-01-01",
    "gender": "female",
    "name": [{"family": "Moe", "given": ["Jo"]}],
}


class Guideline:
    """Makes guidelines of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded: Loaded | None = None

    @staticmethod
    def plan(*actions: Json, **elements: Any) -> Json:
        return {
            "resourceType": "PlanDefinition",
            "id": "p",
            "url": f"{BASE}/PlanDefinition/p",
            "version": "1",
            "title": "The plan",
            "status": "active",
            "library": [f"{BASE}/Library/Logic"],
            **({"action": list(actions)} if actions else {}),
            **elements,
        }

    @staticmethod
    def activity(kind: str = "ServiceRequest", **elements: Any) -> Json:
        return {
            "resourceType": "ActivityDefinition",
            "id": "ad",
            "url": f"{BASE}/ActivityDefinition/ad",
            "version": "2",
            "status": "active",
            "kind": kind,
            **elements,
        }

    @staticmethod
    def when(expression: str, language: str = "text/cql-identifier", kind: str = "applicability") -> Json:
        return {"kind": kind, "expression": {"language": language, "expression": expression}}

    @staticmethod
    def set(path: str, expression: str, language: str = "text/cql-identifier") -> Json:
        return {"path": path, "expression": {"language": language, "expression": expression}}

    def load(self, *resources: Json, cql: str = CQL, **files: Any) -> Loaded:
        (self.folder / "Logic.cql").write_text(cql, encoding="utf-8")
        for number, one in enumerate((LOGIC, *resources)):
            (self.folder / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
        for name, content in files.items():
            (self.folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        self.loaded = load([self.folder])
        return self.loaded

    def codes(self, *resources: Json, severity: str = "error", **more: Any) -> list[str]:
        """The codes found when these are loaded."""
        return [one.code for one in self.load(*resources, **more).diagnostics if one.severity == severity]

    def apply(self, *resources: Json, data: Any = None, plan: str = "p", cql: str = CQL, **arguments: Any) -> Applied:
        """Load and apply; fails when loading finds an error."""
        loaded = self.load(*resources, cql=cql)
        assert not loaded.errors, "\n".join(one.render() for one in loaded.errors)
        return apply(loaded.content, plan, [PATIENT] if data is None else data, **{"now": NOW, **arguments})

    def cards(self, *resources: Json, **arguments: Any) -> list[Json]:
        applied = self.apply(*resources, **arguments)
        assert self.loaded is not None
        return [one.json for one in cards_of(applied, terminology=self.loaded.content.terminology)]


@pytest.fixture
def guideline(tmp_path: Path) -> Guideline:
    return Guideline(tmp_path)


@pytest.fixture
def titles() -> Callable[[Applied], list[Any]]:
    """The titles of the top-level actions that apply."""
    return lambda applied: [one.json.get("title") for one in applied.actions]
