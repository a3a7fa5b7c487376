"""EHRs that sign tokens, well or badly, and the door they come to."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cds_hooks.authentication import Caller
from cds_hooks.authentication.client_keys import FetchKeys
from cds_hooks.authentication.tokens import SeenTokens, TokenAuthenticator
from cds_hooks.errors import CallError
from cds_hooks.settings import AuthenticationSettings, ClientSettings

ISSUER = "https://ehr.example.org"
URL = "https://cds.example.org/sarcoma/cds-services/sarcoma-patient-view"
NOW = 1_800_000_000
SKEW = AuthenticationSettings().clock_skew_seconds
LIFETIME = AuthenticationSettings().max_lifetime_seconds
ALGORITHMS = ("ES384", "RS384")


@cache
def private_key(algorithm: str, owner: str) -> Any:
    """A key of this owner's; RSA ones of 2048 bits."""
    if algorithm == "RS384":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key({"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}[algorithm])


def jwk(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    """The public half of a private key."""
    kind: Any = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    made: dict[str, Any] = kind.to_jwk(key.public_key(), as_dict=True)
    made.pop("key_ops", None)
    return made | {"kid": kid, "use": "sig"} | more


def jwks(owner: str = "ehr", algorithms: tuple[str, ...] = ALGORITHMS) -> dict[str, Any]:
    """The keys of an owner; each has the name of its algorithm as its id."""
    return {"keys": [jwk(private_key(one, owner), one, alg=one) for one in algorithms]}


def client(owner: str = "ehr", issuer: str = ISSUER, **more: Any) -> ClientSettings:
    """A registered client; with its keys in the settings, unless told otherwise."""
    if not {"jwks", "jwks_file", "jku"} & more.keys():
        more["jwks"] = jwks(owner)
    return ClientSettings(name=owner, issuer=issuer, **more)


def claims(**changed: Any) -> dict[str, Any]:
    """Sound claims; each can be changed, or left out with None."""
    sound = {"iss": ISSUER, "aud": URL, "iat": NOW, "exp": NOW + 300, "jti": "0b54ab8f"} | changed
    return {name: value for name, value in sound.items() if value is not None}


def token(algorithm: str = "ES384", owner: str = "ehr", header: Mapping[str, Any] | None = None, **changed: Any) -> str:
    """A sound token; header members and claims can be changed, or left out with None."""
    head = {"alg": algorithm, "typ": "JWT", "kid": algorithm} | dict(header or {})
    return compact(
        json.dumps({name: value for name, value in head.items() if value is not None}),
        json.dumps(claims(**changed)),
        private_key(algorithm, owner),
        algorithm,
    )


def compact(header: str | bytes, payload: str | bytes, key: Any, algorithm: str) -> str:
    """Any two texts as a token, signed."""
    signed = f"{b64(header)}.{b64(payload)}"
    kind: Any = jwt.get_algorithm_by_name(algorithm)
    return f"{signed}.{b64(kind.sign(signed.encode(), kind.prepare_key(key)))}"


def b64(content: str | bytes) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Remembered:
    """Seen tokens in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seen: dict[tuple[str, str], datetime] = {}

    def first_use(self, issuer: str, token_id: str, expires: datetime) -> bool:
        with self._lock:
            if (issuer, token_id) in self.seen:
                return False
            self.seen[issuer, token_id] = expires
            return True


def never_fetched(client: ClientSettings) -> bytes:
    raise AssertionError(f"the keys of {client.name} were fetched")


class Door:
    """An authenticator, and why it refused."""

    def __init__(
        self,
        *clients: ClientSettings,
        seen: SeenTokens | None = None,
        fetch: FetchKeys = never_fetched,
        clock: Callable[[], float] = lambda: NOW,
        **settings: Any,
    ) -> None:
        self.reasons: list[str] = []
        self.seen = seen or Remembered()
        self.authenticator = TokenAuthenticator(
            clients or (client(),), AuthenticationSettings(**settings), self.seen, fetch, self.reasons.append, clock
        )

    def caller(self, bearer: str, url: str = URL) -> Caller:
        return self.authenticator.authenticate(f"Bearer {bearer}", url)

    def reason(self, bearer: str, url: str = URL) -> str:
        """Why a token is refused."""
        return self.reason_of(f"Bearer {bearer}", url)

    def reason_of(self, authorization: str | None, url: str = URL) -> str:
        """Why a header is refused; whoever sent it is never told."""
        with pytest.raises(CallError) as raised:
            self.authenticator.authenticate(authorization, url)
        error = raised.value
        assert (error.status, error.code, error.expressions) == (401, "unauthorized", ())
        assert error.diagnostics == "send a valid token of a registered client"
        assert error.__cause__ is None
        assert error.__suppress_context__
        return self.reasons[-1]
