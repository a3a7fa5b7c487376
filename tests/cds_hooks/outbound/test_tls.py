"""Certificates are verified, for the name that is called."""

import datetime
import ipaddress
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cds_hooks.outbound import Outbound, OutboundError
from tools.fhir_server import faults
from tools.fhir_server.faults import misbehaving

NAME = "fhir.hospital.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own authority for ``fhir.hospital.example`` and 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def code(outbound: Outbound, url: str, seconds: float = 3) -> str | int:
    try:
        return outbound.get(
            url, headers={}, deadline=time.monotonic() + seconds, max_bytes=10_000_000, private_network=True
        ).status
    except OutboundError as error:
        return error.code


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_trusted_unknown_and_wrong_name(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_: str, port: int, family: int, kind: int) -> list[Any]:
        return [(socket.AF_INET, kind, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with misbehaving(context(certificate)) as fault:
        fault.behaviours["/fhir/x"] = faults.answer({})
        fault.behaviours["/fhir/drip"] = faults.drip
        fault.behaviours["/fhir/headers"] = faults.drip_headers
        base = f"https://{NAME}:{fault.port}/fhir"
        trusting = Outbound(ca_file=certificate)
        assert code(trusting, f"{base}/x") == 200
        assert code(trusting, f"{base}/x") == 200
        assert len({one.connection for one in fault.seen}) == 1
        assert code(Outbound(), f"{base}/x") == "tls"
        assert code(trusting, f"https://other.hospital.example:{fault.port}/fhir/x") == "tls"
        assert len(fault.seen) == 2
        for path in ("drip", "headers"):
            started = time.monotonic()
            assert code(trusting, f"{base}/{path}", seconds=0.3) == "timeout"
            assert time.monotonic() - started < 1.5


def test_a_handshake_that_never_comes(certificate: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        port = silent.getsockname()[1]
        assert code(Outbound(ca_file=certificate), f"https://127.0.0.1:{port}/", seconds=0.2) == "timeout"
        assert time.monotonic() - started < 1.5
