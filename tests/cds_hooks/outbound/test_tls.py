"""Certificates are verified, for the name that is called."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from cds_hooks.outbound import Outbound, OutboundError
from tools.fhir_server import faults
from tools.fhir_server.certificate import self_signed, server_context
from tools.fhir_server.faults import misbehaving

NAME = "fhir.hospital.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"), NAME)


def code(outbound: Outbound, url: str, seconds: float = 20) -> str | int:
    try:
        return outbound.get(
            url, headers={}, deadline=time.monotonic() + seconds, max_bytes=10_000_000, private_network=True
        ).status
    except OutboundError as error:
        return error.code


def test_trusted_unknown_and_wrong_name(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_: str, port: int, family: int, kind: int) -> list[Any]:
        return [(socket.AF_INET, kind, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with misbehaving(server_context(certificate)) as fault:
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
            assert code(trusting, f"{base}/{path}", seconds=0.6) == "timeout"
            assert time.monotonic() - started < 4


def test_a_handshake_that_never_comes(certificate: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        port = silent.getsockname()[1]
        assert code(Outbound(ca_file=certificate), f"https://127.0.0.1:{port}/", seconds=0.2) == "timeout"
        assert time.monotonic() - started < 4


def test_authorities_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("", encoding="utf-8")
    for name in ("none.pem", "empty.pem"):
        with pytest.raises(ValueError, match="ca_file"):
            Outbound(ca_file=tmp_path / name)
