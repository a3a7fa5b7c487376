"""Tokens of somebody who has no key of a client's (CH-132, 134, 135, 140; RFC 8725)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cds_hooks.authentication.ehr import (
    ALGORITHMS,
    URL,
    Door,
    b64,
    claims,
    client,
    compact,
    jwk,
    jwks,
    private_key,
    token,
)

JKU = "https://ehr.example.org/jwks"


def unsigned(header: dict[str, Any], signature: str = "") -> str:
    return f"{b64(json.dumps({'typ': 'JWT', 'kid': 'ES384'} | header))}.{b64(json.dumps(claims()))}.{signature}"


@pytest.mark.requirement("CH-134")
@pytest.mark.parametrize(
    "name", ["none", "None", "NONE", "nOnE", "none ", " none", "", None, [], ["none"], {}, 0, False]
)
def test_no_algorithm(door: Door, name: object) -> None:
    for signature in ("", "AA", token().rpartition(".")[2]):
        assert door.reason(unsigned({"alg": name}, signature)) == "algorithm"
    assert door.reason(f"{b64(json.dumps({'typ': 'JWT', 'kid': 'ES384'}))}.{b64(json.dumps(claims()))}.") == "algorithm"


@pytest.mark.requirement("CH-134")
@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512", "hs384"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_public_key_as_a_secret(door: Door, algorithm: str, name: str) -> None:
    public = private_key(algorithm, "ehr").public_key()
    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).strip(),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(jwk(private_key(algorithm, "ehr"), algorithm)).encode(),
        b"",
    ]
    signed = unsigned({"alg": name, "kid": algorithm}).rpartition(".")[0]
    for secret in secrets:
        kind = {"256": "sha256", "384": "sha384", "512": "sha512"}[name[2:]]
        mac = hmac.new(secret, signed.encode(), getattr(hashlib, kind)).digest()
        assert door.reason(f"{signed}.{b64(mac)}") == "algorithm"


@pytest.mark.requirement("CH-135")
@pytest.mark.parametrize("name", ["RS256", "RS512", "PS256", "PS384", "PS512", "ES256", "ES256K", "ES512", "EdDSA"])
def test_other_algorithms_even_with_the_right_key(door: Door, name: str) -> None:
    key = private_key("ES384" if name.startswith("E") else "RS384", "ehr")
    assert door.reason(unsigned({"alg": name}, token().rpartition(".")[2])) == "algorithm"
    if name[0] in "RP":
        assert door.reason(compact(*_texts(name), key, name)) == "algorithm"


def _texts(name: str, **header: Any) -> tuple[str, str]:
    return json.dumps({"alg": name, "typ": "JWT", "kid": "RS384"} | header), json.dumps(claims())


@pytest.mark.parametrize("name", ["es384", "ES384 ", "Es384", "RS384\0"])
def test_algorithms_are_named_to_the_letter(door: Door, name: str) -> None:
    assert door.reason(compact(*_texts(name, kid="ES384"), private_key("ES384", "ehr"), "ES384")) == "algorithm"


def test_the_key_must_fit_the_algorithm(door: Door) -> None:
    """Both ways round, whatever the key id says."""
    rsa, ec = private_key("RS384", "ehr"), private_key("ES384", "ehr")
    assert door.reason(compact(*_texts("RS384", kid="ES384"), rsa, "RS384")) == "key"
    assert door.reason(compact(*_texts("ES384", kid="RS384"), ec, "ES384")) == "key"
    assert door.reason(compact(*_texts("RS384", kid="RS384"), ec, "ES384")) == "signature"
    assert door.reason(compact(*_texts("ES384", kid="ES384"), rsa, "RS384")) == "signature"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_stranger_signs(door: Door, algorithm: str) -> None:
    assert door.reason(token(algorithm, owner="stranger")) == "signature"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_one_client_names_another_as_issuer(algorithm: str) -> None:
    """Key ids are of one client each, even where two clients use the same."""
    other = client("other", "https://other.example.org")
    door = Door(client(), other)
    assert door.reason(token(algorithm, owner="other")) == "signature"
    assert door.reason(token(algorithm, owner="ehr", iss=other.issuer)) == "signature"
    assert door.caller(token(algorithm, owner="other", iss=other.issuer)).client == other
    alone = client("alone", "https://alone.example.org", jwks={"keys": [jwk(private_key(algorithm, "alone"), "own")]})
    assert Door(client(), alone).reason(token(algorithm, owner="alone", header={"kid": "own"})) == "key"


@pytest.mark.parametrize(
    "kid",
    ["../../../../dev/null", "/dev/null", "' OR 1=1 --", "ES384\0", "es384", " ES384", "http://evil.example/k", "%2e"],
)
def test_key_ids_lead_nowhere(door: Door, kid: str) -> None:
    reason = door.reason(compact(*_texts("ES384", kid=kid), private_key("ES384", "ehr"), "ES384"))
    assert reason == ("header" if "\0" in kid else "key")


@pytest.mark.requirement("CH-140")
def test_keys_that_a_token_brings_along(door: Door) -> None:
    """They are neither trusted nor in the way."""
    brought = {
        "jwk": jwk(private_key("ES384", "stranger"), "ES384"),
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/certificate",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "x5t#S256": "AAAA",
    }
    assert door.reason(token(owner="stranger", header=brought)) == "signature"
    assert door.caller(token(header=brought)).name == "ehr"


@pytest.mark.requirement("CH-140")
@pytest.mark.parametrize(
    "jku",
    [
        "https://evil.example/jwks",
        JKU + "/",
        JKU + "?x",
        JKU + "#x",
        JKU.upper(),
        JKU.replace("https", "http"),
        JKU.replace("ehr.", "ehr.example.org@evil."),
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
        7,
        [JKU],
        {},
    ],
)
def test_a_jku_is_the_registered_one_or_none(jku: object) -> None:
    fetched: list[str | None] = []

    def fetch(one: Any) -> bytes:
        fetched.append(one.jku)
        return json.dumps(jwks()).encode()

    door = Door(client(jku=JKU), fetch=fetch)
    assert door.reason(token(header={"jku": jku})) == "jku"
    assert door.reason(token(owner="stranger", header={"jku": jku})) == "jku"
    assert fetched == []
    assert door.caller(token(header={"jku": JKU})).name == "ehr"
    assert door.caller(token(jti="2")).name == "ehr"
    assert fetched == [JKU]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "JWT {}",
        "{}",
        "Bearer: {}",
        "Bearer\t{}",
        '"Bearer {}"',
        "Token {}",
        "DPoP {}",
    ],
)
def test_other_headers(door: Door, authorization: str | None) -> None:
    assert door.reason_of(authorization and authorization.replace("{}", token())) == "no-token"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_the_scheme_in_any_case(door: Door, scheme: str) -> None:
    assert door.authenticator.authenticate(f"{scheme} {token()}", URL).name == "ehr"


@pytest.mark.parametrize(
    "shape",
    [
        "{0}.{1}",
        "{0}.{1}.",
        "{0}.{1}.{2}.",
        "{0}.{1}.{2}.{2}",
        ".{0}.{1}.{2}",
        "{0}..{2}",
        ".{1}.{2}",
        "{0}.{1}.{2}=",
        "{0}.{1}.{2}==",
        "{0}=.{1}.{2}",
        "{0}.{1}. {2}",
        "{0}.{1}.{2}, Bearer x",
        "{0}.{1}.{2}\n",
        "{0}.{1}.{2}A",
        "{0}.{1}.{2}\N{CYRILLIC SMALL LETTER A}",
        ".",
        "..",
        "...",
        "x",
        '{{"protected": "{0}", "payload": "{1}", "signature": "{2}"}}',
    ],
)
def test_other_shapes(door: Door, shape: str) -> None:
    assert door.reason(shape.format(*token().split("."))) == "malformed"


def test_a_token_has_one_spelling(door: Door) -> None:
    """The last character of an RSA signature has bits that mean nothing; decoders ignore them, and other characters."""
    good = token("RS384")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(good[-1])
    for bits in range(1, 4):
        assert door.reason(good[:-1] + alphabet[last ^ bits]) == "malformed"
    assert door.reason(good[:-4] + "+" + good[-4:]) == "malformed"
    assert door.reason(good[:-4] + "\n" + good[-4:]) == "malformed"


def test_large_tokens_are_not_even_decoded(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    just = token(more="x" * 11_000)
    assert 14_000 < len(just) <= 16_384
    assert door.caller(just).name == "ehr"
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("was decoded"))
    assert door.reason("a" * 16_385) == "too-long"
    assert door.reason("a." * 10_000_000) == "too-long"


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(ALGORITHMS), st.data())
def test_any_changed_byte_is_noticed(algorithm: str, data: st.DataObject) -> None:
    good = token(algorithm)
    place = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.characters(max_codepoint=255).filter(lambda one: one != good[place]))
    assert Door().reason(good[:place] + byte + good[place + 1 :]) in SOUNDLESS


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(ALGORITHMS), st.data())
def test_any_lost_or_added_byte_is_noticed(algorithm: str, data: st.DataObject) -> None:
    good = token(algorithm)
    place = data.draw(st.integers(1, len(good) - 1))
    assert Door().reason(good[:place] + good[place + 1 :]) in SOUNDLESS
    added = data.draw(st.characters(max_codepoint=255))
    assert Door().reason(good[:place] + added + good[place:]) in SOUNDLESS


SOUNDLESS = {"malformed", "algorithm", "header", "claims", "issuer", "key", "signature", "no-token"}
"""What may be wrong with a token whose signature does not hold: nothing that comes after the signature."""


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1"))))
def test_any_header_is_refused_in_the_same_way(text: str) -> None:
    Door().reason_of(text)
    Door().reason(text)


@settings(max_examples=80, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner)), st.data())
def test_any_value_anywhere_in_a_signed_token(value: object, data: st.DataObject) -> None:
    """The client's own key does not make the service fail either."""
    header: dict[str, Any] = {"alg": "ES384", "typ": "JWT", "kid": "ES384"}
    payload = claims(nbf=1, tenant="x")
    part = data.draw(st.sampled_from([header, payload]))
    part[data.draw(st.sampled_from(sorted(part)))] = value
    bearer = compact(json.dumps(header), json.dumps(payload), private_key("ES384", "ehr"), "ES384")
    door = Door()
    try:
        door.caller(bearer)
    except Exception:
        door.reason(bearer)


def test_the_library_would_agree() -> None:
    """Our tokens are what others make of them: the door is not open to a dialect of our own."""
    made = jwt.encode(claims(), private_key("ES384", "ehr"), "ES384", headers={"kid": "ES384"})
    assert Door().caller(made).name == "ehr"
    public = private_key("ES384", "ehr").public_key()
    options: Any = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(token(), public, ["ES384"], audience=URL, options=options) == claims()
