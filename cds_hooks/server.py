"""Running the service: one process, or several workers behind one port."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, cast

from prometheus_client.multiprocess import mark_process_dead
from uvicorn import Config, Server
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from cds_hooks.limits.connection import BoundedConnection
from cds_hooks.limits.memory import give_back_memory
from cds_hooks.observability.log import configure_logging
from cds_hooks.observability.metrics import FOLDER_VARIABLE
from cds_hooks.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_LOG = logging.getLogger(__name__)
_SHUTDOWN_SECONDS = 10
_BACKLOG = 1024
"""Connections that wait to be accepted."""
_ACCEPTED_AT_ONCE = 1
"""A worker that accepts all that wait takes them from its idle neighbour; connections are kept, so it stays uneven."""
_HUNG_SECONDS = 30.0
"""A worker that does not answer its supervisor for so long is replaced."""
_ASK_SECONDS = 0.3
_SWITCH_SECONDS = 0.002
"""How long a thread that evaluates keeps Python for itself while the thread that talks to clients waits for it. Each
word with a client costs that one such a wait: with Python's 5 ms, refusing a call would take 20 ms."""
_START_AGAIN_SECONDS = 5.0
"""How long to wait before a worker that could not start is started again."""


def run(settings: Settings) -> None:
    """Serves until the process is told to stop; calls under way get some seconds to finish.

    Raises what loading the content raises, before anything listens. Several workers load it themselves: then the fault
    is in the log, and ``SystemExit`` with status 1 is raised.
    """
    configure_logging(settings.log)
    signal.signal(signal.SIGTERM, _stop)
    _prepare()
    if settings.workers > 1:
        gc.enable()  # this process loads nothing more; its workers do
        with _metrics_folder():
            config = _ServiceConfig(settings, partial(_application_of_worker, settings))
            listening = config.bind_socket()
            # Inherited by its connections. asyncio sees to that itself, but only for a socket that it has made.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            workers = _Workers(config, [listening])
            workers.run()
        if workers.failed:
            sys.exit(1)
        return
    app = _application(settings)
    server = Server(_ServiceConfig(settings, lambda: app))
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        sys.exit(1)


def _prepare() -> None:
    """What a process that serves does before anything else."""
    gc.disable()  # until what it serves is loaded (``settled``): a fifth of the time to start
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is content that could be loaded again
    sys.setswitchinterval(_SWITCH_SECONDS)
    give_back_memory()


def _stop(number: int, frame: FrameType | None) -> None:
    """What SIGTERM does while uvicorn does not look after it: while loading, and once everything is finished."""
    sys.exit(0)


@contextmanager
def _metrics_folder() -> Iterator[None]:
    """A folder for what the workers count, for as long as they run."""
    with tempfile.TemporaryDirectory(prefix="sarcoma-cds-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]


def _application(settings: Settings) -> FastAPI:
    from cds_hooks.app import create_app, settled  # half a second that the process that only supervises need not wait

    return settled(create_app(settings))


def _application_of_worker(settings: Settings) -> FastAPI:
    try:
        return _application(settings)
    except ValueError as problem:  # the content's, or a setting's that only the content can judge
        _LOG.error("%s", problem)
        sys.exit(STARTUP_FAILURE)


class _ServiceConfig(Config):
    """How uvicorn runs the application; handed to worker processes as it is."""

    def __init__(self, settings: Settings, application: Callable[[], FastAPI]) -> None:
        self._settings = settings
        connection = partial(BoundedConnection, header_seconds=settings.limits.body_seconds)
        super().__init__(
            application,
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            http=cast("type[asyncio.Protocol]", connection),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            backlog=_ACCEPTED_AT_ONCE if settings.workers > 1 else _BACKLOG,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )

    def configure_logging(self) -> None:
        """Our log, in each process."""
        configure_logging(self._settings.log)


class _WorkerServer(Server):
    """A worker that takes one new connection at a time, while many may wait."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens."""
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(_BACKLOG)


class _Worker(Process):
    """One worker process."""

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """What runs in the process."""
        _prepare()
        super().target(sockets)

    @property
    def server(self) -> Server:
        """The server in the process."""
        if self._server is None:
            self._server = _WorkerServer(self.config)
        return self._server


class _Workers(Multiprocess):
    """Keeps the workers running: one that dies or hangs is replaced, and what none of them can start with ends it all.

    A worker that cannot start later, because content on disk has been spoilt meanwhile, does not end the others.
    """

    def __init__(self, config: Config, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        self.failed = False
        self._served = False
        self._start_after = dict.fromkeys(range(config.workers), 0.0)
        self._heard = dict.fromkeys(range(config.workers), time.monotonic())

    def init_processes(self) -> None:
        """Starts all workers."""
        self.processes = [self._started() for _ in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        """Replaces the workers that are gone."""
        for place, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if not self._lives(place, worker):
                self._replace(place, worker)

    def terminate_all(self) -> None:
        """Stops accepting connections, then tells the workers to finish."""
        for one in self.sockets:
            one.close()
        super().terminate_all()

    def handle_hup(self) -> None:
        """Each worker loads its content again."""
        for worker in self.processes:
            if worker.pid is not None and worker.exitcode is None:
                os.kill(worker.pid, signal.SIGHUP)

    def handle_ttin(self) -> None:
        """The number of workers is set in the settings."""

    handle_ttou = handle_ttin

    def _lives(self, place: int, worker: Process) -> bool:
        """Whether the process is there and has answered lately. Asks for a moment only: signals wait meanwhile."""
        if worker.exitcode is not None:
            return False
        now = time.monotonic()
        if worker.ping(_ASK_SECONDS):
            self._heard[place] = now
            self._served = self._served or worker.is_ready(_ASK_SECONDS)
        return now - self._heard[place] < _HUNG_SECONDS

    def _replace(self, place: int, worker: Process) -> None:
        if time.monotonic() < self._start_after[place]:
            return
        worker.kill()
        worker.join()
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
        if worker.exitcode == STARTUP_FAILURE:
            if not self._served:
                self.failed = True
                self.should_exit.set()
                return
            self._start_after[place] = time.monotonic() + _START_AGAIN_SECONDS
        _LOG.error("worker %s ended with status %s; another takes its place", worker.pid, worker.exitcode)
        self.processes[place] = self._started()
        self._heard[place] = time.monotonic()

    def _started(self) -> Process:
        worker = _Worker(self.config, self.sockets)
        worker.start()
        return worker
