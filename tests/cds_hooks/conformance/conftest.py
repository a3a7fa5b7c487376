"""Every answer of the service to every sample patient at every hook, asked once."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from cds_hooks.demo.orders import choices
from cds_hooks.demo.patients import load_patients
from cds_hooks.settings import Settings
from tests.cds_hooks.conformance.exchange import Exchange

HOOKS = ("patient-view", "order-select", "order-sign", "encounter-start")
TRIED = ("heavily-pretreated-leiomyosarcoma", "lung-only-leiomyosarcoma")
"""The patients whose every draft order is tried that the demonstration offers."""


def _asked() -> Iterator[str]:
    """The addresses of the demonstration that hold a request."""
    for patient in load_patients(Settings(demo=True).patients):
        for hook in HOOKS:
            yield f"{patient}/request.json?hook={hook}"
            if hook.startswith("order-") and patient in TRIED:
                for order in choices():
                    yield f"{patient}/request.json?hook={hook}&order={order}"


@pytest.fixture(scope="session")
def exchanges(server: str, services: dict[str, dict[str, Any]]) -> list[Exchange]:
    """Sample patients × hooks, and draft orders."""
    made = []
    with requests.Session() as session:
        for address in _asked():
            body = session.get(f"{server}/demo/patients/{address}", timeout=20).json()
            answer = session.post(f"{server}/cds-services/{services[body['hook']]['id']}", json=body, timeout=20)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/json"
            made.append(Exchange(address, body, answer.text, answer.json()))
    return made


@pytest.fixture(scope="session")
def cards(exchanges: list[Exchange]) -> list[dict[str, Any]]:
    """Every card of these answers; there are some of each kind, or the tests that walk them would say nothing."""
    found = [card for exchange in exchanges for card in exchange.cards]
    topics = {card["source"]["topic"]["code"] for card in found}
    assert {"local-therapy", "systemic", "work-up", "data-gaps"} <= topics
    assert {card["indicator"] for card in found} == {"info", "warning", "critical"}
    return found


@pytest.fixture(scope="session")
def suggestions(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every suggestion of these cards."""
    return [suggestion for card in cards for suggestion in card.get("suggestions", ())]


@pytest.fixture(scope="session")
def actions(suggestions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every action of these suggestions; both types that the service uses are among them."""
    found = [action for suggestion in suggestions for action in suggestion["actions"]]
    assert {action["type"] for action in found} == {"create", "delete"}
    return found
