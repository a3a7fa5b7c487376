"""Sections D and N: what a request must hold, for every hook, and what is forgiven."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from cds_hooks.envelope import read_call
from cds_hooks.errors import CallError
from tests.cds_hooks.conformance.exchange import members

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]

BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": []}
USER, PATIENT, ENCOUNTER = {"userId": "Practitioner/p1"}, {"patientId": "x1"}, {"encounterId": "e1"}
VISIT = USER | PATIENT
# https://cds-hooks.hl7.org/hooks/: the required fields of each context, filled in
CONTEXTS: dict[str, dict[str, Any]] = {
    "patient-view": VISIT,
    "order-select": VISIT | {"selections": [], "draftOrders": BUNDLE},
    "order-sign": VISIT | {"draftOrders": BUNDLE},
    "order-dispatch": PATIENT | {"dispatchedOrders": ["ServiceRequest/1"], "performer": "Organization/1"},
    "appointment-book": VISIT | {"appointments": BUNDLE},
    "encounter-start": VISIT | ENCOUNTER,
    "encounter-discharge": VISIT | ENCOUNTER,
    "medication-refill": PATIENT | {"medications": BUNDLE},
    "medication-verify": VISIT | {"medication": {"resourceType": "MedicationRequest"}},
    "problem-list-item-create": VISIT | {"conditions": BUNDLE},
    "allergyintolerance-create": VISIT | {"allergyIntolerance": {"resourceType": "AllergyIntolerance"}},
    "medication-prescribe": VISIT | {"medications": BUNDLE},
    "order-review": VISIT | {"orders": BUNDLE},
}
ROWS = {
    "patient-view": "CH-116",
    "order-select": "CH-117",
    "order-sign": "CH-119",
    "order-dispatch": "CH-122",
    "appointment-book": "CH-123",
    "encounter-start": "CH-124",
    "encounter-discharge": "CH-124",
    "medication-refill": "CH-125",
    "medication-verify": "CH-126",
    "problem-list-item-create": "CH-127",
    "allergyintolerance-create": "CH-128",
    "medication-prescribe": "CH-129",
    "order-review": "CH-129",
}
OURS = ("patient-view", "order-select", "order-sign", "encounter-start")


def _body(hook: str, context: dict[str, Any]) -> dict[str, Any]:
    return {"hook": hook, "hookInstance": str(uuid.uuid4()), "context": context}


def _marked(hooks: tuple[str, ...] | dict[str, Any]) -> list[Any]:
    return [pytest.param(hook, marks=pytest.mark.requirement(ROWS[hook])) for hook in hooks]


@pytest.mark.parametrize("hook", _marked(CONTEXTS))
def test_required_context_of_each_hook(hook: str) -> None:
    """As the envelope is read for a service of that hook: ours, or that of a guideline of somebody else's."""
    read = read_call(_body(hook, CONTEXTS[hook]), hook)
    assert read.patient_id == "x1"
    for field in CONTEXTS[hook]:
        for value in (None, 7, "absent"):
            context = {**CONTEXTS[hook], field: value}
            if value == "absent":
                del context[field]
            with pytest.raises(CallError) as refused:
                read_call(_body(hook, context), hook)
            assert (refused.value.status, refused.value.expressions) == (400, (f"context.{field}",))


@pytest.mark.parametrize("hook", _marked(OURS))
def test_optional_encounter_and_users_of_every_type(call: Call, complete: Complete, hook: str) -> None:
    for user in ("Practitioner/1", "PractitionerRole/2", "Patient/3", "RelatedPerson/4"):
        for encounter in ({}, ENCOUNTER):
            body = complete(hook)
            body["context"] |= {"userId": user} | encounter
            assert call(body, hook).status_code == 200


@pytest.mark.requirement("CH-118")
def test_selections_that_are_no_draft_are_passed_over(call: Call, complete: Complete) -> None:
    body = complete("order-select")
    drafts = [
        {"resource": {"resourceType": "MedicationRequest", "id": one, "medicationCodeableConcept": {"text": one}}}
        for one in ("pazopanib", "doxorubicin")
    ]
    body["context"]["draftOrders"]["entry"] = drafts
    body["context"]["selections"] = ["MedicationRequest/nowhere", "MedicationRequest/pazopanib", None, 7, {}]
    answer = call(body, "order-select", explain=True)
    assert answer.status_code == 200
    read = {one["reference"]: one["selected"] for one in answer.json()["facts"]["drafts"]["value"]}
    assert read == {"MedicationRequest/pazopanib": True, "MedicationRequest/doxorubicin": False}


@pytest.mark.requirement("CH-119")
@pytest.mark.parametrize("status", ["draft", "active", "on-hold", None])
def test_orders_signed_again_need_not_be_drafts(call: Call, complete: Complete, status: str | None) -> None:
    body = complete("order-sign")
    order = {"resourceType": "MedicationRequest", "id": "o1", "medicationCodeableConcept": {"text": "pazopanib"}}
    body["context"]["draftOrders"]["entry"] = [{"resource": order | ({"status": status} if status else {})}]
    answer = call(body, "order-sign", explain=True)
    assert answer.status_code == 200
    assert [one["reference"] for one in answer.json()["facts"]["drafts"]["value"]] == ["MedicationRequest/o1"]


@pytest.mark.requirement("CH-030")
@pytest.mark.parametrize("hook", OURS)
def test_a_json_object_is_posted(server: str, services: dict[str, Any], complete: Complete, hook: str) -> None:
    url = f"{server}/cds-services/{services[hook]['id']}"
    assert requests.post(url, json=complete(hook), timeout=10).status_code == 200
    assert requests.get(url, timeout=10).status_code == 405
    assert requests.post(url, json=[complete(hook)], timeout=10).status_code == 400
    text = {"content-type": "text/plain"}
    assert requests.post(url, data="hook=patient-view", headers=text, timeout=10).status_code == 415


@pytest.mark.requirement("CH-017", "CH-018", "CH-031")
def test_the_hook_of_the_body_decides(services: dict[str, Any], call: Call, complete: Complete) -> None:
    """Each id stands for one hook, and is called with that hook only."""
    assert len({one["id"] for one in services.values()}) == len(services) == len(OURS)
    for hook in OURS:
        for other in OURS:
            assert call(complete(hook), other).status_code == (200 if hook == other else 400)


@pytest.mark.requirement("CH-032")
@pytest.mark.parametrize(
    "instance",
    [
        "628e4f9d-9d88-437a-b207-300e4ec90f5c",
        "824E00BA-E5AA-11F1-A2E0-02FC00000001",
        "4cd605e7-afa2-5360-b5b9-c5e9fb5c76f4",
        "d1577c69dfbe44adba6d3e05e953b2ea",
        "not a uuid",
    ],
)
def test_any_text_will_do_for_the_instance(call: Call, complete: Complete, instance: str) -> None:
    """As docs/service.md says."""
    assert call(complete(hookInstance=instance)).status_code == 200


@pytest.mark.requirement("CH-039", "CH-072")
def test_a_repeated_instance_is_answered_alike_and_another_one_with_cards_of_its_own(
    exchanges: list[Any], call: Call
) -> None:
    """A retry shows no card twice; feedback tells one showing of a card from another. Nothing else depends on it."""
    exchange = next(one for one in exchanges if one.cards)
    hook = exchange.request["hook"]
    assert call(exchange.request, hook).json() == exchange.response
    other = call(exchange.request | {"hookInstance": str(uuid.uuid4())}, hook).json()
    assert not _identifiers(other) & _identifiers(exchange.response)
    assert _without_identifiers(other) == _without_identifiers(exchange.response)


def _identifiers(answer: Any) -> set[str]:
    return {value for path, value in members(answer) if path.endswith(".uuid")}


def _without_identifiers(answer: Any) -> list[tuple[str, Any]]:
    return [(path, one) for path, one in members(answer) if not isinstance(one, dict | list) and "uuid" not in path]


@pytest.mark.requirement("CH-036")
def test_prefetch_absent_empty_partial_and_complete(call: Call, complete: Complete) -> None:
    body = complete()
    partial = {key: body["prefetch"][key] for key in ("patient", "conditions")}
    assert call(body).status_code == 200
    assert call(body | {"prefetch": partial}).status_code == 200
    assert call(body | {"prefetch": {}}).status_code == 412  # taken as such: what is refused is the lack of data
    assert call(body | {"prefetch": None}).status_code == 412
    del body["prefetch"]
    assert call(body).status_code == 412


@pytest.mark.requirement("CH-006")
def test_nulls_in_optional_members_count_as_absent(call: Call, complete: Complete) -> None:
    body = complete(fhirServer=None, fhirAuthorization=None, extension=None)
    body["context"]["encounterId"] = None
    body["prefetch"]["observations"] = None
    assert call(body).json() == call(complete()).json()


@pytest.mark.requirement("CH-037")
def test_extensions_anywhere_are_passed_over(call: Call, complete: Complete) -> None:
    """The first is an example of the specification."""
    extension = {"com.example.timestamp": "2017-11-27T22:13:25Z", "myextension-practitionerspecialty": "gastro"}
    body = complete(extension=extension)
    body["context"]["extension"] = {"org.example": [None, 1, {}]}
    body["prefetch"]["extension"] = {"org.example": {}}
    assert call(body).json() == call(complete()).json()


@pytest.mark.requirement("CH-038", "CH-051")
def test_members_and_keys_that_nobody_asked_for_are_ignored(call: Call, complete: Complete) -> None:
    body = complete(user="Practitioner/legacy", patient="x1", encounter="e", redirect=7, fhirVersion=["?"])
    body["context"]["more"] = {"of": "it"}
    body["prefetch"] |= {"mine": {"resourceType": "Patient", "id": "somebody-else"}, "other": "text"}
    assert call(body).json() == call(complete()).json()


@pytest.mark.requirement("CH-121")
@pytest.mark.parametrize("written", ["x1", "Patient/x1", "https://ehr.example.org/fhir/Patient/x1"])
def test_the_patient_may_be_written_as_a_reference(call: Call, complete: Complete, written: str) -> None:
    body = complete()
    body["context"]["patientId"] = written
    known = call(body, explain=True).json()["facts"]["demographics"]
    assert known["value"]["sex"] == "female"
