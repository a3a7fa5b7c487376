"""Sections B and C of the CDS Hooks requirements: discovery, and templates that are legal for 2.0."""

import re
from typing import Any

import pytest
import requests

from mappers.reading.collect import READERS

HOOKS = {"patient-view", "order-select", "order-sign", "encounter-start"}
_TEMPLATE = re.compile(r"(Patient/|[A-Z][A-Za-z]+\?patient=)\{\{context\.patientId\}\}")


def test_one_service_for_each_hook(server: str) -> None:
    answer = requests.get(f"{server}/cds-services?from=anywhere", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    services = answer.json()["services"]
    assert sorted(one["hook"] for one in services) == sorted(HOOKS)
    assert len({one["id"] for one in services}) == len(services)


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_members_of_a_service(services: dict[str, dict[str, Any]], hook: str) -> None:
    service = services[hook]
    for member in ("hook", "id", "title", "description", "usageRequirements"):
        assert isinstance(service[member], str)
        assert service[member].strip()
    assert service["version"] == "2.0.1"
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", service["id"])


@pytest.mark.requirement("CH-011")
@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_every_listed_service_can_be_called(services: dict[str, dict[str, Any]], server: str, hook: str) -> None:
    answer = requests.post(f"{server}/cds-services/{services[hook]['id']}", json={}, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_templates_use_only_what_every_2_0_client_supports(services: dict[str, dict[str, Any]], hook: str) -> None:
    for key, query in services[hook]["prefetch"].items():
        assert _TEMPLATE.fullmatch(query), query
        assert re.fullmatch(r"[a-z][A-Za-z]+", key)


@pytest.mark.requirement("CH-029")
def test_templates_are_what_the_mappers_read(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        types = {re.split(r"[?/]", query)[0] for query in service["prefetch"].values()}
        assert types == {"Patient", *READERS}


@pytest.mark.requirement("CH-029")
def test_keys_stay_as_hospitals_have_mapped_them(services: dict[str, dict[str, Any]]) -> None:
    assert list(services["patient-view"]["prefetch"]) == [
        "patient",
        "bodyStructures",
        "carePlans",
        "clinicalImpressions",
        "conditions",
        "diagnosticReports",
        "documentReferences",
        "imagingStudies",
        "medicationAdministrations",
        "medicationDispenses",
        "medicationRequests",
        "medicationStatements",
        "observations",
        "procedures",
        "researchSubjects",
        "serviceRequests",
    ]


def test_openapi_document_has_the_endpoints(server: str) -> None:
    paths = requests.get(f"{server}/openapi.json", timeout=10).json()["paths"]
    assert {"/cds-services", "/cds-services/{service_id}", "/explain/{service_id}", "/healthz", "/readyz"} <= set(paths)
    assert not any(path.startswith("/demo") for path in paths)


def test_health(server: str) -> None:
    assert requests.get(f"{server}/healthz", timeout=10).json() == {"status": "ok"}
    ready = requests.get(f"{server}/readyz", timeout=10).json()
    assert ready["status"] == "ready"
    assert ready["services"] == 4
    assert ready["content"]
