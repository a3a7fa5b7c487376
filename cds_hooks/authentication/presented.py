"""What a token says, read strictly (RFC 7515, 7519): one form, no repeated names, every part of the right type."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_hooks.authentication.key_set import ALGORITHMS
from cds_hooks.authentication.refused import TokenRefused

_MAX_TOKEN = 16_384
_MAX_ID = 512
_MAX_TIME = 1e11
"""Seconds since 1970 that every calendar has: until the year 5138."""
_EXTENSIONS = frozenset({"crit", "b64"})
"""Extensions that must be understood (RFC 7515, 4.1.11) are not, and a JWT has no other payload (RFC 7797, 7)."""
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims that are used; times in seconds since 1970."""

    issuer: str
    audience: tuple[str, ...]
    expires: float
    issued: float
    begins: float
    token_id: str
    tenant: str | None


@dataclass(frozen=True, slots=True)
class Presented:
    """A token of the right form. Nothing in it is believed before `signature` over `signed` is verified."""

    algorithm: str
    key_id: str
    jku: object
    claims: Claims
    signed: bytes
    signature: bytes


def read_token(authorization: str | None) -> Presented:
    """The token in an `Authorization` header. Raises ``TokenRefused``."""
    token = _bearer(authorization)
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenRefused("malformed")
    header = _object(parts[0])
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("algorithm")
    # The type is a media type, and as such in any case.
    typ = header.get("typ")
    if not isinstance(typ, str) or typ.upper() != "JWT" or not _is_id(header.get("kid")) or _EXTENSIONS & header.keys():
        raise TokenRefused("header")
    return Presented(
        header["alg"],
        header["kid"],
        header.get("jku"),
        _claims(_object(parts[1])),
        token.rpartition(".")[0].encode(),
        _decoded(parts[2]),
    )


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("no-token")
    if len(token) > _MAX_TOKEN:
        raise TokenRefused("too-long")
    return token


def _object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(_decoded(segment).decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise TokenRefused("malformed") from None
    if not isinstance(value, dict):
        raise TokenRefused("malformed")
    return value


def _decoded(segment: str) -> bytes:
    """The bytes of base64url without padding. Only their one proper spelling is taken, so that a token has one, too."""
    if not _SEGMENT.fullmatch(segment) or len(segment) % 4 == 1:
        raise TokenRefused("malformed")
    decoded = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if urlsafe_b64encode(decoded).rstrip(b"=") != segment.encode():
        raise TokenRefused("malformed")
    return decoded


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ in which of two members of one name they believe."""
    found = dict(members)
    if len(found) != len(members):
        raise ValueError
    return found


def _no_number(_: str) -> None:
    """``NaN`` and ``Infinity`` are not JSON."""
    raise ValueError


def _claims(claims: Mapping[str, Any]) -> Claims:
    audience, tenant = claims.get("aud"), claims.get("tenant")
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
    named: list[Any] = audience if isinstance(audience, list) else [audience]
    ids = [claims.get("iss"), claims.get("jti"), *([] if tenant is None else [tenant])]
    if not all(map(_is_id, ids)) or not all(map(_is_time, times)) or not all(isinstance(one, str) for one in named):
        raise TokenRefused("claims")
    return Claims(claims["iss"], tuple(named), times[0], times[1], times[2], claims["jti"], tenant)


def _is_id(value: object) -> bool:
    """Text that can be stored anywhere: neither control characters nor half a character pair."""
    return isinstance(value, str) and 0 < len(value) <= _MAX_ID and value.isprintable()


def _is_time(value: object) -> bool:
    """Whether this is a NumericDate (RFC 7519, section 2)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MAX_TIME
