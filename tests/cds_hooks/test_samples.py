"""Real requests of other projects and of the reference sandbox: answered or refused in the one shape, never a 5xx."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "cds-hooks-samples"
SAMPLES = sorted([*FOLDER.glob("*/request--*.json"), *FOLDER.glob("captured-sandbox/*-call-*.json")])
CONTEXTS = sorted(FOLDER.glob("*/context--*.json"))
pytestmark = pytest.mark.skipif(not SAMPLES, reason="the collection of sample requests is not on this machine")

Call = Callable[..., requests.Response]
Complete = Callable[..., dict[str, Any]]


def _read(path: Path) -> Any:
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["body"] if isinstance(content, dict) and "jwt" in content else content


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_request_as_it_was_sent(call: Call, services: dict[str, Any], path: Path) -> None:
    body = _read(path)
    hook = body.get("hook") if isinstance(body, dict) else None
    for service in services:
        answer = call(body, service)
        if service != hook:
            assert answer.status_code == 400
        else:
            assert answer.status_code in (200, 400, 412)
        assert answer.status_code == 200 or answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_context_as_it_was_sent_with_our_prefetch(call: Call, complete: Complete, path: Path) -> None:
    """The drafts of other systems, however incomplete, do not keep the service from answering."""
    body = _read(path)
    hook = body.get("hook")
    if hook not in ("patient-view", "order-select", "order-sign", "encounter-start"):
        pytest.skip(f"{hook} is not one of our hooks")
    made = complete(hook)
    patient = body["context"].get("patientId", "")
    made["context"] = body["context"]
    made["prefetch"]["patient"]["id"] = patient.rpartition("/")[2]
    answer = call(made, hook, explain=True)
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:  # an order of another FHIR version
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] in (
            "unsupported-fhir-version",
            "missing-field",
        )


@pytest.mark.requirement("CH-120")
def test_the_sandbox_is_answered_with_its_invalid_drafts(call: Call, complete: Complete) -> None:
    captured = sorted(FOLDER.glob("captured-sandbox/*-call-rec-order-*.json"))
    assert captured
    for path in captured:
        body = _read(path)
        made = complete(body["hook"])
        made["context"] = body["context"]
        made["prefetch"]["patient"]["id"] = body["context"]["patientId"]
        answer = call(made, body["hook"], explain=True)
        assert answer.status_code == 200
        drafts = answer.json()["facts"]["drafts"]["value"]
        assert len(drafts) == len(body["context"]["draftOrders"]["entry"])
