"""One shape for every answer that is not a success, over all endpoints; nothing of the input in it."""

from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
import requests

from cds_hooks.app import create_app
from cds_hooks.errors import CODE_SYSTEM
from cds_hooks.services import Guidance
from cds_hooks.settings import Settings

CANARY = "Canary-Patient-Name-4711"
# https://hl7.org/fhir/R4/valueset-issue-type.html
ISSUE_TYPES = {
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
    "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
    "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
    "exception", "timeout", "incomplete", "throttled", "informational",
}  # fmt: skip


def _post(path: str, body: bytes, kind: str | None = "application/json") -> tuple[str, str, dict[str, Any]]:
    return "POST", path, {"data": body, "headers": {"content-type": kind} if kind else {}}


_SERVICE = "/cds-services/sarcoma-patient-view"
CASES: list[tuple[int, str, tuple[str, str, dict[str, Any]]]] = [
    (404, "not-found", ("GET", f"/{CANARY}", {})),
    (404, "not-found", ("GET", "/cds-services/", {})),
    (404, "not-found", ("GET", f"/guidance/{CANARY}", {})),
    (404, "not-found", ("GET", f"/static/{CANARY}.css", {})),
    (404, "not-found", ("GET", f"/demo/patients/{CANARY}", {})),
    (404, "not-found", ("GET", f"/demo/patients/lung-only-leiomyosarcoma?hook={CANARY}", {})),
    (404, "not-found", ("GET", f"/demo/patients/lung-only-leiomyosarcoma?hook=order-sign&order={CANARY}", {})),
    (404, "not-found", _post(f"/cds-services/{CANARY}", b"{}")),
    (404, "not-found", _post(f"/explain/{CANARY}", b"{}")),
    (405, "method-not-allowed", ("GET", _SERVICE, {})),
    (405, "method-not-allowed", ("DELETE", "/cds-services", {})),
    (405, "method-not-allowed", ("PUT", "/explain/sarcoma-order-sign", {})),
    (405, "method-not-allowed", _post("/healthz", b"")),
    (405, "method-not-allowed", _post("/guidance", b"")),
    (400, "malformed-json", _post(_SERVICE, b"")),
    (400, "malformed-json", _post(_SERVICE, f'{{"{CANARY}": '.encode())),
    (400, "malformed-json", _post(_SERVICE, b"\xff\xfe")),
    (400, "malformed-json", _post(_SERVICE, b'{"a": NaN}')),
    (400, "malformed-json", _post("/explain/sarcoma-patient-view", CANARY.encode(), None)),
    (400, "json-too-deep", _post(_SERVICE, b"[" * 100_000)),
    (400, "json-too-deep", _post(_SERVICE, b'{"a":' * 5_000 + b"1" + b"}" * 5_000)),
    (400, "wrong-type", _post(_SERVICE, f'["{CANARY}"]'.encode())),
    (400, "wrong-type", _post(_SERVICE, b"null")),
    (400, "missing-field", _post(_SERVICE, f'{{"{CANARY}": "{CANARY}"}}'.encode())),
    (400, "hook-mismatch", _post(_SERVICE, f'{{"hook": "{CANARY}"}}'.encode())),
    (413, "body-too-large", _post(_SERVICE, b'"' + b"x" * 2_100_000 + b'"')),
    (415, "unsupported-media-type", _post(_SERVICE, b"{}", "text/plain")),
    (415, "unsupported-media-type", _post(_SERVICE, b"{}", "application/xml")),
    (412, "missing-data", _post(_SERVICE, f'{{"hook": "patient-view", "hookInstance": "{CANARY}", "context": '
        f'{{"patientId": "{CANARY}", "userId": "{CANARY}"}}}}'.encode())),
]  # fmt: skip


def check(answer: requests.Response, status: int, code: str) -> None:
    """Asserts the one shape."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "https://ehr.example.org"
    assert answer.headers["x-content-type-options"] == "nosniff"
    outcome = answer.json()
    assert set(outcome) == {"resourceType", "issue"}
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert issue["severity"] == ("fatal" if status >= 500 else "error")
    assert issue["code"] in ISSUE_TYPES
    assert issue["details"]["coding"] == [{"system": CODE_SYSTEM, "code": code}]
    assert issue["details"]["text"]
    assert issue["diagnostics"]
    assert CANARY not in answer.text


@pytest.mark.parametrize(("status", "code", "request_"), CASES)
def test_every_refusal_has_the_one_shape(
    server: str, status: int, code: str, request_: tuple[str, str, dict[str, Any]]
) -> None:
    method, path, options = request_
    headers = {"origin": "https://ehr.example.org"} | options.get("headers", {})
    answer = requests.request(method, server + path, **(options | {"headers": headers}), timeout=10)
    check(answer, status, code)
    if status == 405:
        assert answer.headers["allow"]


def test_body_without_a_length_is_cut_off_at_the_limit(server: str) -> None:
    answer = requests.post(
        server + _SERVICE,
        data=(b"x" * 65_536 for _ in range(64)),
        headers={"content-type": "application/json", "origin": "https://ehr.example.org"},
        timeout=10,
    )
    check(answer, 413, "body-too-large")


def test_compressed_body_is_refused(server: str) -> None:
    headers = {"content-encoding": "gzip", "content-type": "application/json", "origin": "https://ehr.example.org"}
    check(requests.post(server + _SERVICE, data=b"x", headers=headers, timeout=10), 415, "unsupported-media-type")


def test_validation_of_the_framework_never_shows(server: str) -> None:
    paths = requests.get(f"{server}/openapi.json", timeout=10).json()["paths"]
    declared = {status for path in paths.values() for operation in path.values() for status in operation["responses"]}
    assert "422" not in declared


def test_failure_is_a_500_that_says_nothing_of_the_input(
    serve: Callable[..., Any],
    settings: Settings,
    guidance: Guidance,
    complete: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> object:
        raise RuntimeError(CANARY)

    broken = copy(guidance)
    monkeypatch.setattr(broken, "answer", fail)
    with serve(create_app(settings, broken)) as base:
        answer = requests.post(
            base + _SERVICE, json=complete(), headers={"origin": "https://ehr.example.org"}, timeout=10
        )
    check(answer, 500, "internal-error")
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text
