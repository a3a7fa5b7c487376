"""Reading a request's JSON body within limits."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from cds_hooks.errors import CallError
from cds_hooks.json_text import read_json


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """The body, at most `limit` bytes and within so many seconds.

    Raises ``CallError`` 413 as soon as it is larger, 408 when it has not come in time, 415 when it is not JSON, and 400
    when the connection ends first.
    """
    _check_type(request)
    return await read_bytes(request, limit, seconds)


async def read_bytes(request: Request, limit: int, seconds: float) -> bytes:
    """The same for a body of any type. Raises ``CallError`` 413, 408 and 400."""
    too_large = CallError(
        413,
        "body-too-large",
        f"the body is larger than the {limit} bytes that this service accepts; send less prefetch",
    )
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise too_large
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise too_large
                chunks.append(chunk)
    except TimeoutError as error:
        raise CallError(408, "body-too-slow", f"the body did not come within {seconds:g} seconds") from error
    except ClientDisconnect as error:
        raise CallError(400, "body-incomplete", "the connection closed before the whole body had come") from error
    return b"".join(chunks)


def _check_type(request: Request) -> None:
    """A body without a content type is taken for JSON; one that says it is something else is not."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise CallError(415, "unsupported-media-type", "Content-Type: send application/json")
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise CallError(415, "unsupported-media-type", "Content-Encoding: send the body uncompressed")


def parse_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object. Raises ``CallError`` 400; the place of a fault is told, never the text around it."""
    try:
        value = read_json(body)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg:
            raise CallError(400, "json-too-deep", "objects and lists may be nested 1,000 deep at most") from error
        raise CallError(400, "malformed-json", _told(body, error)) from error
    if not isinstance(value, dict):
        raise CallError(400, "wrong-type", "the body must be a JSON object")
    return value


def _told(body: bytes, error: orjson.JSONDecodeError) -> str:
    if not body.strip():
        return "the body is empty; send a JSON object"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        return f"the body is not UTF-8 (byte {fault.start + 1}); JSON is sent in UTF-8, whatever the charset says"
    return f"the body is not JSON (line {error.lineno}, column {error.colno})"
