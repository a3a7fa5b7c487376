"""Section D: what a call must have, and what is forgiven."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from cds_hooks.envelope import REQUIRED_CONTEXT, bare_id, read_call
from cds_hooks.errors import CallError

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]
HOOKS = ["encounter-start", "order-select", "order-sign", "patient-view"]


@pytest.mark.parametrize("hook", HOOKS)
def test_complete_call_is_answered(call: Call, complete: Complete, hook: str) -> None:
    answer = call(complete(hook), hook)
    assert answer.status_code == 200
    assert isinstance(answer.json()["cards"], list)


@pytest.mark.requirement("CH-031", "CH-032", "CH-033")
@pytest.mark.parametrize("field", ["hook", "hookInstance", "context"])
@pytest.mark.parametrize("value", [None, "absent", "", 7])
def test_required_fields(call: Call, complete: Complete, field: str, value: Any) -> None:
    body = complete()
    if value == "absent":
        del body[field]
    else:
        body[field] = value
    answer = call(body)
    assert answer.status_code == 400
    issue = answer.json()["issue"][0]
    assert issue["expression"] == [field]
    assert field in issue["diagnostics"]


@pytest.mark.requirement("CH-033")
@pytest.mark.parametrize(("hook", "field"), [(hook, field) for hook in HOOKS for field in REQUIRED_CONTEXT[hook]])
@pytest.mark.parametrize("value", [None, "absent", 7])
def test_required_context(call: Call, complete: Complete, hook: str, field: str, value: Any) -> None:
    body = complete(hook)
    if value == "absent":
        del body["context"][field]
    else:
        body["context"][field] = value
    answer = call(body, hook)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == [f"context.{field}"]


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_of_another_service_is_refused(call: Call, complete: Complete, hook: str) -> None:
    other = HOOKS[(HOOKS.index(hook) + 1) % len(HOOKS)]
    answer = call(complete(hook), other)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "hook-mismatch"


@pytest.mark.requirement("CH-041")
def test_unknown_service(server: str, complete: Complete) -> None:
    for path in ("cds-services", "explain"):
        assert requests.post(f"{server}/{path}/nothing", json=complete(), timeout=10).status_code == 404


def test_unknown_members_nulls_and_extensions_are_forgiven(call: Call, complete: Complete) -> None:
    body = complete(
        extension={"org.example.trigger": {"anything": [1, None]}},
        user="Practitioner/legacy",
        patient="x1",
        fhirAuthorization=None,
        fhirServer=None,
    )
    body["context"] |= {"encounterId": None, "extra": {}}
    assert call(body).json()["cards"] == call(complete()).json()["cards"] == []


def test_repeated_call_is_answered_alike(call: Call, complete: Complete) -> None:
    first, second = (call(complete(), explain=True).json() for _ in range(2))
    assert first == second


@pytest.mark.requirement("CH-034")
def test_authorization_needs_a_server(call: Call, complete: Complete) -> None:
    token = {
        "access_token": "secret-canary",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "cds",
    }
    answer = call(complete(fhirAuthorization=token))
    assert answer.status_code == 400
    assert "secret-canary" not in answer.text
    assert call(complete(fhirAuthorization=token, fhirServer="https://ehr.example.org/fhir")).status_code == 200


@pytest.mark.parametrize(
    "written", ["x1", "Patient/x1", "https://ehr.example.org/fhir/Patient/x1", "Patient/x1/_history/3", " x1 "]
)
def test_patient_id_may_be_a_reference(call: Call, complete: Complete, written: str) -> None:
    body = complete()
    body["context"]["patientId"] = written
    assert bare_id(written) == "x1"
    assert call(body, explain=True).json()["facts"]["demographics"]["value"]["sex"] == "female"


@pytest.mark.requirement("CH-036")
def test_prefetch_that_is_no_object_is_refused(call: Call, complete: Complete) -> None:
    answer = call(complete(prefetch=["x"]))
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == ["prefetch"]


@pytest.mark.requirement("CH-040")
@pytest.mark.parametrize("kind", ["MedicationOrder", "ProcedureRequest", "DiagnosticOrder", "ReferralRequest"])
def test_orders_of_other_fhir_versions_are_recognised(call: Call, complete: Complete, kind: str) -> None:
    body = complete("order-sign")
    body["context"]["draftOrders"]["entry"] = [{"resource": {"resourceType": kind, "id": "d"}}]
    answer = call(body, "order-sign")
    assert answer.status_code == 400
    issue = answer.json()["issue"][0]
    assert issue["details"]["coding"][0]["code"] == "unsupported-fhir-version"
    assert kind in issue["diagnostics"]
    assert "R4" in issue["diagnostics"]


@pytest.mark.requirement("CH-040")
def test_records_of_other_fhir_versions_are_recognised(call: Call, complete: Complete) -> None:
    body = complete()
    body["prefetch"]["medicationRequests"]["entry"] = [{"resource": {"resourceType": "MedicationOrder"}}]
    assert call(body).json()["issue"][0]["details"]["coding"][0]["code"] == "unsupported-fhir-version"


@pytest.mark.requirement("CH-120")
@pytest.mark.parametrize(
    "drafts",
    [
        {},
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "entry": None},
        {"resourceType": "Bundle", "entry": {}},
        {"resourceType": "Bundle", "entry": [None, 1, {}, {"resource": None}, {"resource": {}}]},
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "MedicationRequest", "category": {}}}]},
        {"resourceType": "MedicationRequest", "id": "alone"},
        {"entry": [{"resource": {"resourceType": ["odd"], "subject": "Patient/x1"}}]},
    ],
)
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_incomplete_drafts_are_not_refused(call: Call, complete: Complete, hook: str, drafts: dict[str, Any]) -> None:
    body = complete(hook)
    body["context"]["draftOrders"] = drafts
    if hook == "order-select":
        body["context"]["selections"] = ["MedicationRequest/none", None, 3, {}]
    assert call(body, hook).status_code == 200


def _signing(*drafts: dict[str, Any]) -> dict[str, Any]:
    context = {"userId": "u", "patientId": "x1", "draftOrders": {"entry": [{"resource": one} for one in drafts]}}
    return {"hook": "order-sign", "hookInstance": "i", "context": context}


@pytest.mark.requirement("CH-052")
def test_drafts_of_another_patient_are_left_out_and_named() -> None:
    """Most orders have a subject; a nutrition order or a prescription of glasses has a patient."""
    own: list[dict[str, Any]] = [
        {"resourceType": "MedicationRequest", "subject": {"reference": "Patient/x1/_history/2"}},
        {"resourceType": "NutritionOrder", "patient": {"reference": "Patient/x1"}},
        {"resourceType": "ServiceRequest", "subject": {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}},
        {"resourceType": "CommunicationRequest"},
    ]
    foreign = [
        {"resourceType": "MedicationRequest", "id": "m", "subject": {"reference": "https://ehr/fhir/Patient/other"}},
        {"resourceType": "NutritionOrder", "id": "n", "patient": {"reference": "Patient/other"}},
        {"resourceType": "VisionPrescription", "patient": {"reference": "Patient/x11"}},
    ]
    read = read_call(_signing(*own, *foreign), "order-sign")
    assert [one["resource"] for one in read.draft_orders] == own
    assert read.foreign_drafts == ("MedicationRequest/m", "NutritionOrder/n", "VisionPrescription/?")


@pytest.mark.requirement("CH-052")
def test_an_explanation_names_the_drafts_of_another_patient(call: Call, complete: Complete) -> None:
    body = complete("order-sign")
    foreign = {"resourceType": "NutritionOrder", "id": "n", "patient": {"reference": "Patient/other"}}
    body["context"]["draftOrders"]["entry"] = [{"resource": foreign}]
    told = call(body, "order-sign", explain=True).json()
    assert told["problems"] == [{"reference": "NutritionOrder/n", "reason": "about another patient"}]


@pytest.mark.requirement("CH-118")
def test_selections_may_be_fhir_references() -> None:
    body = _signing() | {"hook": "order-select"}
    body["context"]["selections"] = ["MedicationRequest/1", {"reference": "MedicationRequest/2"}, {"reference": 7}, {}]
    assert read_call(body, "order-select").selections == ("MedicationRequest/1", "MedicationRequest/2")


def test_day_of_evaluation_is_heeded_only_where_allowed() -> None:
    body = {
        "hook": "patient-view",
        "hookInstance": "i",
        "context": {"userId": "u", "patientId": "x1"},
        "extension": {"org.sarcoma-cds.as-of": "2020-02-29"},
    }
    assert read_call(body, "patient-view", demo=True).now.date().isoformat() == "2020-02-29"
    assert read_call(body, "patient-view").now.year > 2020
    body["extension"] = {"org.sarcoma-cds.as-of": "yesterday"}
    with pytest.raises(CallError):
        read_call(body, "patient-view", demo=True)
