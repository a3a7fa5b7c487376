"""Starting and stopping the server."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class FhirServer:
    """A running server; `base` is its base URL."""

    base: str
    process: subprocess.Popen[str]


def missing() -> str | None:
    """Why the server cannot run on this machine (and the mend), or None when it can."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (_HERE / "node_modules" / "@medplum" / "fhir-router").exists():
        return "the FHIR server's packages are not installed (npm ci --ignore-scripts in tools/fhir_server)"
    return None


@contextmanager
def running(bundles: Sequence[Path], *, token: str = "", delay_ms: int = 0, page: int = 1000) -> Iterator[FhirServer]:
    """A server that holds the resources of these bundles; it asks for the token and answers after the delay, with
    pages of at most this size."""
    process = subprocess.Popen(
        ["node", "server.mjs", *(str(path.resolve()) for path in bundles)],
        cwd=_HERE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TOKEN": token, "DELAY": str(delay_ms), "PAGE": str(page)},
    )
    assert process.stdout is not None
    try:
        ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        port = process.stdout.readline().strip() if ready else ""
        if not port:
            raise RuntimeError(f"the FHIR server did not start within {_START_SECONDS} s")
        yield FhirServer(f"http://127.0.0.1:{port}/fhir", process)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
