"""The log says why; it says nothing that it was sent (CH-143, 144)."""

from __future__ import annotations

import logging

import pytest

from cds_hooks.authentication import REASONS
from cds_hooks.observability.log import JsonFormatter
from tests.cds_hooks.authentication.ehr import ISSUER, NOW, Door, claims, client, token

pytestmark = pytest.mark.requirement("CH-143", "CH-144")
CANARY = "Canary-4711"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize(
    ("bearer", "reason"),
    [
        ("", "no-token"),
        (CANARY * 2000, "too-long"),
        (CANARY, "malformed"),
        (token(header={"alg": CANARY}), "algorithm"),
        (token(header={"typ": CANARY}), "header"),
        (token(iss=[CANARY]), "claims"),
        (token(iss=f"https://{CANARY}.example"), "issuer"),
        (token(header={"jku": f"https://{CANARY}.example"}), "jku"),
        (token(header={"kid": CANARY}), "key"),
        (token(owner="stranger", jti=CANARY, tenant=CANARY, sub=CANARY), "signature"),
        (token(aud=f"https://{CANARY}.example", sub=CANARY), "audience"),
        (token(exp=NOW - 3600, iat=NOW - 3900, sub=CANARY), "expired"),
        (token(nbf=NOW + 3600, sub=CANARY), "not-yet"),
        (token(exp=NOW + 100_000, sub=CANARY), "lifetime"),
        (token(tenant=CANARY), "tenant"),
    ],
)
def test_every_refusal_is_told_to_the_log_alone(log: pytest.LogCaptureFixture, bearer: str, reason: str) -> None:
    keys = {"jku": "https://ehr.example.org/jwks"} if reason == "jku" else {}
    door = Door(client(tenants=("clinic",), **keys))
    assert door.reason(bearer) == reason
    (record,) = log.records
    registered = reason in ("jku", "key", "signature", "audience", "expired", "not-yet", "lifetime", "tenant")
    assert record.__dict__["fields"] == {"reason": reason} | ({"issuer": ISSUER} if registered else {})
    assert record.getMessage() == f"token refused: {REASONS[reason]}"
    line = JsonFormatter().format(record)
    assert f'"reason":"{reason}"' in line
    assert CANARY not in line + repr(record.__dict__)
    assert not any(part in line + repr(record.__dict__) for part in bearer.split(".") if part)


def test_a_token_that_is_accepted_is_not_logged(log: pytest.LogCaptureFixture) -> None:
    bearer = token()
    door = Door()
    caller = door.caller(bearer)
    assert log.records == []
    assert not any(part in repr(caller) for part in bearer.split("."))
    assert claims()["jti"] in repr(caller)
    assert door.reason(bearer) == "replayed"


def test_every_reason_is_in_the_table(door: Door) -> None:
    seen = {"keys-unavailable", "replayed"}  # in the tests of keys and of replay
    table = test_every_refusal_is_told_to_the_log_alone.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert seen | {reason for _, reason in table} == set(REASONS)
