"""One shape for every answer that is not a success, over all endpoints; nothing of the input in it."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests

from cds_hooks.app import create_app
from cds_hooks.services import Guidance
from cds_hooks.settings import Settings
from cds_hooks.storage import Storage, StorageUnavailable
from tests.cds_hooks.refusals import CANARY, check


def _post(path: str, body: bytes, kind: str | None = "application/json") -> tuple[str, str, dict[str, Any]]:
    return "POST", path, {"data": body, "headers": {"content-type": kind} if kind else {}}


ORIGIN = {"origin": "https://ehr.example.org"}
_SERVICE = "/cds-services/sarcoma-patient-view"
CASES: list[tuple[int, str, tuple[str, str, dict[str, Any]]]] = [
    (404, "not-found", ("GET", f"/{CANARY}", {})),
    (404, "not-found", ("GET", "//cds-services", {})),
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
    (404, "not-found", _post(f"/cds-services/{CANARY}/feedback", b"{}")),
    (405, "method-not-allowed", ("GET", "/cds-services/sarcoma-patient-view/feedback", {})),
    (400, "hook-mismatch", _post(_SERVICE, f'{{"hook": "{CANARY}"}}'.encode())),
    (412, "missing-data", _post(_SERVICE, f'{{"hook": "patient-view", "hookInstance": "{CANARY}", "context": '
        f'{{"patientId": "{CANARY}", "userId": "{CANARY}"}}}}'.encode())),
]  # fmt: skip

TAKE_A_BODY = [
    "/cds-services/sarcoma-patient-view",
    "/cds-services/sarcoma-order-sign",
    "/explain/sarcoma-patient-view",
    "/cds-services/sarcoma-patient-view/feedback",
]
JSON = {"content-type": "application/json"}
BODIES: dict[str, tuple[int, str, bytes, dict[str, str]]] = {
    "empty": (400, "malformed-json", b"", JSON),
    "cut off": (400, "malformed-json", f'{{"{CANARY}": '.encode(), JSON),
    "no UTF-8": (400, "malformed-json", b"\xff\xfe", JSON),
    "UTF-16": (400, "malformed-json", '{"a": 1}'.encode("utf-16"), JSON),
    "not a number": (400, "malformed-json", b'{"a": NaN}', JSON),
    "single quotes": (400, "malformed-json", f"{{'{CANARY}': 1}}".encode(), JSON),
    "comma at the end": (400, "malformed-json", b'{"a": 1,}', JSON),
    "comment": (400, "malformed-json", f"{{}} // {CANARY}".encode(), JSON),
    "lone surrogate": (400, "malformed-json", b'{"a": "\\ud800"}', JSON),
    "a form, said to be JSON": (400, "malformed-json", f"hook={CANARY}".encode(), JSON),
    "XML without a type": (400, "malformed-json", f"<{CANARY}/>".encode(), {}),
    "deep lists": (400, "json-too-deep", b"[" * 100_000, JSON),
    "deep objects": (400, "json-too-deep", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, JSON),
    "an array": (400, "wrong-type", f'["{CANARY}"]'.encode(), JSON),
    "a string": (400, "wrong-type", f'"{CANARY}"'.encode(), JSON),
    "a number": (400, "wrong-type", b"4711", JSON),
    "null": (400, "wrong-type", b"null", JSON),
    "an empty object": (400, "missing-field", b"{}", JSON),
    "nothing we know": (400, "missing-field", f'{{"{CANARY}": "{CANARY}"}}'.encode(), JSON),
    "too large": (413, "body-too-large", b'"' + b"x" * 2_100_000 + b'"', JSON),
    "text": (415, "unsupported-media-type", CANARY.encode(), {"content-type": "text/plain"}),
    "XML": (415, "unsupported-media-type", b"{}", {"content-type": "application/xml"}),
    "a form": (415, "unsupported-media-type", b"a=1", {"content-type": "application/x-www-form-urlencoded"}),
    "a file": (415, "unsupported-media-type", b"{}", {"content-type": f"multipart/form-data; boundary={CANARY}"}),
    "compressed": (415, "unsupported-media-type", b"x", JSON | {"content-encoding": "gzip"}),
}
FIELDS = ["hook", "hookInstance", "context", "prefetch", "fhirServer", "fhirAuthorization"]
VALUES: list[Any] = [CANARY, 4711, True, [CANARY], {CANARY: CANARY}, "", None, -0.5]


@pytest.mark.requirement("CH-041", "CH-066")
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


@pytest.mark.requirement("CH-042", "CH-066")
@pytest.mark.parametrize("path", TAKE_A_BODY)
@pytest.mark.parametrize("kind", BODIES)
def test_every_faulty_body_at_every_endpoint(server: str, path: str, kind: str) -> None:
    status, code, body, headers = BODIES[kind]
    answer = requests.post(server + path, data=body, headers=headers | ORIGIN, timeout=10)
    check(answer, status, code)


@pytest.mark.requirement("CH-001")
def test_a_byte_order_mark_is_passed_over(server: str, complete: Callable[..., Any]) -> None:
    url = f"{server}/cds-services/sarcoma-patient-view"
    body = json.dumps(complete()).encode("utf-8-sig")
    assert requests.post(url, data=body, headers=JSON, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\r\n ", "the body is empty; send a JSON object"),
        ('{"hook": "Müller"}'.encode("latin-1"), "the body is not UTF-8 (byte 12)"),
        ('{"hook": 1}'.encode("utf-16"), "the body is not UTF-8 (byte 1)"),
        (b'{"hook": 1,}', "the body is not JSON (line 1, column 11)"),
        (b'{"hook": "\\ud800"}', "the body is not JSON (line 1, column 11)"),
    ],
)
def test_a_body_that_is_not_json_is_told_why(server: str, body: bytes, words: str) -> None:
    answer = requests.post(f"{server}/cds-services/sarcoma-patient-view", data=body, headers=JSON, timeout=10)
    assert answer.json()["issue"][0]["diagnostics"].startswith(words)


@pytest.mark.requirement("CH-033", "CH-066")
@pytest.mark.parametrize("field", FIELDS)
def test_any_value_in_any_field_is_answered_or_refused_in_the_one_shape(
    server: str, complete: Callable[..., Any], field: str
) -> None:
    for path in ("/cds-services/sarcoma-patient-view", "/explain/sarcoma-patient-view"):
        for value in VALUES:
            body = complete() | {field: value}
            answer = requests.post(server + path, json=body, headers=ORIGIN, timeout=10)
            if answer.status_code != 200:
                assert answer.status_code in (400, 412), (path, field, value)
                check(answer, answer.status_code, answer.json()["issue"][0]["details"]["coding"][0]["code"])
            assert CANARY not in answer.text, (path, field, value)


@pytest.mark.requirement("CH-066")
def test_wrong_methods_at_every_endpoint(server: str) -> None:
    """As the OpenAPI document lists them."""
    document = requests.get(f"{server}/openapi.json", timeout=10).json()
    for path, operations in document["paths"].items():
        address = server + path.replace("{service_id}", "sarcoma-patient-view")
        for method in {"get", "post", "put", "patch", "delete"} - set(operations):
            answer = requests.request(method, address, data=CANARY, headers=ORIGIN, timeout=10)
            check(answer, 405, "method-not-allowed")
            allowed = {one.strip().lower() for one in answer.headers["allow"].split(",")}
            assert allowed - {"head", "options"} == set(operations) - {"head", "options"}


def test_every_endpoint_with_a_body_is_tried(server: str) -> None:
    document = requests.get(f"{server}/openapi.json", timeout=10).json()
    posted = {path for path, operations in document["paths"].items() if "post" in operations}
    tried = {path.replace("sarcoma-patient-view", "{service_id}") for path in TAKE_A_BODY}
    assert posted == {path for path in tried if "{" in path}


@pytest.mark.requirement("CH-042")
def test_body_without_a_length_is_cut_off_at_the_limit(server: str) -> None:
    answer = requests.post(
        server + _SERVICE,
        data=(b"x" * 65_536 for _ in range(64)),
        headers={"content-type": "application/json", "origin": "https://ehr.example.org"},
        timeout=10,
    )
    check(answer, 413, "body-too-large")


@pytest.mark.requirement("CH-066")
def test_validation_of_the_framework_never_shows(server: str) -> None:
    paths = requests.get(f"{server}/openapi.json", timeout=10).json()["paths"]
    declared = {status for path in paths.values() for operation in path.values() for status in operation["responses"]}
    assert "422" not in declared


@pytest.mark.requirement("CH-067")
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


@pytest.fixture(scope="module")
def small(serve: Callable[..., Any], settings: Settings, guidance: Guidance) -> Iterator[str]:
    """A service that takes one call at once, and three resources in a call."""
    limits = settings.limits.model_copy(update={"calls": 1, "resources": 3})
    with serve(create_app(settings.model_copy(update={"limits": limits}), guidance)) as base:
        yield base


@pytest.mark.requirement("CH-066")
@pytest.mark.parametrize("path", ["/cds-services/sarcoma-patient-view", "/explain/sarcoma-patient-view"])
def test_too_many_resources(small: str, complete: Callable[..., Any], path: str) -> None:
    body = complete()
    body["prefetch"]["observations"]["entry"] = [{"resource": {"resourceType": CANARY}}] * 4
    check(requests.post(small + path, json=body, headers=ORIGIN, timeout=10), 413, "too-many-resources")


@pytest.mark.requirement("CH-066")
@pytest.mark.parametrize("path", TAKE_A_BODY)
def test_one_call_too_many(small: str, path: str) -> None:
    """While another one is under way, of which the body has not come yet."""
    parts = urlsplit(small)
    head = f"POST {_SERVICE} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n"
    deadline = time.monotonic() + 10
    while True:
        # Each time a new one: it is itself refused as long as the call before it is not quite over.
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as under_way:
            under_way.sendall(head.encode())
            time.sleep(0.05)
            answer = requests.post(small + path, json={CANARY: CANARY}, headers=ORIGIN, timeout=10)
        if answer.status_code == 503 or time.monotonic() > deadline:
            break
    check(answer, 503, "overloaded")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.requirement("CH-066", "CH-067")
@pytest.mark.parametrize("path", TAKE_A_BODY)
def test_without_the_database_nothing_is_answered_that_could_not_be_recorded(
    server: str, complete: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail(*_: object) -> None:
        raise StorageUnavailable("unreachable")

    monkeypatch.setattr(Storage, "record_call", fail)
    monkeypatch.setattr(Storage, "record_feedback", fail)
    item = {"card": str(uuid4()), "outcome": "overridden", "outcomeTimestamp": "2026-11-21T07:22:11Z"}
    hook = path.removesuffix("/feedback").partition("/sarcoma-")[2]
    body = {"feedback": [item]} if path.endswith("/feedback") else complete(hook)
    answer = requests.post(server + path, json=body, headers=ORIGIN, timeout=10)
    check(answer, 503, "database-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    refused = requests.post(server + path, json={}, headers=ORIGIN, timeout=10)
    check(refused, 400, "missing-field")


def test_the_database_is_waited_for_once(
    server: str, complete: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def fail(*_: object) -> None:
        tried.append(1)
        raise StorageUnavailable("busy")

    monkeypatch.setattr(Storage, "record_call", fail)
    answer = requests.post(server + "/cds-services/sarcoma-patient-view", json=complete(), headers=ORIGIN, timeout=10)
    check(answer, 503, "database-unavailable")
    assert len(tried) == 1
