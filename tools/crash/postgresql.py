"""A PostgreSQL server of one's own, from the binaries on the machine, in a folder that is thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pg8000.dbapi  # type: ignore[import-untyped]

USER = "sarcoma"
_START_SECONDS = 30


class PostgresqlMissing(Exception):
    """There is no PostgreSQL server on this machine, or nobody to run it as; the message says which."""


class Cluster:
    """A running server, on the loopback interface and a Unix socket: a context manager.

    With ``durable=False`` it does not wait for the disk. Raises ``PostgresqlMissing``.
    """

    def __init__(self, *, durable: bool = True) -> None:
        self._durable = durable
        self._binaries = _binaries()
        self._owner = _owner()
        self.folder = Path(tempfile.mkdtemp(prefix="sarcoma-pg-"))
        if self._owner:
            os.chown(self.folder, self._owner.pw_uid, self._owner.pw_gid)
        self.port = _free_port()
        self._databases = 0
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._run("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-locale", "--no-sync")
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)  # at once, its folder is thrown away
            self._server.wait(_START_SECONDS)
        self._remove()

    @property
    def pid(self) -> int:
        """The process id of the server's first process, the parent of all others."""
        assert self._server is not None
        return self._server.pid

    def start(self) -> None:
        """Starts the server and waits until it answers, recovery after a crash included.

        After a crash it refuses to start until the last process of the server before has ended; so it is tried again.
        """
        options: tuple[str, ...] = ("-k", str(self.folder), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1")
        options += ("-c", "max_connections=200", "-c", f"fsync={'on' if self._durable else 'off'}")
        deadline = time.monotonic() + _START_SECONDS
        while True:
            if self._server is None or self._server.poll() is not None:
                self._server = self._popen("postgres", *options)
            try:
                self._connect().close()
                return
            except (pg8000.dbapi.Error, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """Stops the server, without waiting for its clients."""
        assert self._server is not None
        self._server.send_signal(signal.SIGINT)
        self._server.wait(_START_SECONDS)
        self._server = None

    def kill(self) -> None:
        """Ends the server's first process as a crash would; the others notice and end."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self._server = None

    def url(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"test_{self._databases}"
        connection = self._connect()
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        connection.close()
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _connect(self) -> pg8000.dbapi.Connection:
        return pg8000.dbapi.connect(USER, host="127.0.0.1", port=self.port, database="postgres", ssl_context=False)

    def _run(self, program: str, *arguments: str) -> None:
        process = self._popen(program, *arguments)
        if process.wait() != 0:
            raise PostgresqlMissing(f"{program} failed: {(self.folder / 'log').read_text(errors='replace')[-500:]}")

    def _popen(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        owner = self._owner
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._binaries / program), "-D", str(self.folder / "data"), *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                start_new_session=True,
                user=owner.pw_uid if owner else None,
                group=owner.pw_gid if owner else None,
                extra_groups=() if owner else None,
            )

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _binaries() -> Path:
    """The folder of the server's programs: on the path, or where Debian keeps them, the newest version."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    found = [Path(on_path).resolve()] if on_path else debian[-1:]
    if not found or not (found[0].parent / "postgres").exists():
        raise PostgresqlMissing("no PostgreSQL server on this machine (Debian: apt-get install postgresql)")
    return found[0].parent


def _owner() -> pwd.struct_passwd | None:
    """Whom to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresqlMissing("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
