"""The layers around the application: prefix, https, request id, overload, and cross-origin headers on all of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from cds_hooks.errors import CallError, refusal
from cds_hooks.limits import Admission
from cds_hooks.middleware import layers
from cds_hooks.observability.log import JsonFormatter
from cds_hooks.observability.metrics import Metrics
from cds_hooks.settings import Settings

ORIGIN = "https://ehr.example.org"
_CLIENT = {
    "name": "ehr",
    "issuer": "https://ehr.example.org",
    "jku": "https://ehr.example.org/keys",
    "origins": [ORIGIN],
}
_STATUSES = {
    400: "bad-request",
    401: "unauthorized",
    408: "body-too-slow",
    412: "missing-data",
    500: "",
    503: "overloaded",
}


async def _answer(request: Request) -> Any:
    if request.method == "POST":
        await request.body()
        status = int(request.query_params.get("status", "200"))
        if status == 500:
            raise RuntimeError
        if status != 200:
            return refusal(CallError(status, _STATUSES[status], "words"))
    return JSONResponse({"path": request.url.path})


class _Service:
    """The layers around an application that answers with the path that it sees."""

    def __init__(self, **settings: Any) -> None:
        given = {"public_url": "https://cds.example.org/cds", "clients": [_CLIENT], "trusted_proxies": ["10.0.0.1"]}
        self.settings = Settings(**{**given, **settings})
        self.metrics = Metrics(["ehr"])
        self.admission = Admission(self.settings.limits, self.metrics.shed)
        self.app = Starlette(
            routes=[Route("/{path:path}", _answer, methods=["GET", "POST"])],
            middleware=layers(self.settings, self.metrics, self.admission, lambda: {"known"}),
        )

    def from_(self, address: str) -> _Client:
        """A client at this address, seen through uvicorn's reading of what proxies say."""
        outer: Any = ProxyHeadersMiddleware(self.app, list(self.settings.trusted_proxies))  # type: ignore[arg-type]
        return _Client(httpx.ASGITransport(outer, raise_app_exceptions=False, client=(address, 4711)))


class _Client:
    """Asks the application, without a server between."""

    def __init__(self, transport: httpx.ASGITransport) -> None:
        self._transport = transport

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, json: Any = None) -> httpx.Response:
        async def one() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://internal") as client:
                return await client.request(method, path, headers=headers, json=json)

        return anyio.run(one)

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.ask("GET", path, headers)

    def post(self, path: str, json: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.ask("POST", path, headers, json)


@pytest.fixture
def service() -> _Service:
    return _Service()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The lines of the log."""
    found: list[dict[str, Any]] = []

    class _Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonFormatter().format(record)))

    logger, handler = logging.getLogger("cds_hooks"), _Keep()
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.parametrize("path", ["/cds-services", "/cds/cds-services"])
def test_proxies_may_take_the_prefix_off_or_leave_it(service: _Service, path: str) -> None:
    assert service.from_("127.0.0.1").get(path).json() == {"path": "/cds-services"}


def test_what_only_looks_like_the_prefix_is_left_alone(service: _Service) -> None:
    assert service.from_("127.0.0.1").get("/cdsx/y").json() == {"path": "/cdsx/y"}


def test_without_a_prefix_nothing_is_taken_off() -> None:
    service = _Service(public_url="https://cds.example.org")
    assert service.from_("127.0.0.1").get("/cds/cds-services").json() == {"path": "/cds/cds-services"}


HTTPS, HTTP = {"x-forwarded-proto": "https", "x-forwarded-for": "10.9.9.9"}, {"x-forwarded-proto": "http"}


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.1", HTTPS, 200),
        ("10.0.0.1", HTTP, 403),
        ("10.0.0.1", {}, 403),
        ("10.0.0.1", {"x-forwarded-proto": "https, http"}, 403),
        ("10.0.0.2", {}, 403),
        ("10.0.0.2", HTTPS, 403),
        ("127.0.0.1", HTTPS, 403),
        ("127.0.0.1", {"forwarded": "for=10.9.9.9;proto=https"}, 403),
    ],
)
def test_production_answers_https_only(service: _Service, address: str, headers: dict[str, str], status: int) -> None:
    answer = service.from_(address).get("/cds-services", headers={"origin": ORIGIN, **headers})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    if status == 403:
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "https-required"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitoring_asks_without_tls(service: _Service, path: str) -> None:
    assert service.from_("10.0.0.9").get(path).status_code == 200


def test_the_demonstration_asks_for_no_https() -> None:
    assert _Service(demo=True, public_url="", clients=[]).from_("10.0.0.9").get("/cds-services").status_code == 200


@pytest.mark.parametrize("status", [200, *_STATUSES])
def test_every_answer_has_id_and_headers(service: _Service, lines: list[dict[str, Any]], status: int) -> None:
    given = "4f8c2a905b1e4c3d8e7f0123456789ab"
    headers = {"origin": ORIGIN, "x-request-id": given}
    answer = service.from_("127.0.0.1").post(f"/cds-services/known?status={status}", json={}, headers=headers)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-request-id"] == given
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert ("retry-after" in answer.headers) == (status == 503)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    line = lines[-1]
    code = _STATUSES.get(status) if status != 500 else "internal-error"
    assert (line["message"], line["kind"], line["service"], line["status"]) == ("call", "call", "known", status)
    assert (line["request_id"], line["received"], line.get("code")) == (given, 2, code)
    labels = f'client="none",code="{code or ""}",kind="call",service="known",status="{status}"'
    assert f"sarcoma_cds_calls_total{{{labels}}} 1.0" in service.metrics.render().decode().splitlines()


def test_every_line_about_a_request_has_its_id(service: _Service, lines: list[dict[str, Any]]) -> None:
    answer = service.from_("127.0.0.1").post("/cds-services/known?status=500", json={})
    assert [one["message"] for one in lines] == ["RuntimeError while answering", "call"]
    assert {one["request_id"] for one in lines} == {answer.headers["x-request-id"]}


def test_a_call_too_many_is_told_so_with_all_headers(service: _Service, lines: list[dict[str, Any]]) -> None:
    for _ in range(service.settings.limits.calls):
        service.admission.enter(0)
    client = service.from_("127.0.0.1")
    answer = client.post("/cds-services/made-up", json={}, headers={"origin": ORIGIN})
    assert answer.status_code == 503
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "overloaded"
    assert lines[-1]["code"] == "overloaded"
    assert "service" not in lines[-1]
    assert client.get("/healthz").status_code == 200
    assert client.get("/cds-services").status_code == 200
    metrics = service.metrics.render().decode()
    assert 'sarcoma_cds_shed_total{limit="calls"} 1.0' in metrics
    assert "made-up" not in metrics


def test_a_preflight_needs_no_room_and_no_https(service: _Service) -> None:
    for _ in range(service.settings.limits.calls):
        service.admission.enter(0)
    asked = {"origin": ORIGIN, "access-control-request-method": "POST"}
    answer = service.from_("10.0.0.1").ask("OPTIONS", "/cds-services/known", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_pages_are_logged_for_debugging_only(service: _Service, lines: list[dict[str, Any]]) -> None:
    client = service.from_("127.0.0.1")
    for path in ("/healthz", "/guidance", "/cds-services", "/what-is-this"):
        client.get(path)
    assert [(one["kind"], one["level"]) for one in lines] == [
        ("operations", "debug"), ("page", "debug"), ("discovery", "info"), ("other", "info"),
    ]  # fmt: skip


@pytest.mark.requirement("CH-007")
@pytest.mark.parametrize("path", ["/cds-services/", "/cds/cds-services/", "/cds-services//"])
def test_a_slash_at_the_end_changes_nothing(service: _Service, lines: list[dict[str, Any]], path: str) -> None:
    assert service.from_("127.0.0.1").get(path).json() == {"path": "/cds-services"}
    assert lines[-1]["kind"] == "discovery"


def test_the_root_stays_the_root(service: _Service) -> None:
    for path in ("/", "/cds/"):
        assert service.from_("127.0.0.1").get(path).json() == {"path": "/"}


@pytest.mark.parametrize("path", ["/cds-services", "/healthz"])
def test_head_is_answered_as_get_without_the_body(service: _Service, lines: list[dict[str, Any]], path: str) -> None:
    client = service.from_("127.0.0.1")
    got, headed = client.get(path), client.ask("HEAD", path)
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
    assert [one["method"] for one in lines] == ["GET", "HEAD"]
