"""The one shape of every answer that is not a success."""

import requests

from cds_hooks.errors import CODE_SYSTEM

CANARY = "Canary-Patient-Name-4711"
"""What no refusal may repeat."""
# https://hl7.org/fhir/R4/valueset-issue-type.html
ISSUE_TYPES = {
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
    "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
    "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
    "exception", "timeout", "incomplete", "throttled", "informational",
}  # fmt: skip


def check(answer: requests.Response, status: int, code: str, origin: str = "https://ehr.example.org") -> None:
    """Asserts the one shape."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["x-content-type-options"] == "nosniff"
    outcome = answer.json()
    assert set(outcome) == {"resourceType", "issue"}
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert issue["severity"] == ("fatal" if status >= 500 else "error")
    assert issue["code"] in ISSUE_TYPES
    assert issue["details"]["coding"] == [{"system": CODE_SYSTEM, "code": code}]
    assert issue["details"]["text"]
    assert issue["diagnostics"]
    assert CANARY not in answer.text
