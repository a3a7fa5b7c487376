"""``/guidance`` and ``/guidance/{id}``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from cds_hooks.errors import CallError
from cds_hooks.guidance.view import KINDS, entry_page
from cds_hooks.pages import page
from plandefinitions.guideline import Guideline


def guidance_routes(guideline: Guideline, *, demo: bool) -> APIRouter:
    """The pages; rendered once, since nothing on them depends on the caller."""
    router = APIRouter(tags=["Guidance"])
    frame = {"demo": demo}
    pages = {entry.id: page("guidance_entry.html", entry_page(entry) | frame) for entry in guideline.entries}
    groups = [
        {"kind": kind, "title": title, "items": [entry for entry in guideline.entries if entry.kind == kind]}
        for kind, title in KINDS.items()
    ]
    parameters = list(guideline.parameters.values())
    index = page("guidance_index.html", {"groups": groups, "parameters": parameters} | frame)

    @router.get("/guidance", summary="All guidance", response_class=HTMLResponse)
    async def show_all() -> Response:
        return HTMLResponse(index)

    @router.get(
        "/guidance/{recommendation_id}",
        summary="One recommendation or order check",
        response_class=HTMLResponse,
        openapi_extra={
            "parameters": [{"name": "recommendation_id", "in": "path", "required": True, "schema": {"type": "string"}}]
        },
    )
    async def show_one(request: Request) -> Response:
        text = pages.get(request.path_params["recommendation_id"])
        if text is None:
            raise CallError(404, "not-found", "there is no guidance of this id; GET /guidance lists what there is")
        return HTMLResponse(text)

    return router
