"""A real server on a free port, shared by the tests of this folder, and the makings of hook calls."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import requests
import uvicorn
from fastapi import FastAPI

from cds_hooks.app import create_app
from cds_hooks.assembly import load_guidance
from cds_hooks.services import Guidance
from cds_hooks.settings import LimitSettings, Settings

Call = Callable[..., requests.Response]
Serve = Callable[[FastAPI], AbstractContextManager[str]]
HOOKS = ("patient-view", "order-select", "order-sign", "encounter-start")


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start within 20 s"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves an application for the length of a with block; gives its base URL."""
    return _serving


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(demo=True, allowed_origins=("https://ehr.example.org",), limits=LimitSettings(body_bytes=2_000_000))


@pytest.fixture(scope="session")
def guidance(settings: Settings) -> Guidance:
    return load_guidance(settings)


@pytest.fixture(scope="session")
def server(settings: Settings, guidance: Guidance) -> Iterator[str]:
    """The base URL of the service."""
    with _serving(create_app(settings, guidance)) as base:
        yield base


@pytest.fixture(scope="session")
def services(server: str) -> dict[str, dict[str, Any]]:
    """The services of the discovery response, by hook."""
    return {one["hook"]: one for one in requests.get(f"{server}/cds-services", timeout=10).json()["services"]}


@pytest.fixture(scope="session")
def call(server: str, services: dict[str, dict[str, Any]]) -> Call:
    """Posts a body to the service of a hook (``explain=True``: to its explanation)."""

    def post(body: Any, hook: str = "patient-view", *, explain: bool = False) -> requests.Response:
        path = "explain" if explain else "cds-services"
        return requests.post(f"{server}/{path}/{services[hook]['id']}", json=body, timeout=20)

    return post


@pytest.fixture(scope="session")
def complete(services: dict[str, dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A hook call with everything that discovery asks for; `records` are the patient's resources."""

    def make(hook: str = "patient-view", records: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"userId": "Practitioner/p1", "patientId": "x1"}
        if hook == "encounter-start":
            context["encounterId"] = "e1"
        if hook.startswith("order"):
            context["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": []}
        if hook == "order-select":
            context["selections"] = []
        prefetch: dict[str, Any] = {}
        for key, query in services[hook]["prefetch"].items():
            kind = query.split("?")[0]
            found = [{"resource": one} for one in records if one["resourceType"] == kind]
            prefetch[key] = {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": found}
        prefetch["patient"] = {"resourceType": "Patient", "id": "x1", "gender": "female", "birthDate": "1961-04-12"}
        return {
            "hook": hook,
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "context": context,
            "prefetch": prefetch,
        } | more

    return make
