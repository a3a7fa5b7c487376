"""Every request that the OpenAPI document allows, and many that it does not, by schemathesis."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cds_hooks.app import create_app
from cds_hooks.services import Guidance
from cds_hooks.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    schemathesis = pytest.importorskip("schemathesis")

Serve = Callable[..., AbstractContextManager[str]]


def test_answers_are_those_of_the_document(serve: Serve, guidance: Guidance) -> None:
    """No 5xx, only documented statuses and content types, and bodies that fit their schemas."""
    with serve(create_app(Settings(demo=True), guidance)) as base:
        schema = schemathesis.openapi.from_url(f"{base}/openapi.json")
        for result in schema.get_all_operations():
            _try(result.ok(), base, [one.id for one in guidance.services])


def _try(operation: Any, base: str, services: list[str]) -> None:
    # Not whether a sound request is accepted and any other refused: the schema cannot say what a hook requires, and
    # clients that differ from it harmlessly are answered.
    checks = schemathesis.checks.CHECKS.get_by_names(
        [
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
            "allow_header_conformance",
        ]
    )

    @given(data=st.data())
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def check(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        if "service_id" in case.path_parameters and data.draw(st.integers(0, 9)):
            case.path_parameters["service_id"] = data.draw(st.sampled_from(services))
        answer = case.call(base_url=base, timeout=10)
        case.validate_response(answer, checks=checks)

    check()


def test_the_document_names_every_endpoint_and_its_refusals(server: str) -> None:
    document = requests.get(f"{server}/openapi.json", timeout=10).json()
    assert {"/cds-services", "/cds-services/{service_id}", "/cds-services/{service_id}/feedback", "/healthz"} <= set(
        document["paths"]
    )
