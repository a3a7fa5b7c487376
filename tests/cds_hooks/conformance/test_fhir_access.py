"""Section F, from outside: what was not sent is fetched from the FHIR server that the call names."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.cds_hooks.conformance.exchange import Exchange

Call = Callable[..., requests.Response]
TOKEN = "Canary-Access-Token-4711"
GRANT = {
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "cds-service",
}


class FhirServer:
    """A FHIR server of one patient: answers from a prefetch, and does for some types what it is told."""

    def __init__(self) -> None:
        self.records: dict[str, Any] = {}
        self.status: dict[str, int] = {}
        self.page_size = 1000
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer goes out in one piece

            def do_GET(self) -> None:
                kind = urlsplit(self.path).path.split("/")[2]
                server.asked.append((self.path, self.headers["authorization"]))
                status = server.status.get(kind, 200)
                body = json.dumps(server.answer(kind, self.path)) if status == 200 else "<html>no</html>"
                self.send_response(status)
                self.send_header("content-type", "application/fhir+json" if status == 200 else "text/html")
                if status == 302:
                    self.send_header("location", "http://169.254.169.254/latest/meta-data")
                self.send_header("content-length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._http.server_port}/fhir"

    def answer(self, kind: str, path: str) -> Any:
        """The Patient, or a page of a search."""
        value = self.records[kind]
        if kind == "Patient":
            return value
        found = value.get("entry", [])
        start = int(parse_qs(urlsplit(path).query).get("start", ["0"])[0])
        page = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
        shown = found[start : start + self.page_size]
        if shown:
            page["entry"] = shown
        if start + self.page_size < len(found):
            page["link"] = [{"relation": "next", "url": f"{self.base}/{kind}?start={start + self.page_size}"}]
        return page

    def types(self) -> list[str]:
        """The resource types that were asked for."""
        return [urlsplit(path).path.split("/")[2] for path, _ in self.asked]

    def close(self) -> None:
        """Stops it."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)


@pytest.fixture
def fhir(exchange: Exchange, services: dict[str, Any]) -> Iterator[FhirServer]:
    server = FhirServer()
    templates = services[exchange.request["hook"]]["prefetch"]
    for key, query in templates.items():
        server.records[query.replace("/", "?").split("?")[0]] = exchange.request["prefetch"][key]
    yield server
    server.close()


@pytest.fixture(scope="module")
def exchange(exchanges: list[Exchange]) -> Exchange:
    """A patient whose records are of many types."""
    return next(one for one in exchanges if one.name.startswith("recurrent-after-metastasectomy"))


def _calling(exchange: Exchange, fhir: FhirServer, *sent: str, **grant: Any) -> dict[str, Any]:
    """Only these keys of prefetch, and access to the server; a member of the grant that is None is left out."""
    prefetch = {key: exchange.request["prefetch"][key] for key in sent}
    granted = {name: value for name, value in (GRANT | grant).items() if value is not None}
    return exchange.request | {"prefetch": prefetch, "fhirServer": fhir.base, "fhirAuthorization": granted}


@pytest.mark.requirement("CH-046", "CH-050", "CH-055")
@pytest.mark.parametrize("sent", [(), ("patient", "conditions"), ("observations",)])
def test_what_was_not_sent_is_fetched_with_the_same_result(
    call: Call, exchange: Exchange, fhir: FhirServer, services: dict[str, Any], sent: tuple[str, ...]
) -> None:
    assert exchange.cards
    assert call(_calling(exchange, fhir, *sent)).json() == exchange.response
    templates = services["patient-view"]["prefetch"]
    rest = {query.replace("/", "?").split("?")[0] for key, query in templates.items() if key not in sent}
    assert set(fhir.types()) == rest


@pytest.mark.requirement("CH-044", "CH-046")
def test_what_was_sent_is_not_asked_for(call: Call, exchange: Exchange, fhir: FhirServer) -> None:
    """Null included: the client has searched."""
    body = _calling(exchange, fhir, *exchange.request["prefetch"])
    body["prefetch"] |= {"imagingStudies": None}
    assert call(body).status_code == 200
    assert fhir.asked == []


@pytest.mark.requirement("CH-057")
def test_the_access_token_goes_with_each_request(call: Call, exchange: Exchange, fhir: FhirServer) -> None:
    assert call(_calling(exchange, fhir)).status_code == 200
    assert fhir.asked
    assert {authorization for _, authorization in fhir.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.requirement("CH-059")
def test_the_access_token_is_not_used_for_another_call(call: Call, exchange: Exchange, fhir: FhirServer) -> None:
    call(_calling(exchange, fhir))
    fhir.asked.clear()
    body = _calling(exchange, fhir)
    del body["fhirAuthorization"]  # the demonstration asks open servers, too
    call(body)
    assert fhir.asked
    assert {authorization for _, authorization in fhir.asked} == {None}


@pytest.mark.requirement("CH-034", "CH-056")
def test_a_token_without_a_server_is_refused(call: Call, exchange: Exchange, fhir: FhirServer) -> None:
    body = _calling(exchange, fhir)
    del body["fhirServer"]
    answer = call(body)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == ["fhirServer"]
    assert TOKEN not in answer.text
    assert fhir.asked == []


@pytest.mark.requirement("CH-058")
@pytest.mark.parametrize("member", ["access_token", "token_type", "expires_in", "scope", "subject"])
@pytest.mark.parametrize("value", [None, "", ["x"], {}])
def test_members_of_the_authorization(
    call: Call, exchange: Exchange, fhir: FhirServer, member: str, value: Any
) -> None:
    answer = call(_calling(exchange, fhir, **{member: value}))
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["expression"] == [f"fhirAuthorization.{member}"]
    assert TOKEN not in answer.text
    assert fhir.asked == []


@pytest.mark.requirement("CH-058", "CH-061")
@pytest.mark.parametrize(
    ("patient", "status"), [(None, 200), ("own", 200), ("Patient/own", 200), ("somebody-else", 403)]
)
def test_the_patient_of_the_token(
    call: Call, exchange: Exchange, fhir: FhirServer, patient: str | None, status: int
) -> None:
    own = exchange.request["context"]["patientId"]
    answer = call(_calling(exchange, fhir, patient=patient and patient.replace("own", own)))
    assert answer.status_code == status
    assert bool(fhir.asked) is (status == 200)


@pytest.mark.requirement("CH-060")
@pytest.mark.parametrize("way", ["patient/{}.read", "patient/{}.rs", "user/{}.cruds", "system/{}.*"])
def test_only_what_the_scopes_cover_is_asked_for(call: Call, exchange: Exchange, fhir: FhirServer, way: str) -> None:
    covered = ("Patient", "Condition", "Observation")
    scope = " ".join(["launch", "openid", *(way.format(kind) for kind in covered), "patient/Procedure.write"])
    explained = call(_calling(exchange, fhir, scope=scope), explain=True).json()
    assert set(fhir.types()) == set(covered)
    assert "Procedure" in explained["unread"]
    assert not set(covered) & set(explained["unread"])


@pytest.mark.requirement("CH-060")
@pytest.mark.parametrize("seconds", [0, -1])
def test_an_expired_token_is_refused(call: Call, exchange: Exchange, fhir: FhirServer, seconds: int) -> None:
    assert call(_calling(exchange, fhir, expires_in=seconds)).status_code == 400
    assert fhir.asked == []


@pytest.mark.requirement("CH-063")
@pytest.mark.parametrize("status", [302, 401, 403, 404, 410, 429, 500, 503])
def test_a_failing_server_makes_the_facts_of_that_key_unknown(
    call: Call, exchange: Exchange, fhir: FhirServer, status: int
) -> None:
    fhir.status["Procedure"] = status
    answer = call(_calling(exchange, fhir), explain=True)
    assert answer.status_code == 200
    explained = answer.json()
    assert explained["unread"] == ["Procedure"]
    assert explained["cards"]
    for card in explained["cards"]:
        assert "Not everything could be read from the record:** procedures" in card["detail"]
    assert "<html>" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.requirement("CH-053", "CH-054", "CH-063")
@pytest.mark.parametrize("status", [401, 403, 500])
def test_required_data_that_cannot_be_fetched_is_412(
    call: Call, exchange: Exchange, fhir: FhirServer, status: int
) -> None:
    fhir.status["Condition"] = status
    answer = call(_calling(exchange, fhir))
    assert answer.status_code == 412
    assert answer.json()["issue"][0]["expression"] == ["prefetch.conditions"]
    assert TOKEN not in answer.text
    assert fhir.base not in answer.text


@pytest.mark.requirement("CH-049")
def test_further_pages_are_followed(call: Call, exchange: Exchange, fhir: FhirServer) -> None:
    fhir.page_size = 25
    assert call(_calling(exchange, fhir)).json() == exchange.response
    pages = [path for path, _ in fhir.asked if "start=" in path]
    assert pages
    assert {authorization for _, authorization in fhir.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.requirement("CH-049", "CH-062")
@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://127.0.0.1:1/fhir/Observation?start=1"])
def test_pages_elsewhere_are_not_followed(call: Call, exchange: Exchange, fhir: FhirServer, url: str) -> None:
    fhir.records["Observation"] = exchange.request["prefetch"]["observations"]
    body = _calling(exchange, fhir, *exchange.request["prefetch"])
    first = {**body["prefetch"]["observations"], "link": [{"relation": "next", "url": url}]}
    fhir.status["Observation"] = 500
    explained = call(body | {"prefetch": body["prefetch"] | {"observations": first}}, explain=True).json()
    assert explained["unread"] == ["Observation"]
    assert all("/fhir/Observation?" in path and "start=1" not in path for path, _ in fhir.asked)


@pytest.mark.requirement("CH-062", "CH-035")
@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://169.254.169.254/latest/meta-data", 412),
        ("https://fhir.somewhere.example/r4", 412),
        ("http://10.0.0.7/fhir", 412),
        ("file:///etc/passwd", 400),
        ("gopher://127.0.0.1/", 400),
        ("https://user:pass@fhir.example.org/", 400),
        ("https://fhir.example.org/?x=1", 400),
        ("//fhir.example.org", 400),
        ("", 400),
    ],
)
def test_servers_that_nobody_registered_are_not_asked(
    call: Call, exchange: Exchange, fhir: FhirServer, url: str, status: int
) -> None:
    """The demonstration asks servers on its own machine and no others."""
    answer = call(_calling(exchange, fhir) | {"fhirServer": url})
    assert answer.status_code == status
    assert fhir.asked == []
