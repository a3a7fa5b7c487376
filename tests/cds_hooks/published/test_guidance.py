"""A small guideline of somebody else's, served: discovery, parameters from the hook's context, cards, missing data."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_hooks.app import create_app
from cds_hooks.published import PublishedGuidance
from cds_hooks.settings import Settings

CQL = """
library Anticoagulation version '1.0.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
parameter draftOrders List<FHIR.MedicationRequest>
parameter userId String
context Patient
define "Has Kidney Disease":
  exists ([Condition] C where C.code.text = 'Chronic kidney disease')
define "Orders Dabigatran":
  exists (draftOrders O where (O.medication as FHIR.CodeableConcept).text = 'dabigatran')
define "Should Warn":
  "Has Kidney Disease" and "Orders Dabigatran" and userId = 'Practitioner/p1'
"""


def _library() -> dict[str, Any]:
    data = base64.b64encode(CQL.encode()).decode()
    return {
        "resourceType": "Library",
        "id": "Anticoagulation",
        "url": "http://example.org/Library/Anticoagulation",
        "version": "1.0.0",
        "name": "Anticoagulation",
        "status": "active",
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/library-type", "code": "logic-library"}]},
        "content": [{"contentType": "text/cql", "data": data}],
    }


def _plan() -> dict[str, Any]:
    return {
        "resourceType": "PlanDefinition",
        "id": "dabigatran-kidney",
        "url": "http://example.org/PlanDefinition/dabigatran-kidney",
        "version": "2.1.0",
        "title": "Dabigatran in kidney disease",
        "description": "Warns when dabigatran is ordered in kidney disease.",
        "status": "active",
        "library": ["http://example.org/Library/Anticoagulation|1.0.0"],
        "action": [
            {
                "title": "Dabigatran accumulates in kidney disease",
                "description": "Choose another anticoagulant.",
                "priority": "urgent",
                "trigger": [
                    {"type": "named-event", "name": "order-sign"},
                    {"type": "named-event", "name": "patient-view"},
                ],
                "condition": [
                    {
                        "kind": "applicability",
                        "expression": {"language": "text/cql-identifier", "expression": "Should Warn"},
                    }
                ],
            }
        ],
    }


def write(folder: Path) -> Path:
    (folder / "deep").mkdir()
    (folder / "plan.json").write_text(json.dumps(_plan()), encoding="utf-8")
    (folder / "deep" / "library.json").write_text(json.dumps(_library()), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def base(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write(tmp_path_factory.mktemp("content"))
    with serve(create_app(Settings(demo=True, content=folder))) as url:
        yield url


def call(drug: str = "dabigatran", **prefetch: Any) -> dict[str, Any]:
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/x1"},
        "code": {"text": "Chronic kidney disease"},
    }
    order = {"resourceType": "MedicationRequest", "id": "d1", "medicationCodeableConcept": {"text": drug}}
    return {
        "hook": "order-sign",
        "hookInstance": "5d5c3b86-0d5f-4bb4-8a28-0f3f0a1ad4a1",
        "context": {
            "userId": "Practitioner/p1",
            "patientId": "x1",
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
        },
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": "x1"},
            "conditions": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": condition}]},
        }
        | prefetch,
    }


def test_one_service_for_each_event_with_what_the_logic_retrieves(base: str) -> None:
    services = requests.get(f"{base}/cds-services", timeout=10).json()["services"]
    assert {(one["id"], one["hook"]) for one in services} == {
        ("dabigatran-kidney-order-sign", "order-sign"),
        ("dabigatran-kidney-patient-view", "patient-view"),
    }
    for one in services:
        assert one["title"] == "Dabigatran in kidney disease"
        assert one["prefetch"] == {
            "patient": "Patient/{{context.patientId}}",
            "conditions": "Condition?patient={{context.patientId}}",
        }


def test_card_when_the_condition_holds_and_none_otherwise(base: str) -> None:
    path = f"{base}/cds-services/dabigatran-kidney-order-sign"
    (card,) = requests.post(path, json=call(), timeout=10).json()["cards"]
    assert card["summary"] == "Dabigatran accumulates in kidney disease"
    assert card["indicator"] == "warning"
    assert requests.post(path, json=call("apixaban"), timeout=10).json() == {"cards": []}
    assert requests.post(path, json=call(conditions=None), timeout=10).json() == {"cards": []}


def test_explanation_names_each_action(base: str) -> None:
    answer = requests.post(f"{base}/explain/dabigatran-kidney-order-sign", json=call("apixaban"), timeout=10).json()
    (decision,) = answer["recommendations"]
    assert decision["status"] == "not-applicable"
    assert decision["because"] == ["Should Warn: false"]
    assert answer["cards"] == []


def test_what_was_not_sent_is_412_since_conditions_could_not_tell(base: str) -> None:
    body = call()
    del body["prefetch"]["conditions"]
    answer = requests.post(f"{base}/cds-services/dabigatran-kidney-order-sign", json=body, timeout=10)
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["expression"] == ["prefetch.conditions"]


def test_faulty_content_is_refused_with_all_that_is_wrong(tmp_path: Path) -> None:
    plan = _plan()
    plan["action"][0]["condition"][0]["expression"]["expression"] = "No Such Define"
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (tmp_path / "library.json").write_text(json.dumps(_library()), encoding="utf-8")
    with pytest.raises(ValueError, match="No Such Define"):
        PublishedGuidance.load(tmp_path)
    with pytest.raises(ValueError, match="not a folder"):
        PublishedGuidance.load(tmp_path / "nothing")


def test_empty_folder_is_served_with_no_services(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(create_app(Settings(demo=True, content=tmp_path))) as url:
        assert requests.get(f"{url}/cds-services", timeout=10).json() == {"services": []}
