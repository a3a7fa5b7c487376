"""Sections A, G, K, Q: what holds of every answer as a whole."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from fhir.resources.R4B import get_fhir_model_class

from cds_hooks.settings import ClientSettings, Settings, SettingsError
from tests.cds_hooks.conformance.exchange import Exchange, members

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]


def _strictly(text: str) -> Any:
    """The value of a JSON text; comments, trailing commas and NaN are refused."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def answers(server: str, exchanges: list[Exchange], call: Call, complete: Complete) -> dict[str, str]:
    """The text of answers of every kind: cards, discovery, explanations, refusals, states, the OpenAPI document."""
    found = {exchange.name: exchange.text for exchange in exchanges}
    for path in ("cds-services", "healthz", "readyz", "openapi.json", "nothing"):
        found[path] = requests.get(f"{server}/{path}", timeout=10).text
    found["no cards"] = call(complete()).text
    found["no data"] = call(complete(prefetch={})).text
    found["no hook"] = call({}).text
    return found


@pytest.mark.requirement("CH-001", "CH-005")
def test_answers_are_strict_json(answers: dict[str, str]) -> None:
    for name, text in answers.items():
        assert isinstance(_strictly(text), dict), name


@pytest.mark.requirement("CH-001")
@pytest.mark.parametrize("url", ["", "http://cds.example.org", "http://10.0.0.7:8000", "cds.example.org"])
def test_without_https_production_does_not_start(url: str) -> None:
    ehr = ClientSettings(name="ehr", issuer="https://ehr.example.org", jwks={"keys": []})
    assert Settings(clients=(ehr,), public_url="https://cds.example.org").base_url == "https://cds.example.org"
    with pytest.raises(SettingsError, match="https"):
        Settings(clients=(ehr,), public_url=url)


@pytest.mark.requirement("CH-003", "CH-004")
def test_nothing_is_sent_empty(answers: dict[str, str]) -> None:
    for name, text in answers.items():
        if name == "openapi.json":  # a document about the interface, no message of CDS Hooks
            continue
        for path, value in members(json.loads(text)):
            assert value not in (None, "", [], {}) or (path, value) in ((".cards", []), (".services", [])), (name, path)
            assert not isinstance(value, str) or value.strip(), (name, path)


@pytest.mark.requirement("CH-002")
def test_resources_are_valid(answers: dict[str, str]) -> None:
    kinds = set()
    for name, text in answers.items():
        for path, value in members(json.loads(text)):
            if name != "openapi.json" and isinstance(value, dict) and "resourceType" in value:
                kinds.add(value["resourceType"])
                assert get_fhir_model_class(value["resourceType"]).model_validate(value), (name, path)
    assert {"OperationOutcome", "ServiceRequest"} <= kinds


@pytest.mark.requirement("CH-064", "CH-099", "CH-092")
def test_an_answer_is_an_object_with_cards(exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        assert set(exchange.response) == {"cards"}, exchange.name
        assert isinstance(exchange.cards, list)
        assert "actionSelectionBehavior" not in exchange.text


@pytest.mark.requirement("CH-065")
@pytest.mark.parametrize("hook", ["patient-view", "order-select", "order-sign", "encounter-start"])
def test_nothing_to_say_is_an_empty_list(call: Call, complete: Complete, hook: str) -> None:
    answer = call(complete(hook), hook)
    assert answer.status_code == 200
    assert answer.json() == {"cards": []}


@pytest.mark.requirement("CH-068")
def test_answers_come_in_time(exchanges: list[Exchange], call: Call) -> None:
    """Full prefetch, each sample patient; the machine may be busy, so the best of three."""
    for exchange in exchanges:
        if "order=" not in exchange.name:
            assert min(_seconds(call, exchange.request) for _ in range(3)) < 0.5, exchange.name


def _seconds(call: Call, body: dict[str, Any]) -> float:
    started = time.perf_counter()
    assert call(body, body["hook"]).status_code == 200
    return time.perf_counter() - started


@pytest.mark.requirement("CH-148", "CH-149")
def test_extensions_are_objects_with_names_of_our_domain(answers: dict[str, str]) -> None:
    seen = 0
    for name, text in answers.items():
        for path, value in members(json.loads(text)):
            if path.endswith(".extension") and name != "openapi.json":
                seen += 1
                assert isinstance(value, dict), (name, path)
                assert all(re.fullmatch(r"org\.sarcoma-cds\.[a-z-]+", key) for key in value), (name, path)
    assert seen


@pytest.mark.requirement("CH-150")
def test_codings_have_code_and_system(cards: list[dict[str, Any]]) -> None:
    codings = [card["source"]["topic"] for card in cards]
    codings += [reason for card in cards for reason in card["overrideReasons"]]
    for coding in codings:
        assert set(coding) <= {"code", "system", "display"}
        assert coding["code"]
        assert re.fullmatch(r"https?://\S+", coding["system"])
