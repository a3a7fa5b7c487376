"""The application: its parts, its routes, and what every request passes through."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cds_hooks.api import api_routes
from cds_hooks.assembly import Assembly
from cds_hooks.errors import CallError, refusal
from cds_hooks.middleware import layers
from cds_hooks.operations import operation_routes, reload_on_hangup
from cds_hooks.pages import static_files
from cds_hooks.services import Guidance
from cds_hooks.settings import Settings

_COLLECT_AFTER = 200_000
"""Objects made, less those freed, before the garbage collector runs; Python's own 700 is for small programs."""


def settled(app: FastAPI) -> FastAPI:
    """The same application, in a process that will serve it and nothing else.

    Its content lives as long as the process, and left where it is every full garbage collection would walk through
    all of it. A call makes many objects at once and frees them at once; collecting in the midst of that finds nothing.
    Whoever loads with the collector off, because loading makes next to no garbage, has it on again after this.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 100)
    gc.enable()
    return app


def create_app(settings: Settings, guidance: Guidance | None = None) -> FastAPI:
    """The application; `guidance` is loaded as the settings say when it is not given.

    Raises ``ValueError`` for content, keys or a database that cannot be used.
    """
    parts = Assembly(settings, guidance)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with parts, reload_on_hangup(parts.reload):
            yield

    app = FastAPI(
        title="sarcoma-cds",
        description="CDS Hooks service for metastatic soft tissue sarcoma",
        version=metadata.version("sarcoma-cds"),
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={CallError: _refused, HTTPException: _not_routed},
        middleware=layers(settings, parts.metrics, parts.admission, lambda: parts.active.current.services),
        lifespan=lifespan,
    )
    app.include_router(api_routes(parts.pipeline))
    app.include_router(operation_routes(parts.active, parts.storage.reachable, parts.metrics))
    app.mount("/static", static_files())
    if settings.demo and settings.content is None:  # the sample patients are told for our guideline
        from cds_hooks.demo.routes import demo_routes

        app.include_router(demo_routes(parts.active, settings))
    app.router.default = parts.active.pages
    return app


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, CallError)
    return refusal(error)


async def _not_routed(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allowed = headers.get("Allow", "").split(", ")
        if "GET" in allowed:
            headers["Allow"] = ", ".join(dict.fromkeys((*allowed, "HEAD")))
        fault = CallError(405, "method-not-allowed", "this address answers the methods in the Allow header")
    elif error.status_code == 404:
        fault = CallError(404, "not-found", "there is no page or endpoint at this address; see GET /cds-services")
    else:
        fault = CallError(error.status_code, "bad-request", "the request cannot be answered")
    return refusal(fault, headers)
