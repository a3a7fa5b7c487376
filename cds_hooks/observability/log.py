"""The log: one JSON object a line, made of fields that are named here and nothing else.

Patient data must not get into it. Three rules see to that: a line has only the fields of ``FIELDS``; an exception is
told by its kind and place, never by its message, which may quote what it failed on; and of what libraries have to say
only warnings and errors are logged, by their place, because their words may hold URLs with patient ids.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson

from cds_hooks.observability.facts import CURRENT_REQUEST
from cds_hooks.settings import LogSettings

FIELDS: Mapping[str, str] = {
    "time": "when, in UTC",
    "level": "debug, info, warning or error",
    "logger": "the part of the service",
    "message": "what happened, in words; `call` for the line of a request",
    "request_id": "the X-Request-Id of the answer, in every line that a request gives rise to",
    "call_id": "the id of the audit record",
    "kind": "discovery, call, explain, feedback, operations, page or other",
    "method": "the HTTP method",
    "service": "the id of the service, where there is one of that id",
    "client": "the name of the client in the settings, once it is authenticated",
    "status": "the HTTP status; 499 where the client did not wait for the answer",
    "code": "the code of a refusal (docs/service.md)",
    "reason": "why, as a word of a fixed table (for example why a token was refused)",
    "milliseconds": "from the request's headers to the end of its answer",
    "cards": "cards in the answer",
    "received": "bytes of the body that were read",
    "sent": "bytes of the answer",
    "issuer": "the issuer of a token, where the settings register it",
    "exception": "the kinds of an exception and of those that led to it",
    "frames": "where it happened",
}
"""Every field that a line may have."""

_OWN = ("cds_hooks", "authoring")
_SPOKEN = frozenset({*_OWN, "uvicorn"})
"""The packages whose words are logged."""


def field_extra(**fields: Any) -> dict[str, Any]:
    """The `extra` of a log call: ``_LOG.info("call", extra=field_extra(status=200))``. ``KeyError`` for other names."""
    unknown = fields.keys() - FIELDS.keys()
    if unknown:
        raise KeyError(f"a log line has no field {sorted(unknown)[0]!r}")
    return {"fields": {name: value for name, value in fields.items() if value is not None}}


def configure_logging(settings: LogSettings) -> None:
    """Sends everything that is logged in this process to standard error, in one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    level = settings.level.upper()
    for name in _OWN:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("uvicorn.error").setLevel(max(logging.INFO, logging.getLevelName(level)))
    access = logging.getLogger("uvicorn.access")  # has the paths of requests; without a handler uvicorn leaves it alone
    access.handlers.clear()
    access.propagate = False
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


class JsonFormatter(logging.Formatter):
    """A line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object; ends without a newline."""
        return orjson.dumps(dict(_line(record)), default=str).decode()


class TextFormatter(logging.Formatter):
    """The same as text, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of ``field=value``; the frames of an exception follow on lines of their own."""
        line = dict(_line(record))
        head = f"{line.pop('time')} {line.pop('level'):7} {line.pop('message')}"
        frames = line.pop("frames", [])
        rest = "".join(f" {name}={value}" for name, value in line.items())
        return "\n".join((head + rest, *(f"    {one}" for one in frames)))


def exception_fields(error: BaseException) -> dict[str, Any]:
    """The fields `exception` and `frames` of an exception: kinds and places, no message."""
    kinds: list[str] = []
    frames: list[str] = []
    one: BaseException | None = error
    while one is not None and len(kinds) < 10:
        kinds.append(type(one).__qualname__)
        found = traceback.extract_tb(one.__traceback__)[-20:]
        frames += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return {"exception": " < ".join(kinds), "frames": frames}


def _line(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    at = datetime.fromtimestamp(record.created, UTC)
    yield "time", at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield "level", record.levelname.lower()
    yield "logger", record.name
    if record.name.partition(".")[0] in _SPOKEN:
        yield "message", record.getMessage()
    else:
        yield "message", f"a library's own, not shown; from {record.module}:{record.lineno}"
    fields = getattr(record, "fields", {})
    request_id = CURRENT_REQUEST.get()
    if request_id is not None and "request_id" not in fields:
        yield "request_id", request_id
    if isinstance(fields, dict):
        yield from ((name, value) for name, value in fields.items() if name in FIELDS)
    if record.exc_info and record.exc_info[1] is not None:
        yield from exception_fields(record.exc_info[1]).items()


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).error("uncaught exception", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
