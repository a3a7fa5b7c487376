"""The service in a process of its own, as an operator runs it, for tests of what only a process does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import requests

_SCRIPT = """
import sys
from cds_hooks.server import run
from cds_hooks.settings import read_settings
{patch}
if __name__ == "__main__":
    run(read_settings(None, {given!r}))
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its process, base URL, and the file with what it wrote to standard error.

    `verify` is the certificate by which it is known, or that none is needed.
    """

    process: subprocess.Popen[bytes]
    base: str
    log: Path
    verify: str | bool

    def get(self, path: str) -> requests.Response:
        """Asks for a path."""
        return requests.get(f"{self.base}{path}", timeout=20, verify=self.verify)

    def signal(self, number: int) -> None:
        """Sends a signal to the process that was started."""
        self.process.send_signal(number)

    def workers(self) -> set[int]:
        """The processes that serve."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        commands = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in children.split()}
        return {pid for pid, command in commands.items() if b"spawn_main" in command}

    def lines(self) -> list[dict[str, Any]]:
        """The log; every line of it is JSON."""
        return [orjson.loads(line) for line in self.log.read_bytes().splitlines()]

    def wait_for(self, words: str, times: int = 1) -> None:
        """Waits until the log has so many lines with these words."""
        deadline = time.monotonic() + 30
        while self.log.read_text(encoding="utf-8").count(words) < times:
            assert time.monotonic() < deadline, f"{words!r} was not logged within 30 s"
            time.sleep(0.05)

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def running(folder: Path, patch: str = "", **given: Any) -> Iterator[Service]:
    """A service with these settings (the demonstration's if none are given), ready to answer.

    `patch` is Python that runs in each of its processes before anything else.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"demo": True, **given, "port": port}
    script, log = folder / "serve.py", folder / "log"
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in given.items()}
    script.write_text(_SCRIPT.format(patch=patch, given=plain), encoding="utf-8")
    with log.open("wb") as errors:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen([sys.executable, str(script)], stderr=errors, env=environment)
    certificate = given.get("tls_certificate")
    scheme = "https" if certificate else "http"
    service = Service(process, f"{scheme}://127.0.0.1:{port}", log, str(certificate) if certificate else True)
    try:
        _wait(service)
        yield service
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def _wait(service: Service) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert service.process.poll() is None, service.log.read_text(encoding="utf-8")
        try:
            if service.get("/readyz").status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the service did not start within 60 s")
