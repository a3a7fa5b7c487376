"""Section E: the states of a prefetch key, told apart."""

from typing import Any

import pytest

from cds_hooks.errors import CallError
from cds_hooks.prefetch import State, patient_templates, read_prefetch

TEMPLATES = patient_templates(["Condition", "Observation", "MedicationRequest"])
PATIENT = {"resourceType": "Patient", "id": "x1"}
CONDITION = {"resourceType": "Condition", "id": "c1"}
OBSERVATION = {"resourceType": "Observation", "id": "o1"}


def bundle(*resources: Any, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]} | more


def problem(severity: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "exception"}]}


def state(value: Any) -> State:
    return read_prefetch({"conditions": value}, TEMPLATES, "x1").states["conditions"]


@pytest.mark.requirement("CH-048")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bundle(bundle(CONDITION), type="batch-response"), State.READ),
        (bundle(bundle(CONDITION), bundle(OBSERVATION), type="batch-response"), State.READ),
        (bundle(bundle(bundle(CONDITION))), State.READ),
        (bundle(bundle(), type="batch-response"), State.EMPTY),
        (bundle(bundle(OBSERVATION), type="batch-response"), State.FAILED),
        (bundle(bundle(CONDITION), bundle(problem("error")), type="batch-response"), State.PARTIAL),
        (bundle(bundle(CONDITION, total=7), type="batch-response"), State.PARTIAL),
        (bundle(bundle(CONDITION, link=[{"relation": "next", "url": "https://ehr/2"}]), bundle()), State.PARTIAL),
        (bundle(bundle(), {"resourceType": "Bundle", "entry": 7}), State.FAILED),
    ],
)
def test_the_answer_to_a_batch_counts_as_what_it_holds(value: Any, expected: State) -> None:
    assert state(value) is expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"resourceType": "Bundle", "type": "searchset", "total": 0},
        {"resourceType": "Bundle", "entry": []},
        {"resourceType": "Bundle", "entry": None},
        bundle(problem("information")),
        bundle(problem("warning")),
    ],
)
def test_looked_and_found_nothing(value: Any) -> None:
    assert state(value) is State.EMPTY


@pytest.mark.parametrize(
    "value",
    [
        problem("error"),
        problem("information"),
        bundle(problem("error")),
        bundle(problem("fatal")),
        bundle({"resourceType": "OperationOutcome"}),
        bundle(OBSERVATION),
        OBSERVATION,
        "<html>502</html>",
        [],
        7,
        {},
        {"resourceType": "Bundle", "entry": {}},
        {"resourceType": "Bundle", "entry": [{"response": {"status": "401"}}]},
        {"resourceType": "Bundle", "link": [{"relation": "next", "url": "https://ehr/next"}]},
        {"resourceType": "Bundle", "type": "searchset", "total": 3},
    ],
)
def test_not_the_data(value: Any) -> None:
    assert state(value) is State.FAILED


@pytest.mark.parametrize(
    "value", [CONDITION, bundle(CONDITION), bundle(CONDITION, type="collection"), bundle(CONDITION, problem("warning"))]
)
def test_read(value: Any) -> None:
    assert state(value) is State.READ
    assert CONDITION in read_prefetch({"conditions": value}, TEMPLATES, "x1").resources


@pytest.mark.parametrize(
    "value",
    [
        bundle(CONDITION, link=[{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}]),
        bundle(CONDITION, problem("error")),
        bundle(CONDITION, total=2),
        bundle(CONDITION, None),
    ],
)
def test_there_is_more(value: Any) -> None:
    received = read_prefetch({"patient": PATIENT, "conditions": value}, TEMPLATES, "x1")
    assert received.states["conditions"] is State.PARTIAL
    assert CONDITION in received.resources
    assert "Condition" in received.unread
    assert received.missing == ()


def test_what_is_absent_or_failed_is_unread_and_what_is_required_is_missing() -> None:
    received = read_prefetch({"observations": bundle(), "conditions": problem("error")}, TEMPLATES, "x1")
    assert received.unread == {"Patient", "Condition", "MedicationRequest"}
    assert received.missing == ("patient", "conditions")


def test_null_is_never_missing() -> None:
    received = read_prefetch({template.key: None for template in TEMPLATES}, TEMPLATES, "x1")
    assert received.missing == ()
    assert received.unread == frozenset()


def test_keys_that_were_not_asked_for_are_ignored() -> None:
    received = read_prefetch({"other": CONDITION, "obs": bundle(OBSERVATION)}, TEMPLATES, "x1")
    assert received.resources == ()


def test_patient_in_a_bundle_and_only_the_one_of_the_call() -> None:
    other = {"resourceType": "Patient", "id": "x2"}
    received = read_prefetch({"patient": bundle(other, PATIENT)}, TEMPLATES, "x1")
    assert received.resources == (PATIENT,)
    assert read_prefetch({"patient": other}, TEMPLATES, "x1").states["patient"] is State.FAILED
    assert read_prefetch({"patient": {"resourceType": "Patient"}}, TEMPLATES, "x1").states["patient"] is State.READ


def test_each_type_comes_from_its_own_key_and_company_is_kept() -> None:
    order = {"resourceType": "MedicationRequest", "id": "m1"}
    drug = {"resourceType": "Medication", "id": "d1"}
    received = read_prefetch(
        {"medicationRequests": bundle(order, drug, OBSERVATION), "observations": OBSERVATION}, TEMPLATES, "x1"
    )
    assert sorted(one["id"] for one in received.resources) == ["d1", "m1", "o1"]


def test_other_fhir_version() -> None:
    with pytest.raises(CallError) as caught:
        read_prefetch({"medicationRequests": bundle({"resourceType": "MedicationOrder"})}, TEMPLATES, "x1")
    assert caught.value.code == "unsupported-fhir-version"
