"""The layer that every request passes: its id, its log line, its metrics."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Container
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_hooks.observability.facts import CURRENT_REQUEST, facts_of
from cds_hooks.observability.log import field_extra
from cds_hooks.observability.metrics import Metrics

_LOG = logging.getLogger(__name__)
_OPERATIONS = frozenset({"/healthz", "/readyz", "/metrics"})
_PAGES = ("/guidance", "/demo", "/static", "/openapi.json", "/apply")
_QUIET = frozenset({"operations", "page"})
"""Requests whose log line is for debugging only."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_GONE = 499


@dataclass(frozen=True, slots=True)
class Route:
    """What a path asks for, as far as metrics and log tell it; `service` only if there is one of that id."""

    kind: str
    service: str | None = None


class Observe:
    """Gives each request an id, and when it is answered a log line and its place in the metrics.

    `services` tells the ids of the services that there are now.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, services: Callable[[], Container[str]]) -> None:
        self._app = app
        self._metrics = metrics
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and tells about it at the end, however it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        facts = facts_of(scope)
        CURRENT_REQUEST.set(facts.request_id)
        route = self._route(scope["path"])
        status, sent, started = _CLIENT_GONE, 0, time.perf_counter()

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                facts.received += len(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = facts.request_id
            else:
                sent += len(message.get("body", b""))
            await send(message)

        self._metrics.under_way(1)
        try:
            await self._app(scope, receiving, sending)
        except Exception:
            status, facts.code = 500, "internal-error"
            raise
        finally:
            seconds = time.perf_counter() - started
            self._metrics.under_way(-1)
            self._metrics.observe_call(route.kind, route.service, facts.client, status, facts.code, seconds)
            _LOG.log(
                logging.DEBUG if route.kind in _QUIET and status < 500 else logging.INFO,
                "call",
                extra=field_extra(
                    call_id=facts.call_id,
                    kind=route.kind,
                    method=scope["method"] if scope["method"] in _METHODS else "other",
                    service=route.service,
                    client=facts.client,
                    status=status,
                    code=facts.code,
                    milliseconds=round(seconds * 1000, 1),
                    cards=facts.cards,
                    received=facts.received,
                    sent=sent,
                ),
            )

    def _route(self, path: str) -> Route:
        if path in _OPERATIONS:
            return Route("operations")
        if path == "/cds-services":
            return Route("discovery")
        first, _, rest = path.removeprefix("/").partition("/")
        if first in ("cds-services", "explain"):
            service, _, last = rest.partition("/")
            kind = "explain" if first == "explain" else "feedback" if last == "feedback" else "call"
            return Route(kind, service if service in self._services() else None)
        return Route("page" if path.startswith(_PAGES) else "other")
