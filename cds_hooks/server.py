"""Running the service: one process, or several workers behind one port."""

from __future__ import annotations

import os

import uvicorn

from cds_hooks.app import SETTINGS_VARIABLE
from cds_hooks.settings import Settings

_SHUTDOWN_SECONDS = 10


def run(settings: Settings) -> None:
    """Serves until the process is told to stop; calls under way get some seconds to finish."""
    os.environ[SETTINGS_VARIABLE] = settings.to_json()  # worker processes read it there
    uvicorn.run(
        "cds_hooks.app:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers if settings.workers > 1 else None,
        access_log=False,  # addresses of the demonstration aside, a log of paths says nothing that metrics will not
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
