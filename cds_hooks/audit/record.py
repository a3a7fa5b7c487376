"""The record of one call: who, about whom, what was read, and what was shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card that went out: its uuid, the recommendations on it with their statuses, its suggestions' uuids."""

    uuid: str
    recommendations: tuple[tuple[str, str], ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FhirQuery:
    """A query to a FHIR server: relative to its base URL. `status` is None where no answer came.

    `error` is a stable code (`timeout`, `connection`, ...), None where the answer could be used.
    """

    server: str
    query: str
    status: int | None
    milliseconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call and its outcome. `id` is the request's id (a UUID), `at` in UTC, `code` ours of a refusal."""

    id: str
    at: datetime
    kind: Literal["call", "explain", "feedback"]
    service: str
    content_version: str
    status: int
    milliseconds: float
    code: str | None = None
    hook: str | None = None
    hook_instance: str | None = None
    client: str | None = None
    issuer: str | None = None
    tenant: str | None = None
    user: str | None = None
    patient: str | None = None
    encounter: str | None = None
    cards: tuple[CardShown, ...] = ()
    queries: tuple[FhirQuery, ...] = ()
