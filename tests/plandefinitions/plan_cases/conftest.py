"""A guideline of somebody else's with cases beside its plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CQL = """library Kidney version '1.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
parameter draftOrders List<FHIR.MedicationRequest>
context Patient
define "Has Kidney Disease": exists ([Condition] C where C.code.text = 'Chronic kidney disease')
define "Orders Dabigatran":
  exists (draftOrders O where (O.medication as FHIR.CodeableConcept).text = 'dabigatran')
define "Should Warn": "Orders Dabigatran" and "Has Kidney Disease"
define "Is Old": AgeInYears() >= 80
define "Never Needed": "Is Old" and false
"""
PLAN: dict[str, Any] = {
    "resourceType": "PlanDefinition",
    "id": "kidney",
    "url": "http://example.org/PlanDefinition/kidney",
    "version": "1",
    "title": "Dabigatran in kidney disease",
    "status": "active",
    "library": ["http://example.org/Library/Kidney"],
    "action": [
        {
            "id": "warn",
            "title": "Dabigatran accumulates in kidney disease",
            "priority": "urgent",
            "trigger": [{"type": "named-event", "name": "order-sign"}],
            "condition": [
                {
                    "kind": "applicability",
                    "expression": {"language": "text/cql-identifier", "expression": "Should Warn"},
                }
            ],
            "action": [
                {"id": "stop", "title": "Stop dabigatran"},
                {
                    "id": "old",
                    "title": "Ask a geriatrician",
                    "condition": [
                        {
                            "kind": "applicability",
                            "expression": {"language": "text/cql-identifier", "expression": "Is Old"},
                        }
                    ],
                },
            ],
        }
    ],
}
PARENT: dict[str, Any] = {
    "resourceType": "PlanDefinition",
    "id": "all",
    "url": "http://example.org/PlanDefinition/all",
    "version": "1",
    "title": "All",
    "status": "active",
    "action": [
        {
            "id": "kidneys",
            "title": "Kidneys",
            "trigger": [{"type": "named-event", "name": "patient-view"}],
            "definitionCanonical": "http://example.org/PlanDefinition/kidney",
        }
    ],
}
PATIENT = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1950-01-01"}},
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "subject": {"reference": "Patient/p1"},
                "code": {"text": "Chronic kidney disease"},
            }
        },
    ],
}
CASES = """plan: http://example.org/PlanDefinition/kidney
given:
  now: 2024-06-01T12:00:00Z
  context:
    userId: Practitioner/p1
    draftOrders:
      resourceType: Bundle
      entry:
      - resource: {resourceType: MedicationRequest, id: d1, medicationCodeableConcept: {text: dabigatran}}
cases:
  - name: kidney disease and dabigatran
    data: patient.json
    actions: {warn: applicable, old: not-applicable}
    cards:
      - {summary: accumulates, indicator: warning, source: Dabigatran, suggestions: [Stop]}
  - name: kidney disease and apixaban
    data: [patient.json]
    context: {draftOrders: {resourceType: Bundle, entry: []}}
    actions: {warn: not-applicable, old: not-judged}
    cards: []
  - name: no kidney disease
    resources:
      - {resourceType: Patient, id: p2, birthDate: 1930-01-01}
    actions: {warn: not-applicable}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the guideline's files into a folder, with a cache of the test's own; gives the folder."""
    monkeypatch.setenv("SARCOMA_CDS_CACHE", str(tmp_path / "cache"))

    def files(cases: str = CASES, cql: str = CQL) -> Path:
        folder = tmp_path / "content"
        folder.mkdir(exist_ok=True)
        (folder / "Kidney.cql").write_text(cql, encoding="utf-8")
        for name, content in (("plan", PLAN), ("parent", PARENT), ("patient", PATIENT)):
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        (folder / "kidney.cases.yaml").write_text(cases, encoding="utf-8")
        return folder

    return files


@pytest.fixture
def cases() -> str:
    return CASES


@pytest.fixture
def cql() -> str:
    return CQL
