"""JSON Web Key Sets (RFC 7517) of clients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from cds_hooks.json_text import read_json

ALGORITHMS = ("ES384", "RS384")
"""What is accepted, as CDS Hooks recommends; everything else is refused, symmetric algorithms and ``none`` first."""
_MIN_RSA_BITS = 2048
_MAX_KEYS = 100
_PRIVATE = frozenset({"d", "k", "p", "q"})

PublicKey = EllipticCurvePublicKey | RSAPublicKey


class KeySetError(ValueError):
    """What should be a JWK Set is none, or has no key that can be used; the message says which."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The usable public keys of a set, by key id and algorithm."""

    keys: Mapping[tuple[str, str], tuple[PublicKey, ...]]

    @classmethod
    def read(cls, content: bytes | Mapping[str, Any]) -> KeySet:
        """The set in a JSON text, or in what was parsed of one. Keys that cannot be used are passed over.

        Raises ``KeySetError`` for what is no set.
        """
        members = _members(content)
        found: dict[tuple[str, str], tuple[PublicKey, ...]] = {}
        for member in members[:_MAX_KEYS]:
            for name, key in _usable(member):
                found[name] = (*found.get(name, ()), key)
        return cls(found)

    def check(self) -> KeySet:
        """The set itself. Raises ``KeySetError`` when it has no key that can be used."""
        if not self.keys:
            raise KeySetError(
                "has no key that can be used: each needs a kid, and to be a public key of P-384 (for ES384) "
                f"or RSA of {_MIN_RSA_BITS} bits or more (for RS384), not marked for another use"
            )
        return self

    def find(self, key_id: str, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys with this id that fit the algorithm; sets with an id twice exist."""
        return self.keys.get((key_id, algorithm), ())


def _members(content: bytes | Mapping[str, Any]) -> list[Any]:
    try:
        parsed = read_json(content) if isinstance(content, bytes) else content
    except orjson.JSONDecodeError:
        raise KeySetError("is not JSON") from None
    members = parsed.get("keys") if isinstance(parsed, Mapping) else None
    if not isinstance(members, list | tuple):
        raise KeySetError('is not a JWK Set: an object with a list "keys"')
    return list(members)


def _usable(member: Any) -> Iterator[tuple[tuple[str, str], PublicKey]]:
    """The key of a member under its name, if it is one to verify signatures with."""
    if not isinstance(member, Mapping) or not isinstance(member.get("kid"), str) or _PRIVATE & member.keys():
        return
    operations = member.get("key_ops")
    if member.get("use", "sig") != "sig" or (isinstance(operations, list) and "verify" not in operations):
        return
    algorithm = {"EC": "ES384", "RSA": "RS384"}.get(str(member.get("kty")))
    if algorithm is None or member.get("alg", algorithm) != algorithm:
        return
    try:
        key = jwt.PyJWK(dict(member), algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return
    fits = (
        key.key_size >= _MIN_RSA_BITS
        if isinstance(key, RSAPublicKey)
        else isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP384R1)
    )
    if fits:
        yield (member["kid"], algorithm), key
