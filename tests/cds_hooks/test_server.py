"""Processes: starting, stopping with a call under way, dying workers, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cds_hooks.process import Service, running

_SLOW = """
import time
from cds_hooks.sarcoma import SarcomaGuidance
_answer = SarcomaGuidance.answer
def _slowly(self, *given):
    time.sleep(1.5)
    return _answer(self, *given)
SarcomaGuidance.answer = _slowly
"""
_TELL_DELAY = """
import socket
from cds_hooks.limits.connection import BoundedConnection
_made = BoundedConnection.connection_made
def _telling(self, transport):
    with open({path!r}, "a") as file:
        print(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), file=file)
    _made(self, transport)
BoundedConnection.connection_made = _telling
"""
_CALL = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/p1", "patientId": "x1"},
}


def _call(service: Service) -> requests.Response:
    """A whole call, with a prefetch that holds the patient and empty searches."""
    services = service.get("/cds-services").json()["services"]
    found = next(one for one in services if one["hook"] == "patient-view")
    empty = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    prefetch = dict.fromkeys(found["prefetch"], empty) | {"patient": {"resourceType": "Patient", "id": "x1"}}
    url = f"{service.base}/cds-services/{found['id']}"
    return requests.post(url, json={**_CALL, "prefetch": prefetch}, timeout=20, verify=service.verify)


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_are_not_held_back(tmp_path: Path, workers: int) -> None:
    """Without this option, the system sends an answer's body when the client has confirmed its head: 40 ms later."""
    options = tmp_path / "options"
    with running(tmp_path, _TELL_DELAY.format(path=str(options)), workers=workers) as service:
        assert service.get("/healthz").ok
    assert set(options.read_text().split()) == {"1"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_call_under_way_is_answered_before_the_service_stops(tmp_path: Path, workers: int) -> None:
    with running(tmp_path, _SLOW, workers=workers) as service:
        answers: list[requests.Response] = []
        thread = threading.Thread(target=lambda: answers.append(_call(service)))
        thread.start()
        time.sleep(0.7)
        assert not answers
        status = service.stop()
        thread.join(20)
        assert status == 0
        assert [one.status_code for one in answers] == [200]
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{service.base}/healthz", timeout=2)
        (line,) = [one for one in service.lines() if one.get("kind") == "call"]
        assert line["status"] == 200


def test_a_worker_that_dies_is_replaced_and_metrics_go_on(tmp_path: Path) -> None:
    with running(tmp_path, workers=2) as service:
        service.wait_for("Application startup complete", 2)
        for _ in range(6):
            assert _call(service).status_code == 200
        service.wait_for('"kind":"call"', 6)
        before = service.workers()
        assert len(before) == 2
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        service.wait_for("another takes its place")
        service.wait_for("Application startup complete", 3)
        assert victim not in service.workers()
        assert len(service.workers()) == 2
        for _ in range(4):
            assert _call(service).status_code == 200
        service.wait_for('"kind":"call"', 10)
        metrics = requests.get(f"{service.base}/metrics", timeout=10).text
        (calls,) = [one for one in metrics.splitlines() if one.startswith("sarcoma_cds_calls_total") and "view" in one]
        assert float(calls.split()[-1]) == 10
        assert "sarcoma_cds_calls_in_progress 1.0" in metrics.splitlines()
        assert service.stop() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_hangup_loads_the_content_again_in_every_worker(tmp_path: Path, workers: int) -> None:
    with running(tmp_path, workers=workers) as service:
        service.wait_for("Application startup complete", workers)
        service.signal(signal.SIGHUP)
        service.wait_for("content reloaded", workers)
        assert requests.get(f"{service.base}/readyz", timeout=10).json()["status"] == "ready"
        metrics = requests.get(f"{service.base}/metrics", timeout=10).text
        assert f'sarcoma_cds_content_reloads_total{{outcome="loaded"}} {workers}.0' in metrics
        assert service.stop() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_content_that_cannot_be_used_stops_the_start(tmp_path: Path, workers: int) -> None:
    missing = tmp_path / "nothing"
    options = ["--demo", "--port", "18999", "--workers", str(workers), "--content", str(missing)]
    command = [sys.executable, "-m", "authoring.main", "serve", *options]
    run = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert run.returncode == 1
    assert str(missing).encode() in run.stderr


def test_https_without_a_proxy(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    _certify(certificate, key)
    with running(tmp_path, tls_certificate=certificate, tls_key=key, workers=2) as service:
        assert service.base.startswith("https://")
        assert _call(service).status_code == 200
        assert service.stop() == 0


def _certify(certificate: Path, key: Path) -> None:
    """Writes a certificate for 127.0.0.1 that vouches for itself, and its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
