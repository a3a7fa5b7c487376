"""The one shape of every answer that is not a success: an OperationOutcome with a code of ours.

Codes are stable; integrations may rely on them. Nothing that the caller sent is ever repeated: a body may hold patient
data, and an error ends up in logs and tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from starlette.responses import Response

CODE_SYSTEM = "https://sarcoma-cds.org/fhir/CodeSystem/service-error"

_ISSUE_TYPES = {
    "malformed-json": "structure",
    "json-too-deep": "structure",
    "unsupported-media-type": "not-supported",
    "body-too-large": "too-long",
    "body-incomplete": "incomplete",
    "missing-field": "required",
    "wrong-type": "value",
    "hook-mismatch": "value",
    "unsupported-fhir-version": "not-supported",
    "missing-data": "required",
    "not-found": "not-found",
    "method-not-allowed": "not-supported",
    "bad-request": "invalid",
    "internal-error": "exception",
}
"""Every code of ours, with the FHIR issue type it goes with."""

_TEXTS = {
    "malformed-json": "The body is not JSON.",
    "json-too-deep": "The body is nested too deeply.",
    "unsupported-media-type": "The body is not sent as JSON.",
    "body-too-large": "The body is too large.",
    "body-incomplete": "The body ended early.",
    "missing-field": "A required field is missing.",
    "wrong-type": "A field has the wrong type.",
    "hook-mismatch": "The hook is not the one of this service.",
    "unsupported-fhir-version": "The FHIR version is not supported.",
    "missing-data": "Required patient data is missing.",
    "not-found": "There is nothing at this address.",
    "method-not-allowed": "The HTTP method does not fit this address.",
    "bad-request": "The request cannot be understood.",
    "internal-error": "The service failed.",
}


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
    issue: dict[str, Any] = {
        "severity": "fatal" if error.status >= 500 else "error",
        "code": _ISSUE_TYPES[error.code],
        "details": {"coding": [{"system": CODE_SYSTEM, "code": error.code}], "text": _TEXTS[error.code]},
        "diagnostics": error.diagnostics,
    }
    if error.expressions:
        issue["expression"] = list(error.expressions)
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def refusal(error: CallError, headers: dict[str, str] | None = None) -> Response:
    """The HTTP answer of a refused call."""
    return Response(
        orjson.dumps(outcome(error)), status_code=error.status, media_type="application/json", headers=headers
    )
