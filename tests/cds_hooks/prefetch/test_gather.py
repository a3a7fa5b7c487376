"""CH-046, CH-049, CH-050, CH-055, CH-057, CH-063: what was not sent is fetched, whatever the server does."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from cds_hooks.fhir_access import FhirAuthorization
from cds_hooks.prefetch import Gatherer, Received, State
from tools.fhir_server import faults
from tools.fhir_server.faults import FaultServer, at_most, bundle

Gather = Callable[..., Received]
QUERY = "/fhir/Condition?patient=x1"
PROBLEM = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


def record(kind: str, number: object, patient: str = "Patient/x1") -> dict[str, Any]:
    return {"resourceType": kind, "id": f"{kind[0].lower()}{number}", "subject": {"reference": patient}}


def ids(received: Received) -> list[str]:
    return sorted(one["id"] for one in received.resources)


def conditions(received: Received) -> tuple[State, str | None]:
    return received.states["conditions"], received.reasons.get("conditions")


def test_everything_is_fetched_with_the_token(gather: Gather, fault: FaultServer) -> None:
    received = gather()
    assert set(received.states.values()) == {State.READ}
    assert ids(received) == ["c1", "o1", "p1", "x1"]
    assert (received.unread, received.missing, received.reasons) == (frozenset(), (), {})
    assert sorted(fault.paths()) == [
        "Condition?patient=x1&_count=1000",
        "Observation?patient=x1&_count=1000",
        "Patient/x1",
        "Procedure?patient=x1&_count=1000",
    ]
    assert {one.headers["Authorization"] for one in fault.seen} == {"Bearer the-token"}
    assert {one.headers["Accept"] for one in fault.seen} == {"application/fhir+json"}
    assert sorted(one.query for one in received.queries) == sorted(fault.paths())
    assert {(one.server, one.status, one.error) for one in received.queries} == {(fault.base, 200, None)}


def test_fetched_and_sent_are_the_same(gather: Gather) -> None:
    fetched = gather()
    sent = {
        "patient": {"resourceType": "Patient", "id": "x1"},
        "conditions": bundle(record("Condition", 1)),
        "observations": bundle(record("Observation", 1)),
        "procedures": bundle(record("Procedure", 1)),
    }
    by_prefetch = gather(sent)
    assert by_prefetch.queries == ()
    assert (by_prefetch.resources, by_prefetch.states) == (fetched.resources, fetched.states)


def test_only_what_is_absent_or_failed_is_asked_for(gather: Gather, fault: FaultServer) -> None:
    sent = {"patient": {"resourceType": "Patient", "id": "x1"}, "conditions": PROBLEM, "observations": None}
    received = gather(sent | {"procedures": bundle(total=0)})
    assert fault.paths() == ["Condition?patient=x1&_count=1000"]
    assert received.states == {
        "patient": State.READ,
        "conditions": State.READ,
        "observations": State.EMPTY,
        "procedures": State.EMPTY,
    }


@pytest.mark.parametrize("sent", [{"resourceType": "Observation", "id": "o7"}, bundle(record("Procedure", 7)), 7, []])
def test_the_wrong_type_is_asked_for_again(gather: Gather, sent: Any) -> None:
    assert conditions(gather({"conditions": sent})) == (State.READ, None)


def test_found_nothing(gather: Gather, fault: FaultServer) -> None:
    fault.behaviours[QUERY] = faults.answer({"resourceType": "Bundle", "type": "searchset", "total": 0})
    received = gather()
    assert conditions(received) == (State.EMPTY, None)
    assert received.missing == ()


def test_a_byte_order_mark_before_an_answer(gather: Gather, fault: FaultServer) -> None:
    answer = b'\xef\xbb\xbf{"resourceType": "Bundle", "type": "searchset", "total": 0}'
    fault.behaviours[QUERY] = faults.text(answer, "application/fhir+json")
    assert conditions(gather()) == (State.EMPTY, None)


@pytest.mark.requirement("CH-063")
@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (faults.hang, "timeout"),
        (faults.drip, "timeout"),
        (faults.drip_headers, "timeout"),
        (faults.reset, "connection"),
        (faults.cut_off, "connection"),
        (faults.garbage, "connection"),
        (faults.answer({}, 401), "http-401"),
        (faults.answer({}, 403), "http-403"),
        (faults.answer(PROBLEM, 404), "http-404"),
        (faults.answer(PROBLEM, 410), "http-410"),
        (faults.answer(PROBLEM, 500), "http-500"),
        (faults.answer(PROBLEM), "outcome"),
        (faults.answer(bundle(PROBLEM)), "outcome"),
        (faults.redirect("http://169.254.169.254/latest/meta-data/"), "redirect"),
        (faults.stream(100_000_000), "too-large"),
        (faults.bomb(100_000_000), "too-large"),
        (faults.text(b"<!DOCTYPE html><p>Maintenance", "text/html"), "html"),
        (faults.text(b"\n<html><p>Please log in", "application/json"), "html"),
        (faults.text(b"<Bundle xmlns='http://hl7.org/fhir'/>", "application/fhir+xml"), "not-json"),
        (faults.text(b"\xef\xbb\xbfgarbage", "application/fhir+json"), "not-json"),
        (faults.text(b"\x00\xff garbage", "application/fhir+json"), "not-json"),
        (faults.text(b"", "application/fhir+json"), "not-json"),
        (faults.text(b"[" * 5000, "application/fhir+json"), "not-json"),
        (faults.answer(None), "not-fhir"),
        (faults.answer([1]), "not-fhir"),
        (faults.answer({"hello": "world"}), "not-fhir"),
        (faults.answer({"resourceType": "Bundle", "entry": {}}), "not-fhir"),
        (faults.answer(bundle(record("Observation", 1))), "wrong-type"),
        (faults.answer(bundle(record("Condition", 1, "Patient/x2"))), "wrong-patient"),
        (faults.answer(record("Condition", 1, "https://ehr.example.org/fhir/Patient/x2/_history/1")), "wrong-patient"),
        (faults.answer(bundle({"resourceType": "ProcedureRequest"})), "other-fhir-version"),
        (faults.answer(bundle(), Content_Type="application/fhir+json; fhirVersion=3.0"), "other-fhir-version"),
        (faults.answer(bundle(total=3)), "falls-short"),
    ],
)
def test_one_key_fails_and_the_others_do_not(
    gather: Gather, fault: FaultServer, behaviour: faults.Behaviour, reason: str
) -> None:
    fault.behaviours[QUERY] = behaviour
    hurried = {"timeout_seconds": 1.0} if reason == "timeout" else {}
    with at_most(5):
        received = gather(answer_bytes=1_000_000, **hurried)
    assert conditions(received) == (State.FAILED, reason)
    assert {key: state for key, state in received.states.items() if key != "conditions"} == {
        "patient": State.READ,
        "observations": State.READ,
        "procedures": State.READ,
    }
    assert ids(received) == ["o1", "p1", "x1"]
    assert received.unread == {"Condition"}
    assert received.missing == ("conditions",)
    (query,) = [one for one in received.queries if one.query.startswith("Condition")]
    assert query.error == (None if reason in ("falls-short", "wrong-type") else reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (bundle(record("Condition", 1), PROBLEM), "outcome"),
        (bundle(record("Condition", 1), total=2), "falls-short"),
        (bundle(record("Condition", 1)) | {"entry": [None, {"resource": record("Condition", 1)}]}, "broken-entry"),
        (bundle(record("Condition", 1), following="http://169.254.169.254/fhir/Condition"), "next-elsewhere"),
        (bundle(record("Condition", 1), following="https://ehr.example.org/fhir/Condition"), "next-elsewhere"),
        (bundle(record("Condition", 1), following="/other/Condition?page=2"), "next-elsewhere"),
        (bundle(record("Condition", 1), following="../admin"), "next-elsewhere"),
        (bundle(record("Condition", 1), following="Condition?patient=x1&_count=1000"), "endless-paging"),
        (bundle(record("Condition", 1), following="Nowhere?page=2"), "http-404"),
        (bundle(record("Condition", 1), following="slow"), "timeout"),
    ],
)
def test_a_part_came(gather: Gather, fault: FaultServer, value: dict[str, Any], reason: str) -> None:
    fault.behaviours[QUERY] = faults.answer(value)
    fault.behaviours["/fhir/slow"] = faults.hang
    received = gather(**({"timeout_seconds": 1.0} if reason == "timeout" else {}))
    assert conditions(received) == (State.PARTIAL, reason)
    assert ids(received) == ["c1", "o1", "p1", "x1"]
    assert received.unread == {"Condition"}
    assert received.missing == ()


@pytest.mark.requirement("CH-052")
def test_records_of_another_patient_among_the_patient_s_own(gather: Gather, fault: FaultServer) -> None:
    fault.behaviours[QUERY] = faults.answer(bundle(record("Condition", 1), record("Condition", 2, "Patient/x2")))
    received = gather()
    assert conditions(received) == (State.READ, None)
    assert ids(received) == ["c1", "o1", "p1", "x1"]
    assert received.foreign == ("Condition/c2",)


@pytest.mark.requirement("CH-052")
def test_another_patient_s_patient(gather: Gather, fault: FaultServer) -> None:
    fault.behaviours["/fhir/Patient/x1"] = faults.answer({"resourceType": "Patient", "id": "x2"})
    received = gather()
    assert (received.states["patient"], received.reasons["patient"]) == (State.FAILED, "wrong-patient")
    assert received.missing == ("patient",)
    assert received.foreign == ("Patient/x2",)


@pytest.mark.requirement("CH-049")
def test_pages_are_followed(gather: Gather, fault: FaultServer) -> None:
    base = fault.base
    fault.behaviours[QUERY] = faults.answer(bundle(record("Condition", 1), following=f"{base}?page=2", total=3))
    fault.behaviours["/fhir?page=2"] = faults.answer(bundle(following="?page=3"))  # empty, and relative
    fault.behaviours["/fhir?page=3"] = faults.answer(bundle(record("Condition", 2), record("Condition", 3)))
    received = gather()
    assert conditions(received) == (State.READ, None)
    assert [one["id"] for one in received.resources if one["resourceType"] == "Condition"] == ["c1", "c2", "c3"]
    assert {one.headers["Authorization"] for one in fault.seen} == {"Bearer the-token"}


@pytest.mark.requirement("CH-049")
def test_pages_that_never_end(gather: Gather, fault: FaultServer) -> None:
    numbers = iter(range(10_000))

    def another(handler: faults.Handler) -> None:
        number = next(numbers)
        value = bundle(record("Condition", number), following=f"{fault.base}/Condition?page={number}")
        faults.answer(value)(handler)

    fault.behaviours[QUERY] = fault.behaviours["/fhir/Condition?page"] = another
    received = gather(pages=7)
    assert conditions(received) == (State.PARTIAL, "too-many-pages")
    assert sum(one.startswith("Condition") for one in fault.paths()) == 7


def test_pages_that_bring_the_same_again(gather: Gather, fault: FaultServer) -> None:
    numbers = iter(range(10_000))

    def again(handler: faults.Handler) -> None:
        following = f"{fault.base}/Condition?page={next(numbers)}"
        faults.answer(bundle(record("Condition", 1), following=following))(handler)

    fault.behaviours[QUERY] = fault.behaviours["/fhir/Condition?page"] = again
    received = gather()
    assert conditions(received) == (State.PARTIAL, "endless-paging")
    assert ids(received) == ["c1", "o1", "p1", "x1"]


def test_the_sum_of_the_pages_is_capped(gather: Gather, fault: FaultServer) -> None:
    large = [record("Condition", number) | {"note": [{"text": "x" * 40_000}]} for number in range(9)]
    for number, one in enumerate(large):
        path = QUERY if number == 0 else f"/fhir/Condition?page={number}"
        fault.behaviours[path] = faults.answer(bundle(one, following=f"{fault.base}/Condition?page={number + 1}"))
    received = gather(answer_bytes=100_000)
    assert conditions(received) == (State.PARTIAL, "too-large")


@pytest.mark.requirement("CH-049")
def test_a_page_that_was_sent_is_continued(gather: Gather, fault: FaultServer) -> None:
    fault.behaviours["/fhir/Condition?page=2"] = faults.answer(bundle(record("Condition", 2)))
    sent = bundle(record("Condition", 1), following=f"{fault.base}/Condition?page=2", total=2)
    received = gather({"conditions": sent})
    assert conditions(received) == (State.READ, None)
    assert ids(received) == ["c1", "c2", "o1", "p1", "x1"]
    assert "Condition?patient=x1&_count=1000" not in fault.paths()


def test_a_page_that_was_sent_and_leads_elsewhere_is_asked_for_from_the_start(
    gather: Gather, fault: FaultServer
) -> None:
    sent = bundle(record("Condition", 7), following="https://elsewhere.example.org/fhir?page=2")
    received = gather({"conditions": sent})
    assert conditions(received) == (State.READ, None)
    assert "c1" in ids(received)
    fault.behaviours[QUERY] = faults.answer({}, 500)
    received = gather({"conditions": sent})
    assert conditions(received) == (State.PARTIAL, "http-500")
    assert "c7" in ids(received)


def test_resources_of_another_version_that_were_fetched_do_not_refuse_the_call(
    gather: Gather, fault: FaultServer
) -> None:
    fault.behaviours["/fhir/Procedure?patient=x1"] = faults.answer(
        bundle({"resourceType": "MedicationOrder", "id": "m"})
    )
    received = gather()
    assert received.reasons == {"procedures": "other-fhir-version"}
    assert received.missing == ()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", [None, "0"])
def test_once_more_when_the_server_is_busy(gather: Gather, fault: FaultServer, status: int, wait: str | None) -> None:
    headers = {"Retry_After": wait} if wait else {}
    good = faults.answer(bundle(record("Condition", 1)))
    fault.behaviours[QUERY] = faults.in_turn(faults.answer(PROBLEM, status, **headers), good)
    received = gather(types=("Condition",))
    assert conditions(received) == (State.READ, None)
    tried = [(one.status, one.error) for one in received.queries if one.query.startswith("Condition")]
    assert tried == [(status, f"http-{status}"), (200, None)]


def test_after_as_long_as_the_server_says(gather: Gather, fault: FaultServer) -> None:
    good = faults.answer(bundle(record("Condition", 1)))
    fault.behaviours[QUERY] = faults.in_turn(faults.answer(PROBLEM, 429, Retry_After="1"), good)
    started = time.monotonic()
    assert conditions(gather(types=("Condition",))) == (State.READ, None)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("wait", ["30", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_not_when_there_is_no_time_for_it(gather: Gather, fault: FaultServer, wait: str) -> None:
    fault.behaviours[QUERY] = faults.answer(PROBLEM, 503, Retry_After=wait)
    with at_most(3):
        assert conditions(gather(budget_seconds=10.0)) == (State.FAILED, "http-503")


@pytest.mark.parametrize("wait", ["soon", "Fri, 01 Jan 2010 00:00:00 GMT", "-5", "0"])
def test_not_twice(gather: Gather, fault: FaultServer, wait: str) -> None:
    fault.behaviours[QUERY] = faults.answer(PROBLEM, 429, Retry_After=wait)
    assert conditions(gather()) == (State.FAILED, "http-429")
    assert fault.paths().count("Condition?patient=x1&_count=1000") == 2


def test_the_budget_is_for_all_keys(gather: Gather, fault: FaultServer) -> None:
    for kind in ("Condition", "Observation", "Procedure"):
        fault.behaviours[f"/fhir/{kind}?patient=x1"] = faults.hang
    with at_most(3):
        received = gather(parallel=1, budget_seconds=1.0, timeout_seconds=0.6)
    assert received.states["patient"] is State.READ
    assert conditions(received) == (State.FAILED, "timeout")
    assert received.unread == {"Condition", "Observation", "Procedure"}


def test_keys_are_fetched_at_once(gather: Gather, fault: FaultServer) -> None:
    for path, behaviour in list(fault.behaviours.items()):
        fault.behaviours[path] = faults.after(0.6, behaviour)
    with at_most(2.0):  # one after the other it would be 2.4
        received = gather()
    assert set(received.states.values()) == {State.READ}


def test_calls_that_find_all_threads_taken(make: Callable[..., Gatherer], gather: Gather, fault: FaultServer) -> None:
    """Nothing waits for a thread that waits for it: calls that find none in time go on without."""
    gatherer = make(connections=2, parallel=16, budget_seconds=0.3, timeout_seconds=0.3)
    for path in list(fault.behaviours):
        fault.behaviours[path] = faults.hang
    with at_most(2):
        received = gather(gatherer=gatherer)
    assert sorted(set(received.reasons.values())) in (["busy", "timeout"], ["timeout"])
    assert received.missing == ("patient", "conditions")


def test_many_calls_at_once_share_few_threads(
    make: Callable[..., Gatherer], gather: Gather, fault: FaultServer
) -> None:
    gatherer = make(connections=5, parallel=3, budget_seconds=30.0, timeout_seconds=20.0)
    came: list[Received] = []
    threads = [threading.Thread(target=lambda: came.append(gather(gatherer=gatherer))) for _ in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [set(one.states.values()) for one in came] == [{State.READ}] * 25
    assert len(fault.seen) == 100
    assert len({one.connection for one in fault.seen}) <= 10


def test_a_server_that_is_down_is_left_alone(make: Callable[..., Gatherer], gather: Gather, fault: FaultServer) -> None:
    good = dict(fault.behaviours)
    for path in good:
        fault.behaviours[path] = faults.answer(PROBLEM, 500)
    gatherer = make(breaker_failures=4, breaker_seconds=1.5)
    assert set(gather(gatherer=gatherer).reasons.values()) == {"http-500"}
    assert len(fault.seen) == 4
    fault.behaviours.update(good)
    with at_most(1):
        received = gather(gatherer=gatherer)
    assert set(received.reasons.values()) == {"breaker-open"}
    assert (received.queries, len(fault.seen)) == ((), 4)
    time.sleep(1.6)
    assert conditions(gather(gatherer=gatherer, types=("Condition",))) in (
        (State.READ, None),
        (State.FAILED, "breaker-open"),  # while the patient's request was the one trial
    )
    assert set(gather(gatherer=gatherer).states.values()) == {State.READ}


@pytest.mark.requirement("CH-060")
def test_an_expired_token_is_not_sent(gather: Gather, fault: FaultServer, authorized: Callable[..., Any]) -> None:
    fault.behaviours[QUERY] = faults.in_turn(faults.answer(PROBLEM, 503, Retry_After="2"), faults.answer(bundle()))
    fault.behaviours["/fhir/Observation?patient=x1"] = faults.hang
    received = gather(authorization=authorized(expires_in=2))
    assert conditions(received) == (State.FAILED, "token-expired")
    assert len([one for one in fault.paths() if one.startswith("Condition")]) == 1
    assert received.reasons["observations"] == "timeout"  # its time ended with the token's


@pytest.fixture
def authorized() -> Callable[..., dict[str, Any]]:
    def make(**more: Any) -> dict[str, Any]:
        given = {"access_token": "the-token", "token_type": "Bearer", "expires_in": 300, "subject": "s"}
        return {**given, "scope": "patient/*.rs", **more}

    return make


@pytest.mark.requirement("CH-060")
def test_scopes_are_respected(gather: Gather, fault: FaultServer, authorized: Callable[..., Any]) -> None:
    scope = "patient/Patient.r patient/Condition.r patient/Observation.rs?category=laboratory user/Procedure.read"
    received = gather(authorization=authorized(scope=scope))
    assert conditions(received) == (State.ABSENT, "out-of-scope")  # may be read by id, not searched
    assert (received.states["observations"], received.reasons["observations"]) == (State.PARTIAL, "partial-scope")
    assert (received.states["patient"], received.states["procedures"]) == (State.READ, State.READ)
    assert "Condition?patient=x1&_count=1000" not in fault.paths()
    fault.behaviours["/fhir/Observation?patient=x1"] = faults.answer(bundle())
    received = gather(authorization=authorized(scope=scope))
    assert (received.states["observations"], received.reasons["observations"]) == (State.FAILED, "partial-scope")


@pytest.mark.parametrize("patient", ["..", ".", "a b", "x1?_id=x2", "x1&patient=x2", "%2e%2e", "x1#", "Ä"])
def test_ids_that_would_change_the_url(gather: Gather, fault: FaultServer, patient: str) -> None:
    received = gather(patient=patient)
    assert (received.not_asked, set(received.reasons.values())) == ("patient-id", {"patient-id"})
    assert fault.seen == []


@pytest.mark.parametrize("server", ["https://ehr.example.org/fhir", "http://10.0.0.1/fhir", "http://169.254.169.254"])
def test_servers_that_are_not_registered_are_not_called(gather: Gather, server: str) -> None:
    received = gather(server=server)
    assert (received.not_asked, received.queries) == ("not-registered", ())
    refusal = received.lacking(received.missing)
    assert (refusal.status, refusal.code) == (412, "missing-data")
    assert "add its base URL to the client's fhir_servers" in refusal.diagnostics
    assert list(refusal.expressions) == ["prefetch.patient", "prefetch.conditions"]


@pytest.mark.requirement("CH-054")
def test_why_keys_are_lacking_is_told_without_data(gather: Gather, fault: FaultServer) -> None:
    fault.behaviours[QUERY] = faults.answer(PROBLEM | {"id": "CANARY"}, 503, Retry_After="60")
    received = gather()
    told = received.lacking(received.missing).diagnostics
    assert "prefetch.conditions: the FHIR server answered with status 503" in told
    assert "CANARY" not in told
    assert "x1" not in told


@pytest.mark.requirement("CH-059")
def test_the_token_is_neither_logged_nor_kept(
    gather: Gather, fault: FaultServer, authorized: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fault.behaviours[QUERY] = faults.reset
    canary = "CANARY" + "x" * 20
    received = gather(authorization=authorized(access_token=canary))
    assert canary not in repr(received) + caplog.text
    gc.collect()
    tokens = [one.token for one in gc.get_objects() if isinstance(one, FhirAuthorization)]
    assert canary not in tokens
    sent = [str(one.headers) for one in gc.get_objects() if isinstance(one, requests.PreparedRequest)]
    assert not any(canary in headers for headers in sent)
