"""What every request passes on its way in and every answer on its way out, before and after the application itself.

Plain ASGI, so that answers to faults carry the same headers as any other: a browser client that gets an error without
cross-origin headers sees nothing but "network error".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Container
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_hooks.errors import CallError, refusal
from cds_hooks.limits import Admission, AdmissionLayer
from cds_hooks.observability.log import exception_fields, field_extra
from cds_hooks.observability.metrics import Metrics
from cds_hooks.observability.observe import Observe
from cds_hooks.settings import Settings

_LOG = logging.getLogger(__name__)
_ALLOWED_METHODS = "GET, POST, OPTIONS"
_ALLOWED_HEADERS = "Authorization, Content-Type, Accept, Accept-Language, X-Request-Id"
_EXPOSED_HEADERS = "X-Request-Id, Retry-After"
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
_OPERATIONS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What load balancers and monitoring ask, from inside the network and without TLS."""


def layers(
    settings: Settings, metrics: Metrics, admission: Admission, services: Callable[[], Container[str]]
) -> list[Middleware]:
    """The layers around the application, outermost first; `services` tells the ids of the services there are."""
    return [
        Middleware(PlainPath, prefix=urlsplit(settings.base_url).path),
        Middleware(CrossOrigin, origins=_origins(settings)),
        Middleware(SecurityHeaders),
        Middleware(Observe, metrics=metrics, services=services),
        Middleware(Shield),
        *([] if settings.demo else [Middleware(HttpsOnly)]),
        Middleware(AdmissionLayer, admission=admission, spread=settings.workers > 1),
        Middleware(HeadAsGet),
    ]


def _origins(settings: Settings) -> tuple[str, ...]:
    if settings.demo and not settings.allowed_origins:
        return ("*",)
    return (*settings.allowed_origins, *(origin for client in settings.clients for origin in client.origins))


class PlainPath:
    """Makes the path of a request the one that the application knows, however a client was told of it.

    The path of the public URL (``/cds`` of ``https://hospital.example.org/cds``) is taken off: some reverse proxies
    pass it on, some take it off themselves. So is a slash at the end: base URLs are typed by hand.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with the path that the application knows."""
        if scope["type"] == "http":
            path, raw = scope["path"], scope.get("raw_path") or b""
            if self._prefix and path.startswith(f"{self._prefix}/"):
                path, raw = path.removeprefix(self._prefix), raw.removeprefix(self._prefix.encode("ascii"))
            if path.endswith("/"):
                path, raw = path.rstrip("/") or "/", raw.rstrip(b"/") or b"/"
            scope = {**scope, "path": path, "raw_path": raw}
        await self._app(scope, receive, send)


class HeadAsGet:
    """Answers HEAD with the headers of GET: load balancers and monitors ask so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; of an answer to HEAD the body is left out."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, without_body)


class HttpsOnly:
    """Refuses what did not come by https, but from this very machine and for what monitoring asks.

    Whether it did is told by the connection, or by `X-Forwarded-Proto` of a proxy that the settings trust (uvicorn has
    looked at that). A proxy that the settings do not mention speaks for nobody, not even on this machine.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 403."""
        if scope["type"] != "http" or scope["scheme"] == "https" or scope["path"] in _OPERATIONS or _is_local(scope):
            await self._app(scope, receive, send)
            return
        words = (
            "send this by https; a reverse proxy that did receive it by https must say so in X-Forwarded-Proto, "
            "and its address must be among the trusted_proxies of the settings"
        )
        await refusal(CallError(403, "https-required", words))(scope, receive, send)


def is_forwarded(scope: Scope) -> bool:
    """Whether a proxy passed the request on."""
    return any(name == b"forwarded" or name.startswith(b"x-forwarded-") for name, _ in scope["headers"])


def _is_local(scope: Scope) -> bool:
    client = scope.get("client")
    if not client or is_forwarded(scope):
        return False
    try:
        return ip_address(client[0]).is_loopback
    except ValueError:
        return False


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
                    headers["access-control-expose-headers"] = _EXPOSED_HEADERS
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
            _LOG.error("%s while answering", type(error).__name__, extra=field_extra(**exception_fields(error)))
            fault = CallError(500, "internal-error", "the call could not be answered; the service's log says more")
            await refusal(fault)(scope, receive, send)
