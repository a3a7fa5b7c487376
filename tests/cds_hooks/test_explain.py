"""The explanation: every fact, every recommendation of the hook, and exactly the cards of the hook call."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from cds_hooks.demo.patients import SamplePatient, load_patients
from cds_hooks.settings import Settings
from mappers import FACT_KEYS

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]
PATIENTS = load_patients(Settings(demo=True).patients)
STATUSES = {"offered", "to-confirm", "alternative", "suppressed", "not-applicable", "undecided"}
CALLS = [(patient, hook) for patient in PATIENTS.values() for hook in patient.contexts]


def _body(patient: SamplePatient, hook: str, guidance: Any) -> dict[str, Any]:
    service = next(one for one in guidance.services if one.hook == hook)
    return patient.record.request(hook, patient.contexts[hook], service.templates)


@pytest.mark.parametrize(("patient", "hook"), CALLS, ids=[f"{one.id}-{hook}" for one, hook in CALLS])
def test_explanation_of_every_sample_call(call: Call, guidance: Any, patient: SamplePatient, hook: str) -> None:
    body = _body(patient, hook, guidance)
    explanation = call(body, hook, explain=True).json()
    assert list(explanation["facts"]) == list(FACT_KEYS)
    for fact in explanation["facts"].values():
        assert fact["status"] in {"known", "unknown", "conflicting"}
        assert isinstance(fact["evidence"], list)
    for one in explanation["recommendations"]:
        assert one["status"] in STATUSES
        assert bool(one["missing"]) <= (one["status"] in {"undecided", "to-confirm"})
        assert set(one["missing"]) <= set(FACT_KEYS)
        assert all(isinstance(reason, str) and reason for reason in one["because"])
        assert {row["state"] for row in one["criteria"]} <= {"met", "not-met", "unknown"}
    assert explanation["cards"] == call(body, hook).json()["cards"]


@pytest.mark.parametrize(("patient", "hook"), CALLS, ids=[f"{one.id}-{hook}" for one, hook in CALLS])
def test_cards_hold_what_is_shown_and_no_empty_member(
    call: Call, guidance: Any, patient: SamplePatient, hook: str
) -> None:
    explanation = call(_body(patient, hook, guidance), hook, explain=True).json()
    shown = {"offered", "to-confirm", "alternative"}
    decided = {one["id"]: one["status"] for one in explanation["recommendations"] if one["status"] in shown}
    on_cards = {
        one["id"]: one["status"]
        for card in explanation["cards"]
        for one in card["extension"]["org.sarcoma-cds.recommendations"]
        if one["id"] != "data-gaps"
    }
    assert on_cards == decided
    for card in explanation["cards"]:
        assert len(card["summary"]) < 140
        _no_empty(card)


def _no_empty(value: Any) -> None:
    """CH-003: no null, empty string, list or object."""
    assert value not in (None, "", [], {})
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _no_empty(part)


def test_cards_are_known_by_the_call_that_showed_them(call: Call, complete: Complete) -> None:
    records = ({"resourceType": "Condition", "id": "c1", "code": {"text": "Leiomyosarcoma with lung metastases"}},)
    first, again = (call(complete(records=records)).json()["cards"] for _ in range(2))
    later = call(complete(records=records, hookInstance="0c9e3f1e-6a51-4a6c-8a0c-1de5f8f3a111")).json()["cards"]
    assert first == again
    assert first
    assert {one["uuid"] for one in first}.isdisjoint(one["uuid"] for one in later)
    assert [one["summary"] for one in first] == [one["summary"] for one in later]
