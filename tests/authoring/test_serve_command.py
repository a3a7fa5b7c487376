"""``sarcoma-cds serve``: what it refuses, and that several workers serve one port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from authoring.main import main


def test_refuses_to_start_without_authentication(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == 2
    assert "authentication of clients is not configured" in capsys.readouterr().err


def test_refuses_the_demonstration_on_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--demo", "--host", "0.0.0.0"]) == 2
    assert "only on this machine" in capsys.readouterr().err


def test_faulty_content_is_status_1(tmp_path: Path) -> None:
    ended = _ended("--demo", "--port", _free(), "--content", str(tmp_path / "none"))
    assert ended.returncode == 1
    assert "is not a folder" in ended.stderr


def test_unknown_parameter_is_status_1(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[parameters]\nno_such = 4\n", encoding="utf-8")
    ended = _ended("--demo", "--port", _free(), "--settings", str(path))
    assert ended.returncode == 1
    assert "no_such" in ended.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_named(workers: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = str(taken.getsockname()[1])
        ended = _ended("--demo", "--port", port, "--workers", workers)
    assert ended.returncode == 2
    assert ended.stderr == (
        f"sarcoma-cds serve: host, port: cannot listen on 127.0.0.1, port {port} (Address already in use); "
        "stop what listens there, or choose another port (--port N) or an address of this machine\n"
    )


def test_a_host_of_another_machine_is_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    client = '[[clients]]\nname = "ehr"\nissuer = "https://ehr"\njku = "https://ehr.example.org/keys"\n'
    path.write_text(f'host = "192.0.2.7"\npublic_url = "https://cds.example.org"\n{client}', encoding="utf-8")
    ended = _ended("--settings", str(path))
    assert ended.returncode == 2
    assert "cannot listen on 192.0.2.7, port 8000 (Cannot assign requested address)" in ended.stderr


def _free() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def _ended(*options: str) -> subprocess.CompletedProcess[str]:
    """A service that cannot start, in a process of its own: it takes over the log and the signals of where it runs."""
    command = [sys.executable, "-m", "authoring.main", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serves_until_told_to_stop(workers: str) -> None:
    port = _free()
    command = [sys.executable, "-m", "authoring.main", "serve", "--demo", "--port", port, "--workers", workers]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ.copy())
    try:
        services = _services(f"http://127.0.0.1:{port}/cds-services", process)
        assert len(services) == 4
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def _services(url: str, process: subprocess.Popen[bytes]) -> list[object]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            found: list[object] = requests.get(url, timeout=5).json()["services"]
            return found
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the service did not start within 60 s")
