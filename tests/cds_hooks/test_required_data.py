"""What missing prefetch leads to: 412 for what is required, unknown facts for the rest, never a false "none"."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.cds_hooks.records import LUNG, SARCOMA

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]

FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
MEDICINES = ("medicationRequests", "medicationStatements", "medicationAdministrations")


def test_nothing_sent_is_412_naming_the_keys(call: Call, complete: Complete) -> None:
    for body in (complete(prefetch={}), complete(prefetch=None), {**complete(), "fhirServer": "https://a.example.org"}):
        if body["prefetch"]:
            del body["prefetch"]
        answer = call(body)
        assert answer.status_code == 412
        assert answer.json()["issue"][0]["expression"] == ["prefetch.patient", "prefetch.conditions"]


@pytest.mark.parametrize("key", ["patient", "conditions"])
def test_required_key_that_failed_is_412(call: Call, complete: Complete, key: str) -> None:
    body = complete()
    body["prefetch"][key] = FAILED
    answer = call(body)
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["expression"] == [f"prefetch.{key}"]


def test_empty_answers_are_known_to_be_none(call: Call, complete: Complete) -> None:
    body = complete(records=(SARCOMA, LUNG))
    for key in MEDICINES:
        body["prefetch"][key] = None
    fact = call(body, explain=True).json()["facts"]["prior_systemic"]
    assert fact["status"] == "known"
    assert fact["value"] in ("none", [])


@pytest.mark.parametrize("key", MEDICINES)
@pytest.mark.parametrize("value", ["absent", FAILED, {"resourceType": "Patient"}, "<html>", "paged"])
def test_what_was_not_read_is_unknown_not_none(call: Call, complete: Complete, key: str, value: Any) -> None:
    body = complete(records=(SARCOMA, LUNG))
    if value == "absent":
        del body["prefetch"][key]
    elif value == "paged":
        body["prefetch"][key]["link"] = [{"relation": "next", "url": "https://ehr.example.org/next"}]
    else:
        body["prefetch"][key] = value
    explanation = call(body, explain=True).json()
    assert explanation["facts"]["metastatic_status"]["value"] == "yes"
    assert explanation["facts"]["prior_systemic"] | {"detail": None} == {
        "value": None,
        "status": "unknown",
        "evidence": [],
        "detail": None,
    }
    assert len(explanation["unread"]) == 1


def test_other_patients_records_are_left_out_and_told(call: Call, complete: Complete) -> None:
    foreign = LUNG | {"subject": {"reference": "Patient/somebody-else"}}
    explanation = call(complete(records=(SARCOMA, foreign)), explain=True).json()
    assert explanation["facts"]["metastatic_status"]["value"] != "yes"
    assert {"reference": "Condition/c2", "reason": "about another patient"} in explanation["problems"]


def test_another_patients_patient_resource_is_refused(call: Call, complete: Complete) -> None:
    body = complete()
    body["prefetch"]["patient"] = {"resourceType": "Patient", "id": "somebody-else"}
    assert call(body).status_code == 412
