"""CH-055: the same cards from the prefetch and from a FHIR server that nobody here wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import requests
from fastapi import FastAPI

from benchmarks.cql_data import bundle
from cds_hooks.app import create_app
from cds_hooks.services import Guidance
from cds_hooks.settings import FhirSettings, Settings
from tools import fhir_server

Json = dict[str, Any]
Serve = Callable[[FastAPI], AbstractContextManager[str]]
PATIENTS = Path(__file__).parents[3] / "fixtures" / "patients"
STORY = "liver-metastases"
SIZE = 1244
LARGE = f"p{SIZE}"
PAGE = 300
TOKEN = "real-token"

pytestmark = pytest.mark.skipif(fhir_server.missing() is not None, reason=str(fhir_server.missing()))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a sample patient of the demonstration and one with 1,244 resources, in pages of 300."""
    folder = tmp_path_factory.mktemp("bundles")
    large, story = folder / "large.json", folder / "story.json"
    large.write_text(json.dumps(bundle(SIZE)), encoding="utf-8")
    told = json.loads((PATIENTS / f"{STORY}.json").read_text(encoding="utf-8"))["bundle"]
    text = re.sub(r"https://ehr\.example\.org/fhir/", "", json.dumps(told))
    story.write_text(text, encoding="utf-8")
    with fhir_server.running([large, story], token=TOKEN, page=PAGE) as running:
        yield running.base


@pytest.fixture(scope="module")
def service(serve: Serve, guidance: Guidance) -> Iterator[str]:
    """The service, with more time than a hospital would give it: the machine that tests may be slow."""
    unhurried = FhirSettings(budget_seconds=30, timeout_seconds=30)
    with serve(create_app(Settings(demo=True, fhir=unhurried), guidance)) as base:
        yield base


def body(patient: str, **more: Any) -> Json:
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/p1", "patientId": patient},
        "extension": {"org.sarcoma-cds.as-of": "2026-11-21"},
        **more,
    }


def access(server: str, scope: str = "patient/*.rs") -> Json:
    authorization = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": scope, "subject": "s"}
    return {"fhirServer": server, "fhirAuthorization": authorization}


def prefetched(server: str, patient: str, templates: Mapping[str, str]) -> Json:
    """What a client would send: the answers to the templates, all their pages in one Bundle."""

    def get(url: str) -> Json:
        answer = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)
        assert answer.status_code == 200
        value: Json = answer.json()
        for link in value.get("link", ()):
            value["entry"] += get(link["url"])["entry"]
        return {name: part for name, part in value.items() if name != "link"}

    return {key: get(f"{server}/{query.replace('{{context.patientId}}', patient)}") for key, query in templates.items()}


def answers(service: str, request: Json) -> Json:
    """The cards and the explanation of a call."""
    answer = requests.post(f"{service}/explain/sarcoma-patient-view", json=request, timeout=60)
    assert answer.status_code == 200, answer.text
    explained: Json = answer.json()
    return explained


def templates_of(service: str) -> Mapping[str, str]:
    services = requests.get(f"{service}/cds-services", timeout=10).json()["services"]
    found: Mapping[str, str] = next(one["prefetch"] for one in services if one["hook"] == "patient-view")
    return found


@pytest.mark.requirement("CH-055")
@pytest.mark.parametrize("patient", [STORY, LARGE])
def test_the_same_cards_and_facts(server: str, service: str, patient: str) -> None:
    sent = prefetched(server, patient, templates_of(service))
    by_prefetch = answers(service, body(patient, prefetch=sent))
    fetched = answers(service, body(patient, **access(server)))
    assert "unread" not in fetched
    assert fetched == by_prefetch
    if patient == STORY:
        assert fetched["cards"]


@pytest.mark.requirement("CH-060")
def test_what_the_token_does_not_cover_is_unknown(server: str, service: str) -> None:
    explained = answers(service, body(STORY, **access(server, "patient/Patient.read patient/Condition.read")))
    assert {"Observation", "Procedure", "MedicationRequest"} <= set(explained["unread"])
    assert explained["facts"]["prior_systemic"]["status"] == "unknown"


@pytest.mark.requirement("CH-053", "CH-063")
def test_a_token_that_the_server_does_not_accept(server: str, service: str) -> None:
    refused = access(server)
    refused["fhirAuthorization"]["access_token"] = "another"
    url = f"{service}/cds-services/sarcoma-patient-view"
    answer = requests.post(url, json=body(STORY, **refused), timeout=60)
    assert answer.status_code == 412
    (issue,) = answer.json()["issue"]
    assert issue["expression"] == ["prefetch.patient", "prefetch.conditions"]
    assert "status 401" in issue["diagnostics"]
