"""Section O, from outside: discovery, calls and feedback of a registered client, and of everybody else."""

import json
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cds_hooks.app import create_app
from cds_hooks.services import Guidance
from cds_hooks.settings import ClientSettings, DatabaseSettings, LimitSettings, Settings
from cds_hooks.storage import Storage
from tests.cds_hooks.conformance.exchange import Exchange
from tests.cds_hooks.refusals import check

ISSUER, OLD_ISSUER = "https://ehr.example.org", "https://old-ehr.example.org"
PUBLIC = "https://cds.example.org/sarcoma"
ORIGIN = {"origin": "https://pages.ehr.example.org"}
KEYS: dict[str, Any] = {
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "RS384": rsa.generate_private_key(65537, 2048),
}
STRANGER = ec.generate_private_key(ec.SECP384R1())
DISCOVERY, CALL = "/cds-services", "/cds-services/sarcoma-patient-view"
FEEDBACK = f"{CALL}/feedback"


def _public(algorithm: str) -> dict[str, Any]:
    kind: Any = jwt.algorithms.get_default_algorithms()[algorithm]
    return {**kind.to_jwk(KEYS[algorithm].public_key(), as_dict=True), "kid": algorithm, "alg": algorithm, "use": "sig"}


def token(path: str, *, algorithm: str = "ES384", key: Any = None, header: Any = None, **changed: Any) -> str:
    """A sound token for one call; claims and header members can be changed, or left out with None."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": PUBLIC + path, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())} | changed
    head = {"kid": algorithm, "typ": "JWT"} | (header or {})
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        KEYS[algorithm] if key is None else key,
        algorithm=algorithm,
        headers={name: value for name, value in head.items() if value is not None},
    )


class Secured:
    """A service that a registered client may call, and its database."""

    def __init__(self, base: str, storage: Storage) -> None:
        self.base = base
        self.storage = storage

    def ask(self, path: str, bearer: str | None, body: Any = None, **headers: str) -> requests.Response:
        """GET discovery, POST the rest."""
        sent = headers | ({} if bearer is None else {"authorization": f"Bearer {bearer}"})
        if path == DISCOVERY:
            return requests.get(self.base + path, headers=sent, timeout=10)
        return requests.post(self.base + path, json=body or {}, headers=sent, timeout=10)


@pytest.fixture(scope="module")
def secured(
    serve: Callable[..., Any], guidance: Guidance, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Secured]:
    database = DatabaseSettings(url=f"sqlite:///{tmp_path_factory.mktemp('secured')}/service.db")
    ehr = ClientSettings(
        name="ehr",
        issuer=ISSUER,
        audiences=("https://hand-typed.example.org",),
        jwks={"keys": [_public("ES384"), _public("RS384")]},
        tenants=("clinic",),
        origins=(ORIGIN["origin"],),
    )
    old = ClientSettings(name="old", issuer=OLD_ISSUER, jwks={"keys": [_public("ES384")]}, cds_hooks_version="1.0")
    settings = Settings(
        clients=(ehr, old), public_url=PUBLIC, database=database, limits=LimitSettings(body_bytes=2_000_000)
    )
    with serve(create_app(settings, guidance)) as base:
        storage = Storage.open(database)
        yield Secured(base, storage)
        storage.close()


def sound(path: str, **changed: Any) -> str:
    """A sound token of the registered tenant."""
    return token(path, **({"tenant": "clinic"} | changed))


@pytest.mark.requirement("CH-019", "CH-066", "CH-131", "CH-114", "CH-143")
@pytest.mark.parametrize("path", [DISCOVERY, CALL, "/explain/sarcoma-patient-view", FEEDBACK])
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x.y.z", "Basic dXNlcjpwYXNz", "bearer a b"])
def test_without_a_token_nothing_is_told(secured: Secured, path: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = secured.ask(path, None, **headers, **ORIGIN)
    assert answer.headers["www-authenticate"] == "Bearer"
    check(answer, 401, "unauthorized", ORIGIN["origin"])
    assert answer.text == secured.ask(path, sound(path, exp=1)).text  # whatever the reason


@pytest.mark.requirement("CH-019", "CH-131", "CH-132", "CH-135", "CH-141")
@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_discovery_and_calls_with_a_token(
    secured: Secured, complete: Callable[..., Any], services: dict[str, Any], algorithm: str
) -> None:
    found = secured.ask(DISCOVERY, sound(DISCOVERY, algorithm=algorithm))
    assert found.status_code == 200
    assert {one["hook"]: one for one in found.json()["services"]} == services
    answer = secured.ask(CALL, sound(CALL, algorithm=algorithm), complete())
    assert answer.status_code == 200
    assert answer.json() == {"cards": []}


@pytest.mark.requirement("CH-114")
def test_feedback_is_authenticated_for_its_own_url(secured: Secured) -> None:
    item = {"card": str(uuid.uuid4()), "outcome": "overridden", "outcomeTimestamp": "2026-11-21T07:22:11Z"}
    assert secured.ask(FEEDBACK, sound(CALL), {"feedback": [item]}).status_code == 401
    assert secured.ask(FEEDBACK, sound(FEEDBACK), {"feedback": [item]}).status_code == 200


@pytest.mark.requirement("CH-136")
@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "jti"])
def test_claims_that_a_token_must_have(secured: Secured, claim: str) -> None:
    assert secured.ask(DISCOVERY, sound(DISCOVERY, **{claim: None})).status_code == 401
    now = int(time.time())
    more = {"nbf": now - 300, "sub": "client-id"}  # as one vendor sends
    assert secured.ask(DISCOVERY, sound(DISCOVERY, **more)).status_code == 200


@pytest.mark.requirement("CH-133")
@pytest.mark.parametrize(
    "header", [{"kid": None}, {"kid": ""}, {"kid": "another"}, {"kid": 7}, {"typ": None}, {"typ": "JOSE"}]
)
def test_header_that_a_token_must_have(secured: Secured, header: dict[str, Any]) -> None:
    whole = {"alg": "ES384", "typ": "JWT", "kid": "ES384"}
    assert secured.ask(DISCOVERY, _by_hand(whole, sound(DISCOVERY))).status_code == 200
    changed = {name: value for name, value in (whole | header).items() if value is not None}
    assert secured.ask(DISCOVERY, _by_hand(changed, sound(DISCOVERY))).status_code == 401


def _by_hand(header: dict[str, Any], bearer: str) -> str:
    """The same token with another header, signed anew."""
    head = jwt.utils.base64url_encode(json.dumps(header).encode()).decode()
    signed = f"{head}.{bearer.split('.')[1]}"
    kind: Any = jwt.algorithms.get_default_algorithms()["ES384"]
    signature = kind.sign(signed.encode(), KEYS["ES384"])
    return f"{signed}.{jwt.utils.base64url_encode(signature).decode()}"


@pytest.mark.requirement("CH-134")
@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384", "HS512", "ES256", "PS384", "RS256"])
def test_algorithms_that_are_refused(secured: Secured, algorithm: str) -> None:
    """With the public key as the secret of an HMAC, too."""
    payload = sound(DISCOVERY).split(".")[1]
    head = jwt.utils.base64url_encode(json.dumps({"alg": algorithm, "typ": "JWT", "kid": "ES384"}).encode()).decode()
    secret = json.dumps(_public("ES384")).encode()
    if algorithm.startswith("HS"):
        kind: Any = jwt.algorithms.get_default_algorithms()[algorithm]
        signature = jwt.utils.base64url_encode(kind.sign(f"{head}.{payload}".encode(), secret)).decode()
    else:
        signature = "" if algorithm.lower() == "none" else sound(DISCOVERY).split(".")[2]
    assert secured.ask(DISCOVERY, f"{head}.{payload}.{signature}").status_code == 401


@pytest.mark.requirement("CH-132")
def test_a_signature_of_somebody_else(secured: Secured) -> None:
    assert secured.ask(DISCOVERY, sound(DISCOVERY, key=STRANGER)).status_code == 401
    head, payload, signature = sound(DISCOVERY).split(".")
    other = sound(DISCOVERY).split(".")[1]
    assert secured.ask(DISCOVERY, f"{head}.{other}.{signature}").status_code == 401
    assert secured.ask(DISCOVERY, f"{head}.{payload}.").status_code == 401


@pytest.mark.requirement("CH-137")
@pytest.mark.parametrize(
    ("audience", "status"),
    [
        (f"{PUBLIC}{CALL}", 200),
        ([f"{PUBLIC}{CALL}", "https://other.example.org"], 200),
        ("https://hand-typed.example.org", 200),
        (f"{PUBLIC}{DISCOVERY}", 401),
        (PUBLIC, 401),
        ("https://evil.example.org/cds-services/sarcoma-patient-view", 401),
        ([], 401),
    ],
)
def test_the_audience_is_the_called_url(
    secured: Secured, complete: Callable[..., Any], audience: Any, status: int
) -> None:
    """Whatever the Host header says."""
    for host in (None, "evil.example.org"):
        headers = {} if host is None else {"host": host}
        assert secured.ask(CALL, sound(CALL, aud=audience), complete(), **headers).status_code == status


@pytest.mark.requirement("CH-138")
@pytest.mark.parametrize(
    ("issued", "expires", "status"),
    [(0, 300, 200), (-30, 3500, 200), (-600, -300, 401), (600, 900, 401), (0, 86_400, 401), (0, -1, 200)],
)
def test_lifetime_and_clock(secured: Secured, issued: int, expires: int, status: int) -> None:
    """The last one has expired a second ago, as a clock sees it that is a little fast."""
    now = int(time.time())
    bearer = sound(DISCOVERY, iat=now + issued - (5 if expires == -1 else 0), exp=now + expires)
    assert secured.ask(DISCOVERY, bearer).status_code == status


@pytest.mark.requirement("CH-139")
def test_a_token_is_used_once(secured: Secured) -> None:
    bearer = sound(DISCOVERY)
    assert [secured.ask(DISCOVERY, bearer).status_code for _ in range(3)] == [200, 401, 401]


@pytest.mark.requirement("CH-140")
@pytest.mark.parametrize("changed", [{"iss": "https://another.example.org"}, {"tenant": "another"}, {"tenant": None}])
def test_issuers_and_tenants_are_registered(secured: Secured, changed: dict[str, Any]) -> None:
    assert secured.ask(DISCOVERY, sound(DISCOVERY, **changed)).status_code == 401


@pytest.mark.requirement("CH-143", "CH-144", "CH-059")
def test_the_reason_is_logged_and_no_token_is(
    secured: Secured, complete: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = "Canary-Access-Token-4711"
    fhir = {
        "fhirServer": "https://fhir.ehr.example.org",
        "fhirAuthorization": {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/*.read",
            "subject": "cds",
        },
    }
    good, bad = sound(CALL), sound(CALL, exp=1)
    body = complete(**fhir)
    answered = [secured.ask(CALL, bearer, body) for bearer in (good, bad)]
    assert [one.status_code for one in answered] == [200, 401]
    logged = "\n".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
    assert "expired" in logged
    assert "expired" not in answered[1].text
    kept = "\n".join(map(repr, secured.storage.calls()))
    assert kept
    for secret in (access, good, bad, good.split(".")[2], bad.split(".")[1]):
        assert secret not in logged
        assert secret not in kept
        assert all(secret not in one.text for one in answered)


@pytest.mark.requirement("CH-146", "CH-147")
@pytest.mark.parametrize("path", [DISCOVERY, CALL, FEEDBACK])
def test_preflight_and_errors_of_browser_clients(secured: Secured, path: str) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    answer = requests.options(secured.base + path, headers=asked | ORIGIN, timeout=10)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN["origin"]
    other = requests.options(secured.base + path, headers=asked | {"origin": "https://evil.example"}, timeout=10)
    assert "access-control-allow-origin" not in other.headers
    for bearer, status in ((None, 401), (sound(path), 200 if path == DISCOVERY else 400)):
        answer = secured.ask(path, bearer, **ORIGIN)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == ORIGIN["origin"]


@pytest.mark.requirement("CH-001", "CH-066")
def test_what_a_proxy_did_not_receive_by_https_is_refused(secured: Secured) -> None:
    """Forwarded by a proxy that the settings do not name, and so perhaps by http."""
    answer = secured.ask(DISCOVERY, sound(DISCOVERY), **{"x-forwarded-for": "203.0.113.7"}, **ORIGIN)
    check(answer, 403, "https-required", ORIGIN["origin"])


@pytest.mark.requirement("CH-153")
def test_every_use_is_on_record(secured: Secured, complete: Callable[..., Any]) -> None:
    instance = str(uuid.uuid4())
    identifier = str(uuid.uuid4())
    assert secured.ask(CALL, sound(CALL, jti=identifier), complete(hookInstance=instance)).status_code == 200
    refused = complete(hookInstance=instance, prefetch={})
    assert secured.ask(CALL, sound(CALL), refused).status_code == 412
    records = [one for one in secured.storage.calls() if one.hook_instance == instance]
    assert [(one.status, one.code) for one in records] == [(200, None), (412, "missing-data")]
    first = records[0]
    assert (first.client, first.issuer, first.tenant) == ("ehr", ISSUER, "clinic")
    assert (first.user, first.patient, first.service, first.hook) == (
        "Practitioner/p1",
        "x1",
        "sarcoma-patient-view",
        "patient-view",
    )
    assert first.content_version


@pytest.mark.requirement("CH-015")
def test_a_client_of_1_0_is_answered_in_1_0(secured: Secured, exchanges: list[Exchange]) -> None:
    """Its discovery has no `version`, and its cards no member that 1.0 does not define."""
    for service in secured.ask(DISCOVERY, token(DISCOVERY, iss=OLD_ISSUER)).json()["services"]:
        assert set(service) == {"hook", "title", "description", "id", "prefetch"}
    exchange = next(one for one in exchanges if one.request["hook"] == "patient-view" and one.cards)
    cards = secured.ask(CALL, token(CALL, iss=OLD_ISSUER), exchange.request).json()["cards"]
    assert cards
    for card in cards:
        assert set(card) <= {
            "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "links", "extension",
        }  # fmt: skip
        assert set(card["source"]) <= {"label", "url", "icon"}
        assert card.get("selectionBehavior", "at-most-one") == "at-most-one"
    (record,) = [one for one in secured.storage.calls() if one.client == "old"]
    assert len(record.cards) == len(cards)
    assert all(one.uuid for one in record.cards)
