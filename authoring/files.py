"""Reading the files that a command was given, with errors a person can act on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson


class FileProblem(Exception):
    """A file that cannot be used; the message names it, what is wrong and the mend."""


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; ``-`` is standard input. Raises ``FileProblem``."""
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileProblem(f"{path}: cannot be read ({error.strerror}); give the path of a readable file") from error
    except UnicodeDecodeError as error:
        raise FileProblem(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def read_json(path: Path) -> Any:
    """The parsed JSON of a file. Raises ``FileProblem`` with line and column where it is not JSON."""
    text = read_text(path)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise FileProblem(f"{path}:{error.lineno}:{error.colno}: is not JSON ({error.msg})") from error
