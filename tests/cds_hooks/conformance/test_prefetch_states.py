"""Section E: what may stand under a prefetch key, seen from outside by the facts that come of it."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.cds_hooks.records import LUNG, SARCOMA

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]

DOXORUBICIN = {
    "resourceType": "MedicationAdministration",
    "id": "m1",
    "status": "completed",
    "subject": {"reference": "Patient/x1"},
    "medicationCodeableConcept": {"text": "doxorubicin 75 mg/m2"},
    "effectiveDateTime": "2026-06-01",
}
KEY = "medicationAdministrations"
ERROR = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
WARNING = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "informational"}]}
NEXT: dict[str, Any] = {"link": [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]}


def _bundle(*resources: Any, kind: str = "searchset", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources], **more}


def _explained(call: Call, complete: Complete, value: Any) -> dict[str, Any]:
    """The explanation when this comes under the key of medications given; ``...`` for no such key."""
    body = complete(records=(SARCOMA, LUNG))
    body["prefetch"][KEY] = value
    if value is ...:
        del body["prefetch"][KEY]
    answer = call(body, explain=True)
    assert answer.status_code == 200
    explained: dict[str, Any] = answer.json()
    assert explained["facts"]["metastatic_status"]["value"] == "yes"
    return explained


def _prior(explained: dict[str, Any]) -> Any:
    fact = explained["facts"]["prior_systemic"]
    return fact["value"] if fact["status"] == "known" else fact["status"]


@pytest.mark.requirement("CH-043", "CH-048")
@pytest.mark.parametrize(
    "value",
    [_bundle(DOXORUBICIN), _bundle(DOXORUBICIN, kind="collection"), DOXORUBICIN, _bundle(DOXORUBICIN, total=1)],
    ids=["searchset", "collection", "single resource", "with total"],
)
def test_what_came_is_used_in_whatever_wrapping(call: Call, complete: Complete, value: Any) -> None:
    explained = _explained(call, complete, value)
    assert "doxorubicin" in str(_prior(explained)).lower()
    assert "unread" not in explained


@pytest.mark.requirement("CH-048")
def test_a_patient_may_come_in_a_bundle(call: Call, complete: Complete) -> None:
    body = complete(records=(SARCOMA, LUNG))
    body["prefetch"]["patient"] = _bundle(body["prefetch"]["patient"])
    assert call(body, explain=True).json()["facts"]["demographics"]["value"]["sex"] == "female"


@pytest.mark.requirement("CH-044", "CH-045")
@pytest.mark.parametrize(
    "value",
    [
        None,
        {"resourceType": "Bundle", "type": "searchset", "total": 0},
        _bundle(),
        _bundle(total=0),
        {"resourceType": "Bundle", "type": "searchset", "entry": None},
    ],
)
def test_nothing_found_is_known_to_be_none(call: Call, complete: Complete, value: Any) -> None:
    """The second is what the reference sandbox sends."""
    explained = _explained(call, complete, value)
    assert _prior(explained) in ("none", [])
    assert "unread" not in explained


@pytest.mark.requirement("CH-044")
def test_null_under_a_required_key_is_no_412(call: Call, complete: Complete) -> None:
    body = complete()
    body["prefetch"]["conditions"] = None
    answer = call(body)
    assert answer.status_code == 200
    assert answer.json() == {"cards": []}


@pytest.mark.requirement("CH-047", "CH-050")
@pytest.mark.parametrize(
    "value",
    [
        ...,
        ERROR,
        _bundle(ERROR),
        {"resourceType": "OperationOutcome"},
        {"resourceType": "Patient", "id": "x1"},
        _bundle(SARCOMA),
        "<html>503</html>",
        7,
        [],
        {},
    ],
)
def test_what_is_not_the_data_is_unknown_and_never_none(call: Call, complete: Complete, value: Any) -> None:
    explained = _explained(call, complete, value)
    assert _prior(explained) == "unknown"
    assert explained["unread"] == ["MedicationAdministration"]


@pytest.mark.requirement("CH-047")
def test_a_warning_beside_the_data_is_no_error(call: Call, complete: Complete) -> None:
    explained = _explained(call, complete, _bundle(DOXORUBICIN, WARNING))
    assert "doxorubicin" in str(_prior(explained)).lower()
    assert "unread" not in explained


@pytest.mark.requirement("CH-049")
@pytest.mark.parametrize(
    "value",
    [_bundle(**NEXT), _bundle(DOXORUBICIN, **NEXT), _bundle(DOXORUBICIN, total=7), _bundle(DOXORUBICIN, total=7.0)],
)
def test_a_first_page_is_incomplete_and_this_is_said(call: Call, complete: Complete, value: Any) -> None:
    """Here without access to the server; every card says so."""
    explained = _explained(call, complete, value)
    assert _prior(explained) not in ("none", [])
    assert explained["unread"] == ["MedicationAdministration"]
    assert explained["cards"]
    for card in explained["cards"]:
        assert "Not everything could be read from the record:** medication administrations" in card["detail"]


@pytest.mark.requirement("CH-052")
def test_another_patients_records_never_count(call: Call, complete: Complete) -> None:
    foreign = DOXORUBICIN | {"subject": {"reference": "Patient/somebody-else"}}
    explained = _explained(call, complete, _bundle(foreign))
    assert "doxorubicin" not in str(_prior(explained)).lower()
    assert {"reference": "MedicationAdministration/m1", "reason": "about another patient"} in explained["problems"]


@pytest.mark.requirement("CH-052", "CH-053")
def test_another_patient_altogether_is_412(call: Call, complete: Complete) -> None:
    body = complete()
    body["prefetch"]["patient"] = {"resourceType": "Patient", "id": "somebody-else"}
    assert call(body).status_code == 412


@pytest.mark.requirement("CH-053", "CH-054")
@pytest.mark.parametrize("key", ["patient", "conditions"])
@pytest.mark.parametrize("value", [..., ERROR])
def test_required_data_that_did_not_come_is_412_and_named(call: Call, complete: Complete, key: str, value: Any) -> None:
    body = complete(records=(SARCOMA,))
    body["prefetch"][key] = value
    if value is ...:
        del body["prefetch"][key]
    answer = call(body)
    assert answer.status_code == 412
    (issue,) = answer.json()["issue"]
    assert issue["severity"] == "error"
    assert issue["code"] == "required"
    assert issue["details"]["text"]
    assert issue["expression"] == [f"prefetch.{key}"]
    assert f"prefetch.{key}" in issue["diagnostics"]
    assert "Leiomyosarcoma" not in answer.text
