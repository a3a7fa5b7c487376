"""Whether this program is the one that something was remembered by."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cql.cache import fingerprint


@cache
def code_version(*folders: Path) -> str:
    """Changes with every file of the folders that programs are made of. The CQL engine's is known to its cache."""
    return fingerprint(*(part for folder in folders for part in _states(folder)))


def _states(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".py", ".csv", ".json", ".yaml", ".gz"):
            status = file.stat()
            yield f"{file.relative_to(folder)} {status.st_size} {status.st_mtime_ns}"
