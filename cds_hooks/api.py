"""The endpoints of CDS Hooks: discovery, hook calls and their explanation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from cds_hooks.body import parse_object, read_body
from cds_hooks.envelope import read_call
from cds_hooks.errors import CallError
from cds_hooks.limits import Admission
from cds_hooks.services import Answer, Guidance, Service
from cds_hooks.settings import Settings

_OUTCOME: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "An OperationOutcome", "content": {"application/json": {"schema": {"type": "object"}}}}
}
_CALL: dict[str, Any] = {
    "parameters": [{"name": "service_id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "description": "A CDS Hooks 2.0.1 request.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["hook", "hookInstance", "context"],
                    "properties": {
                        "hook": {"type": "string"},
                        "hookInstance": {"type": "string", "format": "uuid"},
                        "context": {"type": "object"},
                        "prefetch": {"type": "object"},
                        "fhirServer": {"type": "string", "format": "uri"},
                        "fhirAuthorization": {"type": "object"},
                    },
                }
            }
        },
    },
}


def api_routes(guidance: Guidance, settings: Settings, admission: Admission) -> APIRouter:
    """The routes of these endpoints."""
    router = APIRouter(tags=["CDS Hooks"])
    services = {service.id: service for service in guidance.services}
    discovery = orjson.dumps({"services": [service.to_json() for service in guidance.services]})

    async def run(request: Request, render: Callable[[Answer], object]) -> Response:
        service = _named(services, request.path_params["service_id"])
        body = await read_body(request, settings.limits.body_bytes, settings.limits.body_seconds)

        def work() -> tuple[bytes, list[Answer]]:
            answer = evaluate(guidance, service, body, heed_as_of=settings.demo)
            return orjson.dumps(render(answer)), [answer]

        content, kept = await admission.evaluate(work)
        # The patient's resources hang on the answer. Freeing thousands takes milliseconds: not while the caller waits.
        return Response(content, media_type="application/json", background=BackgroundTask(kept.clear))

    @router.get("/cds-services", summary="The services")
    async def discover() -> Response:
        return Response(discovery, media_type="application/json")

    @router.post("/cds-services/{service_id}", summary="A hook call: cards", openapi_extra=_CALL, responses=_OUTCOME)
    async def call(request: Request) -> Response:
        return await run(request, lambda answer: {"cards": answer.cards})

    @router.post(
        "/explain/{service_id}", summary="The decision behind the cards", openapi_extra=_CALL, responses=_OUTCOME
    )
    async def explain(request: Request) -> Response:
        return await run(request, lambda answer: {**answer.explain(), "cards": answer.cards})

    return router


def evaluate(guidance: Guidance, service: Service, body: bytes, *, heed_as_of: bool) -> Answer:
    """Everything between the bytes of a call and its answer; made for a worker thread. Raises ``CallError``."""
    return guidance.answer(service, read_call(parse_object(body), service.hook, heed_as_of=heed_as_of))


def _named(services: dict[str, Service], service_id: str) -> Service:
    service = services.get(service_id)
    if service is None:
        raise CallError(404, "not-found", "there is no service of this id; GET /cds-services lists those there are")
    return service
