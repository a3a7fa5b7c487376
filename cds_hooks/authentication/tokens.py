"""Verifying the tokens of CDS clients (CDS Hooks 2.0, Trusting CDS Clients; RFC 7515, 7519, 8725)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from cds_hooks.authentication.audience import is_for
from cds_hooks.authentication.caller import Caller
from cds_hooks.authentication.client_keys import ClientKeys, FetchKeys, KeysUnavailable, keys_of
from cds_hooks.authentication.key_set import ALGORITHMS
from cds_hooks.authentication.presented import Claims, Presented, read_token
from cds_hooks.authentication.refused import TokenRefused
from cds_hooks.errors import CallError
from cds_hooks.observability.log import field_extra
from cds_hooks.settings import AuthenticationSettings, ClientSettings
from cds_hooks.storage.errors import StorageUnavailable

_LOG = logging.getLogger(__name__)
_ALGORITHMS: dict[str, Any] = {name: jwt.get_algorithm_by_name(name) for name in ALGORITHMS}


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

    `refused` is told the reason of every refusal, a key of ``REASONS``; `clock` tells the seconds since 1970. Raises
    ``SettingsError`` for a client whose keys cannot be used.
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
        registered = None
        try:
            token = read_token(authorization)
            registered = self._registered.get(token.claims.issuer)
            if registered is None:
                raise TokenRefused("issuer")
            return self._verified(token, registered, url)
        except TokenRefused as error:
            self._refused(error.reason)
            issuer = registered.client.issuer if registered is not None else None
            _LOG.info("token refused: %s", error, extra=field_extra(reason=error.reason, issuer=issuer))
            raise CallError(401, "unauthorized", "send a valid token of a registered client") from None
        except StorageUnavailable as error:
            raise CallError(
                503, "database-unavailable", "tokens that were used cannot be looked up now; try again later"
            ) from error

    def _verified(self, token: Presented, registered: _Registered, url: str) -> Caller:
        client, claims = registered.client, token.claims
        _check_signature(token, registered)
        if not is_for(claims.audience, url, client.audiences):
            raise TokenRefused("audience")
        self._check_time(claims)
        if client.tenants and claims.tenant not in client.tenants:
            raise TokenRefused("tenant")
        # Last, so that only a token that was good for this very call counts as used.
        forgotten = datetime.fromtimestamp(claims.expires + self._settings.clock_skew_seconds + 1, UTC)
        if not self._seen.first_use(claims.issuer, claims.token_id, forgotten):
            raise TokenRefused("replayed")
        return Caller(client, client.issuer, claims.tenant, claims.token_id)

    def _check_time(self, claims: Claims) -> None:
        now, skew = self._clock(), self._settings.clock_skew_seconds
        if now >= claims.expires + skew:
            raise TokenRefused("expired")
        if max(claims.issued, claims.begins) > now + skew:
            raise TokenRefused("not-yet")
        if not 0 < claims.expires - claims.issued <= self._settings.max_lifetime_seconds:
            raise TokenRefused("lifetime")


def _check_signature(token: Presented, registered: _Registered) -> None:
    """By a key of the client's own. Of what the token says about keys only the id is used."""
    jku = registered.client.jku
    if jku is not None and token.jku not in (None, jku):
        raise TokenRefused("jku")
    try:
        keys = registered.keys.find(token.key_id, token.algorithm)
    except KeysUnavailable:
        raise TokenRefused("keys-unavailable") from None
    if not keys:
        raise TokenRefused("key")
    algorithm = _ALGORITHMS[token.algorithm]
    if not any(algorithm.verify(token.signed, key, token.signature) for key in keys):
        raise TokenRefused("signature")
