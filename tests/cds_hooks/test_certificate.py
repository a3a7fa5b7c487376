"""The service's own certificate is tried before anything starts (CH-001)."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from cds_hooks.settings import Settings, SettingsError, check_certificate

pytestmark = pytest.mark.requirement("CH-001")
PLAIN = NoEncryption()


def _key(file: Path, encryption: KeySerializationEncryption = PLAIN) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return key


def _certificate(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cds.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(1))
        .sign(key, SHA256())
    )
    file.write_bytes(made.public_bytes(Encoding.PEM))


def _fault(certificate: Path, key: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        check_certificate(Settings(demo=True, tls_certificate=certificate, tls_key=key))
    return str(caught.value)


def test_a_certificate_and_its_key(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    _certificate(certificate, _key(key))
    check_certificate(Settings(demo=True, tls_certificate=certificate, tls_key=key))
    check_certificate(Settings(demo=True))


def test_what_is_wrong_with_them_is_told(tmp_path: Path) -> None:
    certificate, key, other, locked = (tmp_path / name for name in ("certificate.pem", "key.pem", "other", "locked"))
    _certificate(certificate, _key(key))
    _key(other)
    _key(locked, BestAvailableEncryption(b"secret"))
    assert _fault(tmp_path / "none", key).startswith(f"tls_certificate: {tmp_path}/none cannot be read (No such")
    assert _fault(certificate, tmp_path).startswith(f"tls_key: {tmp_path} cannot be read (Is a directory)")
    for wrong in (other, locked, certificate):
        assert f"{certificate} and {wrong} are not a certificate and its private key" in _fault(certificate, wrong)
