"""Compiled libraries on disk, between processes.

An entry is found by the library's text and the engine's version, and is used only if all it includes is as it was.
Entries hold code, so only a folder that belongs to the user alone is trusted, and an entry whose digest does not fit is
taken as absent. They are in Python's marshal format, which loads several times faster than JSON. Nothing here ever
fails: at worst the library is compiled again.

``SARCOMA_CDS_CACHE`` names the folder; set and empty, it turns the cache off.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_MOST_ENTRIES = 256
_PACKAGE = Path(__file__).parent
_DIGEST = 64  # characters of a SHA-256 in hexadecimal


def fingerprint(*parts: str) -> str:
    """A digest of texts, in order."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read(key: str) -> dict[str, Any] | None:
    """The entry written under ``key`` by this version of the engine; None when there is none that can be trusted."""
    folder = _folder()
    if folder is None:
        return None
    try:
        content = (folder / _file(key)).read_bytes()
    except OSError:
        return None
    digest, body = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    try:
        entry = marshal.loads(body)
    except (ValueError, TypeError, EOFError):
        return None
    return entry if isinstance(entry, dict) and entry.get("engine") == engine_version() else None


def write(key: str, entry: dict[str, Any]) -> None:
    """Keep an entry of JSON's types. What cannot be written is not kept."""
    folder = _folder()
    if folder is None:
        return
    import tempfile  # here, because it brings much with it that only writing needs

    body = marshal.dumps({**entry, "engine": engine_version()})
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + body)
            Path(name).replace(folder / _file(key))
        except OSError:
            Path(name).unlink(missing_ok=True)
        _prune(folder)


@cache
def engine_version() -> str:
    """Changes with Python and with every file of this package."""
    parts = [sys.version]
    for file in sorted(_PACKAGE.rglob("*")):
        if file.suffix in (".py", ".json", ".gz"):
            status = file.stat()
            parts.append(f"{file.relative_to(_PACKAGE)} {status.st_size} {status.st_mtime_ns}")
    return fingerprint(*parts)


def _file(key: str) -> str:
    return f"{fingerprint(key, engine_version())}.bin"


def _folder() -> Path | None:
    """The cache's folder, made if need be; None when there is none to trust."""
    named = os.environ.get("SARCOMA_CDS_CACHE")
    if named == "":
        return None
    try:
        folder = Path(named) if named else _default_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return None
    return folder


def _default_folder() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sarcoma-cds" / "cql"


def _prune(folder: Path) -> None:
    """Remove the oldest entries when there are too many."""
    entries = list(folder.glob("*.bin"))
    if len(entries) > _MOST_ENTRIES:
        entries.sort(key=lambda entry: entry.stat().st_mtime)
        for entry in entries[: -_MOST_ENTRIES // 2]:
            entry.unlink(missing_ok=True)
