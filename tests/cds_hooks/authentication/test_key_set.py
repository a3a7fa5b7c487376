"""Key sets of clients (RFC 7517; CH-135, 141)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_hooks.authentication.key_set import KeySet, KeySetError
from cds_hooks.settings import SettingsError
from tests.cds_hooks.authentication.ehr import Door, client, jwk, jwks, private_key, token

EC, RSA = (jwk(private_key(one, "ehr"), one) for one in ("ES384", "RS384"))


def without(member: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in member.items() if name not in names}


@pytest.mark.parametrize(
    "member",
    [
        EC,
        without(EC, "use"),
        EC | {"alg": "ES384"},
        EC | {"key_ops": ["verify"]},
        EC | {"x5c": ["rubbish"], "x5t": 7, "unknown": {}},
        RSA | {"kid": "ES384", "n": RSA["n"]},
    ],
)
def test_keys_that_can_be_used(member: dict[str, Any]) -> None:
    found = KeySet.read({"keys": [member]})
    algorithm = "ES384" if member["kty"] == "EC" else "RS384"
    assert len(found.find(member["kid"], algorithm)) == 1
    assert found.find(member["kid"], "RS384" if algorithm == "ES384" else "ES384") == ()
    assert found.find("another", algorithm) == ()
    assert found == KeySet.read({"keys": [member]}).check()


def test_a_file_with_a_byte_order_mark() -> None:
    assert KeySet.read(json.dumps({"keys": [EC]}).encode("utf-8-sig")).check().keys


WRONG: list[Any] = [
    without(EC, "kid"),
    EC | {"kid": 7},
    EC | {"use": "enc"},
    EC | {"key_ops": ["encrypt", "wrapKey"]},
    EC | {"key_ops": []},
    EC | {"alg": "ES256"},
    EC | {"alg": "HS384"},
    EC | {"alg": None},
    EC | {"d": EC["x"]},
    RSA | {"p": "AA"},
    RSA | {"alg": "RS256"},
    RSA | {"n": "AQAB"},
    RSA | {"n": "!"},
    RSA | {"n": 7},
    RSA | {"e": "AA"},
    RSA | {"e": "AQ"},
    without(RSA, "n"),
    without(RSA, "e"),
    without(EC, "x"),
    without(EC, "crv"),
    without(EC, "kty"),
    EC | {"crv": "P-256"},
    EC | {"crv": "P-521"},
    EC | {"crv": "secp256k1"},
    EC | {"crv": ["P-384"]},
    EC | {"y": EC["x"]},
    EC | {"x": "AA"},
    EC | {"kty": "RSA"},
    EC | {"kty": "ec"},
    RSA | {"kty": "EC"},
    {"kty": "oct", "kid": "ES384", "k": "AAAA"},
    {"kty": "OKP", "crv": "Ed25519", "kid": "ES384", "x": "AAAA"},
    jwk(private_key("ES256", "ehr"), "ES384"),
    jwk(rsa.generate_private_key(65537, 1024), "RS384"),
    {},
    None,
    7,
    "key",
    [EC],
]


@pytest.mark.parametrize("member", WRONG, ids=lambda one: json.dumps(one)[:40])
def test_keys_that_cannot_be_used_are_passed_over(member: Any) -> None:
    alone = KeySet.read({"keys": [member]})
    assert not alone.keys
    with pytest.raises(KeySetError, match="P-384"):
        alone.check()
    # and the others of the set are as good as before
    assert KeySet.read({"keys": [member, EC, RSA]}).keys == KeySet.read({"keys": [EC, RSA]}).keys


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b"{}", b"7", b'{"keys": {}}', b'{"keys": null}', b"[" * 100_000, b"\xff", b"null"],
)
def test_what_is_no_key_set(content: bytes) -> None:
    with pytest.raises(KeySetError, match="is not"):
        KeySet.read(content)


def test_one_id_for_two_keys() -> None:
    """While a key is being replaced, both may stand there."""
    twice = {"keys": [jwk(private_key("ES384", owner), "same") for owner in ("old", "new")]}
    assert len(KeySet.read(twice).find("same", "ES384")) == 2
    door = Door(client(jwks=twice))
    for owner in ("old", "new"):
        assert door.caller(token(owner=owner, header={"kid": "same"}, jti=owner)).name == "ehr"
    assert door.reason(token(owner="stranger", header={"kid": "same"})) == "signature"


def test_only_so_many_keys_are_read() -> None:
    many = {"keys": [EC | {"kid": str(number)} for number in range(150)]}
    assert len(KeySet.read(many).keys) == 100


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_member_of_a_key(data: st.DataObject) -> None:
    base = data.draw(st.sampled_from([EC, RSA]))
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=4,
    )
    changed = base | {data.draw(st.sampled_from([*base, "alg", "key_ops", "k", "d"])): data.draw(anything)}
    for (kid, algorithm), keys in KeySet.read({"keys": [changed]}).keys.items():
        assert kid == changed["kid"]
        assert algorithm == ("ES384" if base is EC else "RS384")
        assert len(keys) == 1


@pytest.mark.requirement("CH-141")
@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, "the jwks of 'ehr' is not a JWK Set: an object with a list \"keys\""),
        ({"keys": []}, "the jwks of 'ehr' has no key that can be used: each needs a kid"),
        ({"keys": [without(EC, "kid")]}, "the jwks of 'ehr' has no key that can be used"),
        ({"keys": [EC | {"d": "AA"}]}, "the jwks of 'ehr' has no key that can be used"),
    ],
)
def test_faulty_settings_are_told_at_the_start(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Door(client("fine", "https://fine.example.org", jwks=jwks()), client(jwks=keys))
    assert str(raised.value).startswith(f"clients: {told}")
