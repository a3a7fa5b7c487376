"""Nesting near what the JSON parser allows, in every part of a call: refused or answered, never a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

Complete = Callable[..., dict[str, Any]]


def _nested(levels: int, kind: str) -> str:
    """JSON of so many levels, as text: too deep for Python's own encoder."""
    opening, closing = {
        "list": ("[", "]"),
        "object": ('{"a":', "}"),
        "extension": ('{"url":"u","extension":[', "]}"),
        "contained": ('{"resourceType":"Observation","contained":[', "]}"),
        "bundle": ('{"resourceType":"Bundle","entry":[{"resource":', "}]}"),
        "concept": ('{"coding":[{"extension":[{"valueCodeableConcept":', "}]}]}"),
    }[kind]
    step = opening.count("{") + opening.count("[")
    times = levels // step
    return opening * times + '"x"' + closing * times


_PLACES = {
    "a prefetch value": lambda body, hole: body["prefetch"].update(observations=hole),
    "an entry": lambda body, hole: body["prefetch"]["observations"].update(entry=[{"resource": hole}]),
    "an element": lambda body, hole: body["prefetch"]["patient"].update(extension=[hole]),
    "a code": lambda body, hole: body["prefetch"]["conditions"].update(
        entry=[{"resource": {"resourceType": "Condition", "id": "c", "code": hole, "subject": hole}}]
    ),
    "an id": lambda body, hole: body["prefetch"]["conditions"].update(
        entry=[{"resource": {"resourceType": "Condition", "id": hole, "subject": {"reference": "Patient/other"}}}]
    ),
    "a draft": lambda body, hole: body["context"].update(
        draftOrders={
            "resourceType": "Bundle",
            "entry": [{"resource": {"resourceType": "MedicationRequest", "id": "d", "dosageInstruction": [hole]}}],
        }
    ),
    "the context": lambda body, hole: body["context"].update(anything=hole),
    "an unknown member": lambda body, hole: body.update(extension={"a": hole}),
    "the authorization": lambda body, hole: body.update(fhirAuthorization=hole, fhirServer=hole),
}


@pytest.mark.parametrize("kind", ["list", "object", "extension", "contained", "bundle", "concept"])
@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("levels", [250, 900, 1010])
def test_deep_input_is_answered_or_refused(
    server: str, services: dict[str, dict[str, Any]], complete: Complete, levels: int, place: str, kind: str
) -> None:
    body = complete("order-sign")
    _PLACES[place](body, "HOLE")
    content = json.dumps(body).replace('"HOLE"', _nested(levels, kind))
    for path in ("cds-services", "explain"):
        url = f"{server}/{path}/{services['order-sign']['id']}"
        answer = requests.post(url, data=content, headers={"content-type": "application/json"}, timeout=20)
        assert answer.status_code in (200, 400, 412), answer.text
        if answer.status_code == 400:
            code = answer.json()["issue"][0]["details"]["coding"][0]["code"]
            assert code in ("json-too-deep", "wrong-type", "missing-field", "unsupported-fhir-version", "wrong-value")


def test_deep_feedback_is_refused(server: str, services: dict[str, dict[str, Any]]) -> None:
    for levels in (900, 5000):
        url = f"{server}/cds-services/{services['patient-view']['id']}/feedback"
        content = f'{{"feedback": {_nested(levels, "list")}}}'
        answer = requests.post(url, data=content, headers={"content-type": "application/json"}, timeout=20)
        assert answer.status_code == 400


def test_the_last_day_of_the_calendar_is_a_day(server: str, services: dict[str, Any], complete: Complete) -> None:
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/x1"}}
    body = complete(records=({**condition, "onsetDateTime": "2020-01-01", "code": {"text": "Leiomyosarcoma"}},))
    body["extension"] = {"org.sarcoma-cds.as-of": "9999-12-31"}
    url = f"{server}/cds-services/{services['patient-view']['id']}"
    assert requests.post(url, json=body, timeout=20).status_code == 200
