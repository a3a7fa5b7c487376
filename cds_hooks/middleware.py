"""What every answer passes on its way out: cross-origin headers, security headers, and a shield against exceptions.

Plain ASGI, so that answers to faults carry the same headers as any other: a browser client that gets an error without
cross-origin headers sees nothing but "network error".
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_hooks.errors import CallError, refusal

_LOG = logging.getLogger(__name__)
_ALLOWED_METHODS = "GET, POST, OPTIONS"
_ALLOWED_HEADERS = "Authorization, Content-Type, Accept, Accept-Language"
_MAX_AGE = "600"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class CrossOrigin:
    """Answers preflight requests and lets the scripts of allowed origins read the answers; no cookies, ever."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a preflight, or adds the headers to the answer of the application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Headers(scope=scope)
        allowed = self._allowed(request.get("origin"))
        if scope["method"] == "OPTIONS" and "access-control-request-method" in request:
            await self._preflight(allowed)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if allowed:
                    headers["access-control-allow-origin"] = allowed
            await send(message)

        await self._app(scope, receive, with_headers)

    def _allowed(self, origin: str | None) -> str | None:
        """What Access-Control-Allow-Origin says to this origin; None when it may not read the answer."""
        if not origin:
            return None
        if "*" in self._origins:
            return "*"
        return origin if origin in self._origins else None

    def _preflight(self, allowed: str | None) -> Response:
        """Without the headers, the browser does not go on; there is nothing else to say."""
        response = Response(status_code=204, headers={"vary": "Origin"})
        if allowed:
            response.headers["access-control-allow-origin"] = allowed
            response.headers["access-control-allow-methods"] = _ALLOWED_METHODS
            response.headers["access-control-allow-headers"] = _ALLOWED_HEADERS
            response.headers["access-control-max-age"] = _MAX_AGE
        return response


class SecurityHeaders:
    """Puts the security headers on every answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers to the answer of the application."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Shield:
    """Turns an exception that nobody expected into a 500 that says nothing about the input.

    The log gets the kind of exception and where it happened, not its message, which may quote patient data.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers for the application where it fails before it has begun to answer."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            frames = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("%s while answering\n%s", type(error).__name__, frames)
            fault = CallError(500, "internal-error", "the call could not be answered; the service's log says more")
            await refusal(fault)(scope, receive, send)
