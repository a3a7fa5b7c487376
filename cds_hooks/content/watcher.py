"""Reloading when files change: the folders are looked through every few seconds, so it works on any file system."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

Fingerprint = frozenset[tuple[str, int, int]]
"""Path, size and time of change of every file."""


class ContentWatcher:
    """A thread that reloads the content after its files changed, once they have been left alone for one look.

    Hidden files and editors' backups are not looked at.
    """

    def __init__(self, reload: Callable[[], object], paths: Iterable[Path], seconds: float = 2.0) -> None:
        """``reload`` loads the content again; ``paths``: files, folders with all below; ``seconds`` between looks."""
        self._reload = reload
        self._paths = tuple(paths)
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._served = fingerprint(self._paths)

    def start(self) -> None:
        """Begins to look. A watcher is started once."""
        self._thread = threading.Thread(target=self._watch, name="content-watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends; a reload that is under way is waited for."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> ContentWatcher:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self) -> None:
        before = self._served
        while not self._stopped.wait(self._seconds):
            now = fingerprint(self._paths)
            if now != self._served and now == before:  # changed, and whoever changes it has paused
                self._served = now
                self._reload()
            before = now


def fingerprint(paths: Iterable[Path]) -> Fingerprint:
    """What the files below the paths look like from outside. What vanishes meanwhile is taken as absent."""
    return frozenset(found for path in paths for file in _files(path) if (found := _state(file)) is not None)


def _files(path: Path) -> Iterator[str]:
    if not path.is_dir():
        yield os.fspath(path)
    for folder, folders, names in os.walk(path):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield from (os.path.join(folder, one) for one in names if not one.startswith(".") and not one.endswith("~"))


def _state(file: str) -> tuple[str, int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return file, status.st_size, status.st_mtime_ns
