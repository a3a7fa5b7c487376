"""An EHR with a key of its own: how the service's settings register it, and the tokens of its calls."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

_ISSUER, _ADDRESS = "https://ehr.example.org", "https://cds.example.org"
_SETTINGS = """
public_url = "{address}"

[database]
url = "sqlite:///{folder}/service.db"

[[clients]]
name = "ehr"
issuer = "{issuer}"
jwks_file = "{folder}/jwks.json"
"""


class Ehr:
    """An EHR that is registered in the settings file, and signs by ES384."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP384R1())
        kind: Any = jwt.get_algorithm_by_name("ES384")
        jwk = {**kind.to_jwk(self._key.public_key(), as_dict=True), "kid": "ehr"}
        (folder / "jwks.json").write_bytes(orjson.dumps({"keys": [jwk]}))
        self.settings = folder / "settings.toml"
        self.settings.write_text(_SETTINGS.format(address=_ADDRESS, folder=folder, issuer=_ISSUER), encoding="utf-8")

    def token(self, path: str) -> str:
        """A token for one call of this path, valid for five minutes."""
        now = int(time.time())
        claims = {"iss": _ISSUER, "aud": _ADDRESS + path, "iat": now, "exp": now + 300, "jti": str(uuid4())}
        return jwt.encode(claims, self._key, algorithm="ES384", headers={"kid": "ehr"})
