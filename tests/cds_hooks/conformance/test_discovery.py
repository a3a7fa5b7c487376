"""Sections B and C: what discovery says, and the templates it publishes."""

import re
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_hooks.app import create_app
from cds_hooks.services import Guidance
from cds_hooks.settings import Settings

Services = dict[str, dict[str, Any]]

DOCUMENT = Path(__file__).parents[3] / "docs" / "service.md"
# https://cds-hooks.hl7.org/: the context fields of each hook that may be prefetch tokens
TOKENS = {
    "patient-view": {"userId", "patientId", "encounterId"},
    "order-select": {"userId", "patientId", "encounterId"},
    "order-sign": {"userId", "patientId", "encounterId"},
    "encounter-start": {"userId", "patientId", "encounterId"},
}
# https://hl7.org/fhir/R4/http.html: a read or a search on a type, by a relative URL
_READ = re.compile(r"[A-Z][A-Za-z]+/[^?/]+")
_SEARCH = re.compile(r"[A-Z][A-Za-z]+\?([a-z_-]+=[^&=]+)(&[a-z_-]+=[^&=]+)*")
_RECOMMENDED = {"patient", "subject", "_count", "_sort", "date", "code", "category"}


def _templates(services: Services) -> list[tuple[str, str]]:
    found = [(hook, query) for hook, service in services.items() for query in service["prefetch"].values()]
    assert found
    return found


@pytest.mark.requirement("CH-007")
@pytest.mark.parametrize("query", ["", "?", "?a=1&b=2"])
def test_discovery_is_always_there(server: str, query: str) -> None:
    answer = requests.get(f"{server}/cds-services{query}", timeout=10)
    assert answer.status_code == 200
    assert isinstance(answer.json()["services"], list)


@pytest.mark.requirement("CH-008")
def test_nothing_to_offer_is_an_empty_list(serve: Callable[..., Any], settings: Settings, guidance: Guidance) -> None:
    nothing = copy(guidance)
    nothing.services = ()  # type: ignore[misc]
    with serve(create_app(settings, nothing)) as base:
        answer = requests.get(f"{base}/cds-services", timeout=10)
    assert answer.status_code == 200
    assert answer.json() == {"services": []}


@pytest.mark.requirement("CH-009", "CH-010", "CH-011", "CH-012", "CH-014", "CH-015")
def test_members_of_each_service(services: Services) -> None:
    for hook, service in services.items():
        assert service["hook"] == hook
        for name in ("id", "title", "description", "usageRequirements", "version"):
            assert isinstance(service[name], str)
            assert service[name].strip()
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", service["id"])
        assert not re.search(r"[*_`#<>\[\]]", service["description"])
        assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"])


@pytest.mark.requirement("CH-016")
def test_version_of_the_hook_is_a_published_one_where_it_is_sent(services: Services) -> None:
    assert {service.get("hookVersion", "1.0") for service in services.values()} == {"1.0"}


@pytest.mark.requirement("CH-013", "CH-021")
def test_templates_are_reads_and_searches_under_a_key(services: Services) -> None:
    for service in services.values():
        assert service["prefetch"]
        for key, query in service["prefetch"].items():
            assert re.fullmatch(r"[A-Za-z]+", key)
            assert isinstance(query, str)
            assert _READ.fullmatch(query) or _SEARCH.fullmatch(query), query


@pytest.mark.requirement("CH-022", "CH-023", "CH-024", "CH-027", "CH-028")
def test_tokens_are_fields_of_the_context_that_the_hook_allows(services: Services) -> None:
    """So there is neither ``today()`` nor a reference to another template."""
    for hook, query in _templates(services):
        tokens = re.findall(r"\{\{(.*?)\}\}", query)
        assert tokens
        assert {f"context.{field}" for field in TOKENS[hook]} >= set(tokens)
        assert not re.search(r"[{}%()]", re.sub(r"\{\{.*?\}\}", "", query))


@pytest.mark.requirement("CH-025", "CH-026")
def test_searches_keep_to_the_recommended_subset(services: Services) -> None:
    """No modifiers, chains, includes or prefixes: by patient, the parameter that US Core has for all its types."""
    for _, query in _templates(services):
        names = re.findall(r"[?&]([^=]+)=", query)
        assert set(names) <= _RECOMMENDED, query
        assert not any(mark in name for name in names for mark in ":.")
    searches = [query for _, query in _templates(services) if "?" in query]
    assert all(re.search(r"[?&](patient|subject)=\{\{context\.patientId\}\}", query) for query in searches)


@pytest.mark.requirement("CH-020")
def test_hooks_services_and_keys_are_documented(services: Services) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for hook, service in services.items():
        assert f"`{hook}`" in text
        assert f"`{service['id']}`" in text
        assert {key for key in service["prefetch"] if f"`{key}`" not in text} == set()
