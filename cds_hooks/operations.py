"""The endpoints that a load balancer asks."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from cds_hooks.services import Guidance


def operation_routes(guidance: Guidance) -> APIRouter:
    """``/healthz``: the process answers; ``/readyz``: and its content is loaded."""
    router = APIRouter(tags=["Operations"])
    ready = orjson.dumps({"status": "ready", "services": len(guidance.services), "content": guidance.version})

    @router.get("/healthz", summary="Whether the process answers")
    async def healthy() -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    @router.get("/readyz", summary="Whether the content is loaded")
    async def is_ready() -> Response:
        return Response(ready, media_type="application/json")

    return router
