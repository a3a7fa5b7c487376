"""``sarcoma-cds key``: a key pair and signed tokens, to try the connection as an EHR would make it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

_PRIVATE, _PUBLIC = "private.pem", "jwks.json"
_ALGORITHM = "ES384"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the two commands of ``sarcoma-cds key``."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    new = commands.add_parser("new", help=f"make a P-384 key: {_PRIVATE}, and its public half as {_PUBLIC}")
    new.add_argument("folder", type=Path, metavar="FOLDER", help="where to; made when it is not there")
    new.set_defaults(run=run_new)
    token = commands.add_parser("token", help="print a token, signed with the key of a folder, for one call")
    token.add_argument("folder", type=Path, metavar="FOLDER", help="the folder that `sarcoma-cds key new` filled")
    token.add_argument("--issuer", required=True, metavar="ISS", help="as in the [[clients]] table of the settings")
    token.add_argument("--url", required=True, metavar="URL", help="the very URL that is called (claim `aud`)")
    token.add_argument("--tenant", metavar="NAME", help="the claim `tenant`")
    token.add_argument("--seconds", type=int, default=300, metavar="N", help="how long it is valid (default: 300)")
    token.set_defaults(run=run_token)


def run_new(options: argparse.Namespace) -> int:
    """Make a key pair; 1 when the folder has one already or cannot be written."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP384R1())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        _write_secret(options.folder / _PRIVATE, secret)
        (options.folder / _PUBLIC).write_text(_jwks(key.public_key()), encoding="utf-8")
    except FileExistsError:
        print(f"sarcoma-cds key: {options.folder / _PRIVATE}: is there already; name another folder", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"sarcoma-cds key: {options.folder}: cannot be written ({error.strerror})", file=sys.stderr)
        return 1
    print(f"{options.folder / _PRIVATE}: the private key; it stays with the EHR")
    print(f"{options.folder / _PUBLIC}: the public key; name this file as jwks_file of the client")
    return 0


def run_token(options: argparse.Namespace) -> int:
    """Print a token for one call; 1 when the folder has no key."""
    import jwt

    try:
        secret = (options.folder / _PRIVATE).read_bytes()
        key_id = json.loads((options.folder / _PUBLIC).read_text(encoding="utf-8"))["keys"][0]["kid"]
    except (OSError, ValueError, LookupError, TypeError):
        print(
            f"sarcoma-cds key: {options.folder}: has no key; make one with sarcoma-cds key new {options.folder}",
            file=sys.stderr,
        )
        return 1
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": options.issuer,
        "aud": options.url,
        "iat": now,
        "exp": now + options.seconds,
        "jti": str(uuid.uuid4()),
    }
    if options.tenant:
        claims["tenant"] = options.tenant
    print(jwt.encode(claims, secret, algorithm=_ALGORITHM, headers={"kid": key_id}))
    return 0


def _write_secret(path: Path, content: bytes) -> None:
    """A new file that only its owner can read, from the first moment. Raises ``FileExistsError``."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)


def _jwks(key: Any) -> str:
    """The public key as a JWK Set, its id the thumbprint of RFC 7638."""
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    from jwt.algorithms import ECAlgorithm

    made = ECAlgorithm.to_jwk(key, as_dict=True)
    required = {name: made[name] for name in ("crv", "kty", "x", "y")}
    digest = sha256(json.dumps(required, separators=(",", ":")).encode()).digest()
    kid = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return json.dumps({"keys": [{**required, "use": "sig", "alg": _ALGORITHM, "kid": kid}]}, indent=1) + "\n"
