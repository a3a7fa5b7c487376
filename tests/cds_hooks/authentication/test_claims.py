"""What a token must say, each claim missing, of a wrong type, and at its limits (CH-133, 136, 137, 138, 140)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cds_hooks.authentication.ehr import (
    ALGORITHMS,
    ISSUER,
    LIFETIME,
    NOW,
    SKEW,
    URL,
    Door,
    Remembered,
    claims,
    client,
    compact,
    private_key,
    token,
)

TEXTS = ("x" * 513, "a\0b", "a\nb", "\ud800")
AUDIENCES: tuple[Any, ...] = (7, 1.5, True, {}, {"x": URL}, [7], [URL, 7], [[URL]])
TIMES: tuple[Any, ...] = ("", str(NOW), True, False, [], {}, [NOW], -1, 1e11, 10**400)
STRANGE: tuple[Any, ...] = (None, "", 7, 1.5, True, [], {}, ["x"], {"x": "y"})


@pytest.mark.requirement("CH-132", "CH-135")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_sound_token_tells_who_calls(door: Door, algorithm: str) -> None:
    caller = door.caller(token(algorithm, tenant="clinic", sub="4711", nbf=NOW - 300))
    assert caller.client == client()
    assert (caller.name, caller.issuer, caller.tenant, caller.token_id) == ("ehr", ISSUER, "clinic", "0b54ab8f")
    assert door.reasons == []


def test_a_sound_token_may_lack_a_tenant(door: Door) -> None:
    assert door.caller(token()).tenant is None
    explicit = compact(*_texts({"tenant": None, "jti": "another"}), private_key("ES384", "ehr"), "ES384")
    assert door.caller(explicit).tenant is None


def _texts(changed: dict[str, Any]) -> tuple[str, str]:
    return json.dumps({"alg": "ES384", "kid": "ES384", "typ": "JWT"}), json.dumps(claims() | changed)


@pytest.mark.requirement("CH-136")
@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "jti"])
def test_claims_that_are_required(door: Door, name: str) -> None:
    missing: dict[str, Any] = {name: None}
    assert door.reason(token(**missing)) == "claims"


@pytest.mark.requirement("CH-136")
@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name in ("iss", "jti", "tenant") for value in (*STRANGE[1:], *TEXTS)]
    + [(name, None) for name in ("iss", "jti", "aud", "exp", "iat", "nbf")]
    + [("aud", value) for value in AUDIENCES]
    + [(name, value) for name in ("exp", "iat", "nbf") for value in TIMES],
    ids=lambda value: repr(value)[:20],
)
def test_claims_of_the_wrong_type(door: Door, name: str, value: object) -> None:
    bearer = compact(*_texts({name: value}), private_key("ES384", "ehr"), "ES384")
    assert door.reason(bearer) == "claims"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1" * 5000, "0x1", "01"])
def test_numbers_that_json_does_not_have(door: Door, number: str) -> None:
    head, payload = _texts({})
    bearer = compact(head, payload.replace(str(NOW + 300), number), private_key("ES384", "ehr"), "ES384")
    assert door.reason(bearer) == "malformed"


@pytest.mark.parametrize("number", ["1e999", "1e11"])
def test_times_beyond_all_calendars(door: Door, number: str) -> None:
    head, payload = _texts({})
    bearer = compact(head, payload.replace(str(NOW + 300), number), private_key("ES384", "ehr"), "ES384")
    assert door.reason(bearer) == "claims"


@pytest.mark.requirement("CH-136")
def test_times_may_have_fractions(door: Door) -> None:
    assert door.caller(token(iat=NOW - 0.25, exp=NOW + 299.75, nbf=NOW - 0.5)).name == "ehr"


@pytest.mark.parametrize(
    "payload", ["[]", '"x"', "7", "null", "", "{", '{"iss": "x"}}', "\ufeff{}", b"\xff{}", "[" * 9000]
)
def test_a_payload_that_is_no_object(door: Door, payload: str | bytes) -> None:
    bearer = compact(_texts({})[0], payload, private_key("ES384", "ehr"), "ES384")
    assert door.reason(bearer) == "malformed"


@pytest.mark.parametrize("part", [0, 1])
def test_repeated_names(door: Door, part: int) -> None:
    """Even where both say the same: readers on the way may have believed either."""
    texts = list(_texts({}))
    for name in json.loads(texts[part]):
        doubled = texts.copy()
        doubled[part] = texts[part].replace("{", f'{{"{name}": "https://other.example.org", ', 1)
        assert door.reason(compact(doubled[0], doubled[1], private_key("ES384", "ehr"), "ES384")) == "malformed"
    nested = texts.copy()
    nested[part] = texts[part].replace("{", '{"extra": {"a": 1, "a": 1}, ', 1)
    assert door.reason(compact(nested[0], nested[1], private_key("ES384", "ehr"), "ES384")) == "malformed"


@pytest.mark.requirement("CH-133")
@pytest.mark.parametrize(
    "header",
    [{"kid": value} for value in (*STRANGE, "x" * 513, "a\nb")]
    + [{"typ": value} for value in (*STRANGE, "JOSE", "at+jwt", "JWTX", "JW")]
    + [{"crit": value} for value in ([], ["exp"], ["b64"], "exp")]
    + [{"b64": False, "crit": ["b64"]}, {"b64": False}, {"b64": True}],
    ids=repr,
)
def test_headers_that_are_refused(door: Door, header: dict[str, Any]) -> None:
    head = json.dumps({"alg": "ES384", "kid": "ES384", "typ": "JWT"} | header)
    assert door.reason(compact(head, json.dumps(claims()), private_key("ES384", "ehr"), "ES384")) == "header"
    name = next(iter(header))
    if name in ("kid", "typ"):
        assert door.reason(token(header={name: None})) == "header"


@pytest.mark.parametrize("typ", ["JWT", "jwt", "Jwt"])
def test_the_type_in_any_case(door: Door, typ: str) -> None:
    assert door.caller(token(header={"typ": typ})).name == "ehr"


@pytest.mark.requirement("CH-138")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iat": NOW - 300 - SKEW, "exp": NOW - SKEW + 1}, None),
        ({"iat": NOW - 300 - SKEW, "exp": NOW - SKEW}, "expired"),
        ({"iat": NOW - 300, "exp": NOW - 86_400}, "expired"),
        ({"exp": 0, "iat": 0}, "expired"),
        ({"iat": NOW + SKEW, "exp": NOW + SKEW + 300}, None),
        ({"iat": NOW + SKEW + 1, "exp": NOW + SKEW + 300}, "not-yet"),
        ({"nbf": NOW + SKEW}, None),
        ({"nbf": NOW + SKEW + 1}, "not-yet"),
        ({"nbf": 0}, None),
        ({"exp": NOW + LIFETIME}, None),
        ({"exp": NOW + LIFETIME + 1}, "lifetime"),
        ({"exp": NOW + 1, "iat": NOW - LIFETIME}, "lifetime"),
        ({"exp": NOW}, "lifetime"),
        ({"exp": NOW - 1}, "lifetime"),
        ({"exp": 99_999_999_999}, "lifetime"),
        ({"iat": 0}, "lifetime"),
    ],
)
def test_time(door: Door, changed: dict[str, Any], reason: str | None) -> None:
    if reason is None:
        assert door.caller(token(**changed)).name == "ehr"
    else:
        assert door.reason(token(**changed)) == reason


def test_skew_and_lifetime_are_settings() -> None:
    strict = Door(clock_skew_seconds=0, max_lifetime_seconds=60)
    assert strict.reason(token(exp=NOW + 61)) == "lifetime"
    assert strict.reason(token(iat=NOW - 60, exp=NOW)) == "expired"
    assert strict.reason(token(iat=NOW + 1, exp=NOW + 2)) == "not-yet"
    assert strict.caller(token(exp=NOW + 60)).name == "ehr"


@pytest.mark.requirement("CH-139")
def test_a_token_is_remembered_for_as_long_as_it_could_be_used(door: Door) -> None:
    door.caller(token())
    assert isinstance(door.seen, Remembered)
    ((name, until),) = door.seen.seen.items()
    assert name == (ISSUER, "0b54ab8f")
    assert NOW + 300 + SKEW < until.timestamp() <= NOW + 300 + SKEW + 1


@pytest.mark.requirement("CH-140")
@pytest.mark.parametrize(
    ("tenant", "known"), [("one", True), ("two", True), ("One", False), ("three", False), ("", False), (None, False)]
)
def test_tenants_are_registered(tenant: str | None, known: bool) -> None:
    door = Door(client(tenants=("one", "two")))
    if known:
        assert door.caller(token(tenant=tenant)).tenant == tenant
    else:
        assert door.reason(token(tenant=tenant)) == ("tenant" if tenant != "" else "claims")


@pytest.mark.requirement("CH-140")
@pytest.mark.parametrize(
    "issuer", ["https://ehr.example.org/", "HTTPS://ehr.example.org", "https://ehr.example.org.evil"]
)
def test_issuers_are_registered_to_the_letter(door: Door, issuer: str) -> None:
    assert door.reason(token(iss=issuer)) == "issuer"
