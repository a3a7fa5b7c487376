"""Verifying tokens: by algorithm, with and without remembering them in a database, and refusing them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cds_hooks.authentication.tokens import SeenTokens, TokenAuthenticator
from cds_hooks.errors import CallError
from cds_hooks.settings import AuthenticationSettings, ClientSettings, DatabaseSettings
from cds_hooks.storage import Storage

_TOKENS, _WARM_UP = 500, 50
_ISSUER, _URL = "https://ehr.example.org", "https://cds.example.org/cds-services/sarcoma-patient-view"
_KEYS: dict[str, tuple[str, Any]] = {
    "ES384": ("ES384", ec.generate_private_key(ec.SECP384R1())),
    "RS384, 2048 bits": ("RS384", rsa.generate_private_key(65537, 2048)),
    "RS384, 4096 bits": ("RS384", rsa.generate_private_key(65537, 4096)),
}


class _Anything:
    """Remembers nothing."""

    def first_use(self, issuer: str, token_id: str, expires: datetime) -> bool:
        return True


def rows() -> Iterator[str]:
    """The median and the 99th percentile of authenticating one call, in one thread."""
    yield f"{'':44}{'median':>12}{'p99':>12}"
    free = _authenticator(_Anything())
    for name in _KEYS:
        yield _row(f"{name}, not remembered", free, [_token(name) for _ in range(_TOKENS)])
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage.open(DatabaseSettings(url=f"sqlite:///{folder}/seen.db"))
        for name in _KEYS:
            yield _row(f"{name}, remembered in SQLite", _authenticator(storage), [_token(name) for _ in range(_TOKENS)])
        storage.close()
    for name in _KEYS:
        yield _row(f"refused: {name}, wrong signature", free, [_spoilt(_token(name)) for _ in range(_TOKENS)])
    yield _row("refused: unknown issuer", free, [_token("ES384", iss="https://x.example") for _ in range(_TOKENS)])
    yield _row("refused: 16 kB that are no token", free, [f"{'A' * 16_000}.e30.AA"] * _TOKENS)


def _authenticator(seen: SeenTokens) -> TokenAuthenticator:
    client = ClientSettings(name="ehr", issuer=_ISSUER, jwks={"keys": [_jwk(name) for name in _KEYS]})
    return TokenAuthenticator([client], AuthenticationSettings(), seen, _never, lambda reason: None)


def _never(client: ClientSettings) -> bytes:
    raise AssertionError(f"the keys of {client.name} are in its settings")


def _jwk(name: str) -> dict[str, Any]:
    algorithm, key = _KEYS[name]
    kind: Any = jwt.get_algorithm_by_name(algorithm)
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": name}


def _token(name: str, **changed: Any) -> str:
    algorithm, key = _KEYS[name]
    now = int(time.time())
    claims = {"iss": _ISSUER, "aud": _URL, "iat": now, "exp": now + 300, "jti": str(uuid4())} | changed
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": name})


def _spoilt(token: str) -> str:
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def _row(name: str, authenticator: TokenAuthenticator, tokens: list[str]) -> str:
    refused = name.startswith("refused")
    taken = [_timed(authenticator.authenticate, f"Bearer {token}", refused) for token in tokens][_WARM_UP:]
    return f"{name:44}{median(taken) * 1e6:9.0f} µs{quantiles(taken, n=100)[98] * 1e6:9.0f} µs"


def _timed(authenticate: Callable[[str, str], object], authorization: str, refused: bool) -> float:
    started = time.perf_counter()
    try:
        authenticate(authorization, _URL)
    except CallError:
        if not refused:
            raise
        return time.perf_counter() - started
    if refused:
        raise RuntimeError("a token that proves nothing was accepted")
    return time.perf_counter() - started
