"""Why a token is refused. The log says it, the caller is never told."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "no-token": "there is no Authorization header with a Bearer token",
    "too-long": "the token is longer than any client's needs to be",
    "malformed": "it is not a JWT, or not in the one form that a JWT has",
    "algorithm": "it is not signed by ES384 or RS384",
    "header": "its header lacks kid or typ=JWT, or has crit or b64",
    "claims": "iss, aud, exp, iat or jti is missing, or one of them, nbf or tenant has the wrong type",
    "issuer": "its issuer is not registered",
    "jku": "its jku is not the registered one",
    "keys-unavailable": "the client's public keys could not be had",
    "key": "none of the client's public keys has its kid and algorithm",
    "signature": "its signature is wrong",
    "audience": "it was not made out to the called URL",
    "expired": "its time is over",
    "not-yet": "its time has not come, or it was issued in the future",
    "lifetime": "it is valid for longer than is accepted, or for no time at all",
    "tenant": "its tenant is not registered",
    "replayed": "it was used before",
}
"""Every reason, as the log and the metrics name it, with its meaning."""


class TokenRefused(Exception):
    """A token that proves nothing; `reason` is one of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason
