"""Where the guidance pages stand, and where their links lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import requests
from fastapi import FastAPI

from cds_hooks.guidance import guidance_routes
from plandefinitions.guideline import Guideline


def test_links_lead_below_the_path_of_the_public_url(serve: Callable[..., Any]) -> None:
    app = FastAPI()
    app.router.default = guidance_routes(Guideline.load(), demo=False, root="/sarcoma/cds")
    with serve(app) as base:
        for path in ("/guidance", "/guidance/pazopanib-later-line"):
            links = re.findall(r'(?:href|src)="(/[^"]*)"', requests.get(base + path, timeout=10).text)
            assert links
            assert all(link.startswith("/sarcoma/cds/") for link in links), links
