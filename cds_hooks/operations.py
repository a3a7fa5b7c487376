"""The endpoints that load balancers and monitoring ask, and the signal that loads the content again."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from cds_hooks.content.active import ActiveContent
from cds_hooks.errors import REFUSAL, CallError
from cds_hooks.middleware import is_forwarded
from cds_hooks.observability.metrics import CONTENT_TYPE, Metrics

_LOG = logging.getLogger(__name__)
_JSON = "application/json"


def operation_routes(active: ActiveContent, reachable: Callable[[], bool], metrics: Metrics) -> APIRouter:
    """``/healthz``: the process answers; ``/readyz``: it can answer calls; ``/metrics``.

    `reachable` tells whether the database can be reached; it may block.
    """
    router = APIRouter(tags=["Operations"])

    @router.get("/healthz", summary="Whether the process answers")
    async def healthy() -> Response:
        return Response(b'{"status":"ok"}', media_type=_JSON)

    @router.get("/readyz", summary="Whether calls can be answered", responses={503: REFUSAL})
    async def is_ready() -> Response:
        if not await to_thread.run_sync(reachable):
            raise CallError(503, "database-unavailable", "the database cannot be reached; no call would be answered")
        return Response(orjson.dumps(_state(active)), media_type=_JSON)

    @router.get(
        "/metrics",
        summary="Metrics for Prometheus; not through a proxy",
        response_class=PlainTextResponse,
        responses={404: REFUSAL},
    )
    async def measured(request: Request) -> Response:
        if is_forwarded(request.scope):
            raise CallError(404, "not-found", "metrics are for the inside: ask the service itself, not its proxy")
        return Response(await to_thread.run_sync(metrics.render), media_type=CONTENT_TYPE)

    return router


def _state(active: ActiveContent) -> dict[str, Any]:
    served = active.current
    refusal = active.last_refusal
    state = {
        "status": "ready",
        "services": len(served.services),
        "content": served.guidance.version,
        "since": served.since.isoformat(timespec="seconds"),
    }
    # Old content that works is better than none: what was refused is for the operator, not for the load balancer.
    return state if refusal is None else {**state, "refused": refusal.at.isoformat(timespec="seconds")}


@contextmanager
def reload_on_hangup(reload: Callable[[], object]) -> Iterator[None]:
    """Calls `reload`, in a thread of its own, when the process gets SIGHUP; for the lifespan of the application.

    Does nothing where signals cannot be handled: outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def hangup() -> None:
        _LOG.info("SIGHUP: the content is loaded again")
        threading.Thread(target=reload, name="reload", daemon=True).start()

    loop.add_signal_handler(signal.SIGHUP, hangup)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
