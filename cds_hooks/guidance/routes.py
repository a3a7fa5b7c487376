"""``/guidance`` and ``/guidance/{id}``."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, Router

from cds_hooks.errors import CallError
from cds_hooks.guidance.view import KINDS, background, entry_page
from cds_hooks.pages import page
from plandefinitions.guideline import Guideline


def guidance_routes(guideline: Guideline, *, demo: bool, root: str = "") -> Router:
    """The pages; each rendered when it is first asked for, and kept, since nothing on it depends on the caller.

    `root` is the path of the public base URL, for the links.
    """
    entries = {entry.id: entry for entry in guideline.entries}
    notes = background(entries.values())  # as the files are now: refused changes must not appear later

    @cache
    def index() -> str:
        groups = [
            {"kind": kind, "title": title, "items": [one for one in entries.values() if one.kind == kind]}
            for kind, title in KINDS.items()
        ]
        values = {
            "groups": groups,
            "parameters": list(guideline.parameters.values()),
            "background": notes,
            "demo": demo,
            "root": root,
        }
        return page("guidance_index.html", values)

    @cache
    def entry_text(identifier: str) -> str:
        return page("guidance_entry.html", entry_page(entries[identifier]) | {"demo": demo, "root": root})

    async def show_all(_: Request) -> Response:
        return HTMLResponse(index())

    async def show_one(request: Request) -> Response:
        identifier = request.path_params["recommendation_id"]
        if identifier not in entries:
            raise CallError(404, "not-found", "there is no guidance of this id; GET /guidance lists what there is")
        return HTMLResponse(entry_text(identifier))

    return Router([Route("/guidance", show_all), Route("/guidance/{recommendation_id}", show_one)])
