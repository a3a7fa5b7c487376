"""The service in processes of its own, for benchmarks and tools that call it from outside."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[1]
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RunningService:
    """A running service: the process that was started, and its port on this machine."""

    process: subprocess.Popen[bytes]
    port: int

    def connect(self) -> http.client.HTTPConnection:
        """A connection of one's own."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def memory(self) -> float:
        """The resident memory of the process, in MB."""
        return resident(self.process.pid)


@contextmanager
def running(
    *options: str, log: IO[bytes] | int = subprocess.DEVNULL, environment: Mapping[str, str] | None = None
) -> Iterator[RunningService]:
    """``sarcoma-cds serve`` with these options on a free port, once it takes connections.

    `log` gets its standard error; `environment` is added to this process's. Raises ``RuntimeError`` when it does not
    start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "authoring.main", "serve", "--port", str(port), *options]
    process = subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=log, env={**os.environ, **(environment or {})}
    )
    try:
        _wait(process, port)
        yield RunningService(process, port)
    finally:
        process.terminate()
        process.wait(30)


def resident(pid: int) -> float:
    """The resident memory of a process, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the service stopped with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"the service did not start within {_START_SECONDS} s")
