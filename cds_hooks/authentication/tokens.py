"""Verifying the tokens of CDS clients (CDS Hooks 2.0, Trusting CDS Clients; RFC 7515, 7519, 8725)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt
import orjson
from jwt.api_jws import PyJWS

from cds_hooks.authentication.audience import is_for
from cds_hooks.authentication.caller import Caller
from cds_hooks.authentication.client_keys import ClientKeys, FetchKeys, KeysUnavailable, keys_of
from cds_hooks.authentication.key_set import ALGORITHMS
from cds_hooks.authentication.refused import TokenRefused
from cds_hooks.errors import CallError
from cds_hooks.observability.log import field_extra
from cds_hooks.settings import AuthenticationSettings, ClientSettings
from cds_hooks.storage.errors import StorageUnavailable

_LOG = logging.getLogger(__name__)
_MAX_LENGTH = 16_384
_MAX_ID = 512
_JWS = PyJWS(algorithms=list(ALGORITHMS))


class SeenTokens(Protocol):
    """Remembers tokens, for all worker processes together."""

    def first_use(self, issuer: str, token_id: str, expires: datetime) -> bool:
        """Whether the token is used for the first time. Raises ``StorageUnavailable``."""


@dataclass(frozen=True, slots=True)
class _Registered:
    client: ClientSettings
    keys: ClientKeys


class TokenAuthenticator:
    """Verifies tokens against the registered clients; used by several threads at once.

    `refused` is told the reason of every refusal, a key of ``REASONS``. Raises ``SettingsError`` for a client whose
    keys cannot be used.
    """

    def __init__(
        self,
        clients: Sequence[ClientSettings],
        settings: AuthenticationSettings,
        seen: SeenTokens,
        fetch_keys: FetchKeys,
        refused: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._seen = seen
        self._refused = refused
        self._clock = clock
        self._registered = {one.issuer: _Registered(one, keys_of(one, settings, fetch_keys)) for one in clients}

    def authenticate(self, authorization: str | None, url: str) -> Caller:
        """The caller whose token this is.

        Raises ``CallError`` 401, the same whatever is wrong, and 503 while the database that remembers tokens is away.
        """
        try:
            return self._verified(authorization, url)
        except TokenRefused as error:
            self._refused(error.reason)
            _LOG.info("token refused: %s", error, extra=field_extra(reason=error.reason))
            raise CallError(401, "unauthorized", "send a valid token of a registered client") from None
        except StorageUnavailable as error:
            raise CallError(
                503, "database-unavailable", "tokens that were used cannot be looked up now; try again later"
            ) from error

    def _verified(self, authorization: str | None, url: str) -> Caller:
        token = _bearer(authorization)
        header, claims = _parsed(token)
        registered = self._registered.get(claims["iss"])
        if registered is None:
            raise TokenRefused("issuer")
        client = registered.client
        if client.jku is not None and header.get("jku", client.jku) != client.jku:
            raise TokenRefused("jku")
        try:
            keys = registered.keys.find(header["kid"], header["alg"])
        except KeysUnavailable:
            raise TokenRefused("keys-unavailable") from None
        if not keys:
            raise TokenRefused("key")
        if not any(_is_signed(token, key, header["alg"]) for key in keys):
            raise TokenRefused("signature")
        if not is_for(claims["aud"], url, client.audiences):
            raise TokenRefused("audience")
        self._check_time(claims)
        tenant = claims.get("tenant")
        if client.tenants and tenant not in client.tenants:
            raise TokenRefused("tenant")
        self._check_first_use(claims)
        return Caller(client, client.issuer, tenant if isinstance(tenant, str) else None, claims["jti"])

    def _check_time(self, claims: dict[str, Any]) -> None:
        now, skew = self._clock(), self._settings.clock_skew_seconds
        expires, issued, begins = claims["exp"], claims["iat"], claims.get("nbf", 0)
        if now >= expires + skew:
            raise TokenRefused("expired")
        if issued > now + skew or begins > now + skew:
            raise TokenRefused("not-yet")
        # A token issued long before its time begins is no reason to remember it for longer.
        if (
            expires - issued > self._settings.max_lifetime_seconds
            or expires - now > self._settings.max_lifetime_seconds + skew
        ):
            raise TokenRefused("lifetime")

    def _check_first_use(self, claims: dict[str, Any]) -> None:
        forgotten = datetime.fromtimestamp(claims["exp"] + self._settings.clock_skew_seconds + 1, UTC)
        if not self._seen.first_use(claims["iss"], claims["jti"], forgotten):
            raise TokenRefused("replayed")


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("no-token")
    if len(token) > _MAX_LENGTH:
        raise TokenRefused("too-long")
    return token


def _parsed(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token, of the right form; nothing is believed of them yet."""
    try:
        parts = _JWS.decode_complete(token, options={"verify_signature": False})
        claims = orjson.loads(parts["payload"])
    except (jwt.PyJWTError, orjson.JSONDecodeError, ValueError, RecursionError):
        raise TokenRefused("malformed") from None
    header = parts["header"]
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("algorithm")
    typ = header.get("typ")
    if not isinstance(typ, str) or typ.upper() != "JWT" or not _is_id(header.get("kid")) or "crit" in header:
        raise TokenRefused("header")
    if not isinstance(claims, dict) or not _has_claims(claims):
        raise TokenRefused("claims")
    return header, claims


def _has_claims(claims: dict[str, Any]) -> bool:
    audience = claims.get("aud")
    return (
        _is_id(claims.get("iss"))
        and _is_id(claims.get("jti"))
        and (
            isinstance(audience, str) or (isinstance(audience, list) and all(isinstance(one, str) for one in audience))
        )
        and _is_time(claims.get("exp"))
        and _is_time(claims.get("iat"))
        and _is_time(claims.get("nbf", 0))
    )


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_ID


def _is_time(value: object) -> bool:
    """A NumericDate (RFC 7519, section 2) in years that a calendar has."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11


def _is_signed(token: str, key: Any, algorithm: str) -> bool:
    try:
        _JWS.decode_complete(token, key, algorithms=[algorithm])
    except jwt.PyJWTError:
        return False
    return True
