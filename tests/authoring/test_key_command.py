"""``sarcoma-cds key``: a key that only its owner can read, and tokens as an EHR would sign them."""

import json
import stat
import time
from pathlib import Path

import jwt
import pytest

from authoring.main import main

URL = "https://cds.example.org/cds-services"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert main(["key", "new", str(tmp_path / "keys")]) == 0
    return tmp_path / "keys"


def _token(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    capsys.readouterr()
    assert main(["key", "token", str(folder), "--issuer", "https://ehr.example.org", "--url", URL, *more]) == 0
    return capsys.readouterr().out.strip()


def test_the_private_key_stays_private(folder: Path) -> None:
    assert stat.S_IMODE((folder / "private.pem").stat().st_mode) == 0o600
    (public,) = json.loads((folder / "jwks.json").read_text())["keys"]
    assert {"kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384"}.items() <= public.items()
    assert "d" not in public


def test_the_key_id_is_the_thumbprint(folder: Path) -> None:
    """RFC 7638: of the required members in order of name, without white space."""
    import base64
    import hashlib

    (key,) = json.loads((folder / "jwks.json").read_text())["keys"]
    text = f'{{"crv":"{key["crv"]}","kty":"{key["kty"]}","x":"{key["x"]}","y":"{key["y"]}"}}'
    assert key["kid"] == base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def test_a_token_is_what_cds_hooks_asks_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = _token(folder, capsys, "--tenant", "clinic", "--seconds", "60")
    keys = jwt.PyJWKSet.from_json((folder / "jwks.json").read_text())
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("ES384", "JWT")
    claims = jwt.decode(token, keys[header["kid"]].key, algorithms=["ES384"], audience=URL)
    assert claims["iss"] == "https://ehr.example.org"
    assert claims["tenant"] == "clinic"
    assert claims["exp"] - claims["iat"] == 60
    assert abs(claims["iat"] - time.time()) < 30


def test_each_token_is_for_one_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = [jwt.decode(_token(folder, capsys), options={"verify_signature": False}) for _ in range(2)]
    assert made[0]["jti"] != made[1]["jti"]
    assert "tenant" not in made[0]


def test_a_key_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "private.pem").read_bytes()
    assert main(["key", "new", str(folder)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (folder / "private.pem").read_bytes() == before


@pytest.mark.parametrize("content", [None, "", "[]", '{"keys": []}'])
def test_a_folder_without_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None) -> None:
    if content is not None:
        (tmp_path / "private.pem").write_text("x")
        (tmp_path / "jwks.json").write_text(content)
    assert main(["key", "token", str(tmp_path), "--issuer", "i", "--url", URL]) == 1
    assert "has no key" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["key", "new", str(tmp_path / "file" / "keys")]) == 1
    assert "cannot be written" in capsys.readouterr().err
