"""Tokens as the CDS Hooks sandbox makes them (CH-114, 136, 137).

The captures keep what the tokens say, not their signatures; they are signed here with a key of the test's, under the
sandbox's key id.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cds_hooks.authentication.ehr import Door, client, compact, jwk, private_key

FOLDER = Path(__file__).resolve().parents[4] / "shared/data/cds-hooks-samples/captured-sandbox"
CAPTURED = sorted(FOLDER.glob("*.json"))
ISSUER = "https://sandbox.cds-hooks.org"

pytestmark = pytest.mark.skipif(not CAPTURED, reason="the captured calls of the sandbox are not on this machine")


def signed_calls() -> list[dict[str, Any]]:
    calls = [json.loads(path.read_text(encoding="utf-8")) for path in CAPTURED]
    return [one for one in calls if one["jwt"]]


@pytest.mark.requirement("CH-114", "CH-136", "CH-137", "CH-141")
def test_tokens_of_the_sandbox_at_their_own_time() -> None:
    calls = signed_calls()
    assert {one["path"].rpartition("/")[2] for one in calls} >= {"cds-services", "feedback", "rec-order-sign"}
    key = private_key("ES384", "sandbox")
    public = {"keys": [jwk(key, calls[0]["jwt"]["header"]["kid"])]}
    now = [0.0]
    door = Door(client("sandbox", ISSUER, jwks=public), clock=lambda: now[0])
    for one in calls:
        header, payload = one["jwt"]["header"], one["jwt"]["payload"]
        assert payload["exp"] - payload["iat"] == 300
        bearer = compact(json.dumps(header), json.dumps(payload), key, "ES384")
        now[0] = payload["iat"] + 0.2
        assert door.reason(bearer, one["path"] + "/other") == "audience"
        caller = door.caller(bearer, one["path"])
        assert (caller.issuer, caller.token_id) == (ISSUER, payload["jti"])
        now[0] = payload["exp"] + 61
        assert door.reason(bearer, one["path"]) == "expired"
