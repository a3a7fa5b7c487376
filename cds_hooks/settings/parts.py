"""The tables of the settings file that concern one part of the service each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from cds_hooks.settings.part import Part, Positive, Seconds


class AuthenticationSettings(Part):
    """How the tokens of clients are judged: table ``[authentication]``."""

    clock_skew_seconds: Annotated[int, Field(ge=0, le=600)] = 60
    """How far the client's clock may be off."""
    max_lifetime_seconds: Positive = 3600
    """The longest time between `iat` and `exp` of a token."""
    keys_ttl_seconds: Positive = 3600
    """How long fetched public keys are used before they are fetched again."""
    keys_refetch_seconds: Positive = 30
    """The least time between two fetches of the same keys, when tokens name keys that are not known."""
    keys_timeout_seconds: Seconds = 2.0
    """The time to fetch public keys."""


class FhirSettings(Part):
    """How patient data is fetched from FHIR servers: table ``[fhir]``."""

    budget_seconds: Seconds = 2.0
    """The time for all fetching of one call; what has not come by then is unknown."""
    timeout_seconds: Seconds = 1.5
    """The time for one prefetch key, its further pages included."""
    parallel: Positive = 16
    """Requests at once for one call."""
    connections: Positive = 64
    """Requests at once in one process."""
    pages: Positive = 50
    """Pages of one search that are followed."""
    answer_bytes: Positive = 20_000_000
    """The largest answer, decompressed, and the largest sum of a search's pages."""
    breaker_failures: Positive = 5
    """After so many failures in a row a server is left alone ..."""
    breaker_seconds: Seconds = 10.0
    """... for so long; then one request tries it again."""


class LimitSettings(Part):
    """What one process takes on: table ``[limits]``."""

    body_bytes: Positive = 20_000_000
    """A larger body is refused with 413."""
    body_seconds: Seconds = 10.0
    """A body that has not come in this time is refused with 408, and the connection closed."""
    resources: Positive = 50_000
    """More resources in one call are refused with 413."""
    calls: Positive = 64
    """Calls under way at once, those that wait for FHIR servers included; more are refused with 503."""
    wait_seconds: Seconds = 0.2
    """A call that would have to wait longer for the processor, as things stand, is refused with 503; only a few calls
    at once after a quiet moment may wait as long as they take."""
    held_bytes: Positive = 200_000_000
    """Bytes of bodies held at once; a call that would go beyond is refused with 503."""
    evaluations: Positive = 1
    """Calls worked on at once by the processor; more wait their turn."""


class DatabaseSettings(Part):
    """Where feedback, audit and seen tokens are kept: table ``[database]``."""

    url: str = "sqlite:///sarcoma-cds.db"
    """`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. A server on another
    machine must have a certificate that is trusted, unless `?sslmode=require` (encrypted only) or `?sslmode=disable`
    says otherwise; `?sslrootcert=FILE` names the authority, `?host=FOLDER` the folder of a Unix socket."""
    audit_days: Positive = 3650
    """Audit records are deleted so many days after the call."""
    feedback_days: Positive = 3650
    """Feedback is deleted so many days after it came, and what it is compared with (cards shown, without patients)."""
    patient_ids: Literal["plain", "hashed"] = "plain"
    """Whether the ids of patients and encounters are stored as they are, or as a keyed hash (HMAC-SHA-256)."""
    patient_ids_key_file: Path | None = Field(default=None, strict=False)
    """The file with the key of the hash: 32 bytes or more; needed for `hashed`."""


class LogSettings(Part):
    """The log on standard error: table ``[log]``."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severity that is logged."""
    format: Literal["json", "text"] = "json"
    """One JSON object a line, or plain text."""
