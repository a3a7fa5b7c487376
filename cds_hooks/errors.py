"""The one shape of every answer that is not a success: an OperationOutcome with a code of ours.

Codes are stable; integrations may rely on them. Nothing that the caller sent is ever repeated: a body may hold patient
data, and an error ends up in logs and tickets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cds_hooks.observability.facts import facts_of

CODE_SYSTEM = "https://sarcoma-cds.org/fhir/CodeSystem/service-error"

CODES: Mapping[str, tuple[str, str]] = {
    "malformed-json": ("structure", "The body is not JSON."),
    "json-too-deep": ("structure", "The body is nested too deeply."),
    "unsupported-media-type": ("not-supported", "The body is not sent as JSON."),
    "body-too-large": ("too-long", "The body is too large."),
    "body-incomplete": ("incomplete", "The body ended early."),
    "body-too-slow": ("timeout", "The body did not come in time."),
    "too-many-resources": ("too-costly", "The call holds too many resources."),
    "missing-field": ("required", "A required field is missing."),
    "wrong-type": ("value", "A field has the wrong type."),
    "wrong-value": ("value", "A field has a value that is not allowed."),
    "hook-mismatch": ("value", "The hook is not the one of this service."),
    "unsupported-fhir-version": ("not-supported", "The FHIR version is not supported."),
    "missing-data": ("required", "Required patient data is missing."),
    "unauthorized": ("login", "The caller is not known."),
    "https-required": ("security", "The call must come by https."),
    "patient-mismatch": ("forbidden", "The access token is for another patient."),
    "not-found": ("not-found", "There is nothing at this address."),
    "method-not-allowed": ("not-supported", "The HTTP method does not fit this address."),
    "bad-request": ("invalid", "The request cannot be understood."),
    "overloaded": ("throttled", "The service has too much to do."),
    "database-unavailable": ("transient", "The service's database cannot be reached."),
    "internal-error": ("exception", "The service failed."),
}
"""Every code of ours: the FHIR issue type it goes with, and what it says in general."""

_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"www-authenticate": "Bearer"},
    408: {"connection": "close"},
    503: {"retry-after": "1"},
}
"""Headers that belong to a status (RFC 9110)."""


REFUSAL: dict[str, Any] = {
    "description": "An OperationOutcome",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["resourceType", "issue"],
                "properties": {
                    "resourceType": {"const": "OperationOutcome"},
                    "issue": {"type": "array", "minItems": 1},
                },
            }
        }
    },
}
"""A refusal, as the OpenAPI document describes it."""


class CallError(Exception):
    """A call that is refused: HTTP status, one of our codes, and what to mend (never quoting the input).

    `expressions` names the elements concerned, as paths into the request (``context.patientId``).
    """

    def __init__(self, status: int, code: str, diagnostics: str, expressions: Sequence[str] = ()) -> None:
        super().__init__(diagnostics)
        self.status = status
        self.code = code
        self.diagnostics = diagnostics
        self.expressions = tuple(expressions)


def outcome(error: CallError) -> dict[str, Any]:
    """The OperationOutcome of a refused call."""
    kind, text = CODES[error.code]
    issue: dict[str, Any] = {
        "severity": "fatal" if error.status >= 500 else "error",
        "code": kind,
        "details": {"coding": [{"system": CODE_SYSTEM, "code": error.code}], "text": text},
        "diagnostics": error.diagnostics,
    }
    if error.expressions:
        issue["expression"] = list(error.expressions)
    return {"resourceType": "OperationOutcome", "issue": [issue]}


class Refusal(Response):
    """The HTTP answer of a refused call; tells log and metrics its code when it is sent."""

    def __init__(self, error: CallError, headers: Mapping[str, str]) -> None:
        super().__init__(
            orjson.dumps(outcome(error)),
            status_code=error.status,
            media_type="application/json",
            headers={**_HEADERS.get(error.status, {}), **headers},
        )
        self._code = error.code

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer."""
        facts_of(scope).code = self._code
        await super().__call__(scope, receive, send)


def refusal(error: CallError, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer of a refused call."""
    return Refusal(error, headers or {})
