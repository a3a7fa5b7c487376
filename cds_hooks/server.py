"""Running the service: one process, or several workers behind one port."""

from __future__ import annotations

import os

import uvicorn

from cds_hooks.app import SETTINGS_VARIABLE, create_app, load_guidance, settled
from cds_hooks.settings import Settings

_SHUTDOWN_SECONDS = 10


def run(settings: Settings) -> None:
    """Serves until the process is told to stop; calls under way get some seconds to finish.

    Raises what loading the content raises, before anything listens: a worker process that fails at its start would
    only be started again.
    """
    if settings.workers > 1:
        load_guidance(settings)
        os.environ[SETTINGS_VARIABLE] = settings.to_json()
    uvicorn.run(
        "cds_hooks.app:create" if settings.workers > 1 else settled(create_app(settings)),
        factory=settings.workers > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
