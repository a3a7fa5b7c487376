"""The application: content loaded once, routes, and what every answer passes through."""

from __future__ import annotations

import gc
import os
from importlib import metadata

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cds_hooks.api import api_routes
from cds_hooks.content.active import ActiveContent
from cds_hooks.errors import CallError, refusal
from cds_hooks.limits import Admission
from cds_hooks.middleware import layers
from cds_hooks.observability.metrics import Metrics
from cds_hooks.operations import operation_routes
from cds_hooks.pages import static_files
from cds_hooks.services import Guidance
from cds_hooks.settings import Settings

SETTINGS_VARIABLE = "SARCOMA_CDS_SERVICE"
"""The environment variable through which `serve` hands the settings to its worker processes."""

_COLLECT_AFTER = 200_000
"""Objects made, less those freed, before the garbage collector runs; Python's own 700 is for small programs."""


def create() -> FastAPI:
    """The application of the settings in the environment: what a worker process starts."""
    return settled(create_app(Settings.from_json(os.environ[SETTINGS_VARIABLE])))


def settled(app: FastAPI) -> FastAPI:
    """The same application, in a process that will serve it and nothing else.

    Its content lives as long as the process, and left where it is every full garbage collection would walk through
    all of it. A call makes many objects at once and frees them at once; collecting in the midst of that finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 100)
    return app


def create_app(settings: Settings, guidance: Guidance | None = None) -> FastAPI:
    """The application; `guidance` is loaded as the settings say when it is not given."""
    guidance = guidance or load_guidance(settings)
    active = ActiveContent(lambda: load_guidance(settings), guidance)
    metrics = Metrics([one.name for one in settings.clients])
    metrics.content(guidance.version)
    admission = Admission(settings.limits, metrics.shed)
    app = FastAPI(
        title="sarcoma-cds",
        description="CDS Hooks service for metastatic soft tissue sarcoma",
        version=metadata.version("sarcoma-cds"),
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={CallError: _refused, HTTPException: _not_routed},
        middleware=layers(settings, metrics, admission, lambda: active.current.services),
    )
    app.include_router(api_routes(guidance, settings, admission))
    app.include_router(operation_routes(active, lambda: True, metrics))
    app.mount("/static", static_files())
    if settings.demo and settings.content is None:  # the sample patients are told for our guideline
        from cds_hooks.demo.routes import demo_routes

        app.include_router(demo_routes(guidance, settings))
    app.router.default = guidance.pages()
    return app


def load_guidance(settings: Settings) -> Guidance:
    """Our guideline, or the content of the folder that the settings name. Raises ``ValueError`` for faulty content."""
    if settings.content is not None:
        from cds_hooks.published import PublishedGuidance

        return PublishedGuidance.load(settings.content)
    from cds_hooks.sarcoma import SarcomaGuidance

    return SarcomaGuidance.load(settings)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, CallError)
    return refusal(error)


async def _not_routed(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        fault = CallError(405, "method-not-allowed", "this address answers the methods in the Allow header")
    elif error.status_code == 404:
        fault = CallError(404, "not-found", "there is no page or endpoint at this address; see GET /cds-services")
    else:
        fault = CallError(error.status_code, "bad-request", "the request cannot be answered")
    return refusal(fault, dict(error.headers or {}))
