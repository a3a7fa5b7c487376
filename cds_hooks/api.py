"""The endpoints of CDS Hooks: discovery, hook calls and their explanation, feedback."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from cds_hooks.errors import REFUSAL
from cds_hooks.pipeline import Pipeline

_REFUSED: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 404, 408, 412, 413, 415, 503), REFUSAL)
_DISCOVERY_REFUSED: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 503), REFUSAL)
_SERVICE_ID = [{"name": "service_id", "in": "path", "required": True, "schema": {"type": "string"}}]
_CALL: dict[str, Any] = {
    "parameters": _SERVICE_ID,
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


_FEEDBACK: dict[str, Any] = {
    "parameters": _SERVICE_ID,
    "requestBody": {
        "required": True,
        "description": "CDS Hooks 2.0.1 feedback.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["feedback"],
                    "properties": {
                        "feedback": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["card", "outcome", "outcomeTimestamp"],
                                "properties": {
                                    "card": {"type": "string"},
                                    "outcome": {"enum": ["accepted", "overridden"]},
                                    "outcomeTimestamp": {"type": "string", "format": "date-time"},
                                    "acceptedSuggestions": {"type": "array", "items": {"type": "object"}},
                                    "overrideReason": {"type": "object"},
                                },
                            },
                        }
                    },
                }
            }
        },
    },
}


def api_routes(pipeline: Pipeline) -> APIRouter:
    """The routes of these endpoints."""
    router = APIRouter(tags=["CDS Hooks"])

    @router.get("/cds-services", summary="The services", responses=_DISCOVERY_REFUSED)
    async def discover(request: Request) -> Response:
        return await pipeline.discover(request)

    @router.post("/cds-services/{service_id}", summary="A hook call: cards", openapi_extra=_CALL, responses=_REFUSED)
    async def call(request: Request) -> Response:
        return await pipeline.answer(request, "call")

    @router.post(
        "/explain/{service_id}", summary="The decision behind the cards", openapi_extra=_CALL, responses=_REFUSED
    )
    async def explain(request: Request) -> Response:
        return await pipeline.answer(request, "explain")

    @router.post(
        "/cds-services/{service_id}/feedback",
        summary="What clinicians did with cards",
        openapi_extra=_FEEDBACK,
        responses=_REFUSED,
    )
    async def feedback(request: Request) -> Response:
        return await pipeline.take_feedback(request)

    return router
