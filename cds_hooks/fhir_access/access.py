"""`fhirServer` and `fhirAuthorization` of a call (CDS Hooks 2.0, FHIR Resource Access)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_hooks.errors import CallError
from cds_hooks.fhir_access.scopes import Scopes
from cds_hooks.fhir_access.server import base_url

Json = Mapping[str, Any]

_TOKEN = re.compile(r"[\x21-\x7e]+")
"""What can stand in an `Authorization` header."""


@dataclass(frozen=True, slots=True)
class FhirAuthorization:
    """An access token with what is said of it. It lives as long as the call, in memory only."""

    token: str = field(repr=False)
    expires_at: float
    """When it expires, in the time of ``time.monotonic()``."""
    scopes: Scopes
    subject: str
    """The client id under which the service is registered with the authorization server."""
    patient: str | None
    """The bare id of the patient it is restricted to, if it is."""

    @property
    def expired(self) -> bool:
        """Whether it must not be used any more."""
        return time.monotonic() >= self.expires_at


@dataclass(frozen=True, slots=True)
class FhirAccess:
    """The server of a call, by its base URL in normal form; without an authorization it is an open one."""

    server: str
    authorization: FhirAuthorization | None


def read_fhir_access(body: Json, patient_id: str, *, demo: bool) -> FhirAccess | None:
    """The access that a call's body gives, None when it names no server.

    `patient_id` is the bare id of ``context.patientId``. In the demonstration the server's URL may be one of http.
    Raises ``CallError`` 400 for what is missing or wrong, 403 for the token of another patient.
    """
    server, authorization = body.get("fhirServer"), body.get("fhirAuthorization")
    if authorization is None:
        return None if server is None else FhirAccess(_server(server, demo), None)
    if server is None:
        raise CallError(
            400, "missing-field", "fhirServer: is missing; fhirAuthorization is of no use without it", ["fhirServer"]
        )
    return FhirAccess(_server(server, demo), _authorization(authorization, patient_id))


def _server(value: Any, demo: bool) -> str:
    if not isinstance(value, str):
        raise CallError(400, "wrong-type", "fhirServer: must be a string, the server's base URL", ["fhirServer"])
    url = base_url(value)
    if url is None or not (demo or url.startswith("https:")):
        raise CallError(
            400,
            "wrong-value",
            "fhirServer: must be the https base URL of a FHIR server, without user, query or fragment",
            ["fhirServer"],
        )
    return url


def _authorization(value: Any, patient_id: str) -> FhirAuthorization:
    where = "fhirAuthorization"
    if not isinstance(value, dict):
        raise CallError(400, "wrong-type", f"{where}: must be an object", [where])
    token = _text(value, "access_token", "the OAuth 2.0 access token")
    if not _TOKEN.fullmatch(token):
        raise _wrong("access_token", "must consist of characters that an Authorization header can hold")
    if _text(value, "token_type", "Bearer").lower() != "bearer":
        raise _wrong("token_type", "must be Bearer")
    expires_at = time.monotonic() + _lifetime(value)
    scopes = Scopes.parse(_text(value, "scope", "the scopes that the token grants"))
    subject = _text(value, "subject", "this service's client id at the authorization server")
    return FhirAuthorization(token, expires_at, scopes, subject, _patient(value, patient_id))


def _text(holder: Json, name: str, purpose: str) -> str:
    value = holder.get(name)
    where = f"fhirAuthorization.{name}"
    if value is None or value == "":
        raise CallError(400, "missing-field", f"{where}: is missing; send a string ({purpose})", [where])
    if not isinstance(value, str):
        raise CallError(400, "wrong-type", f"{where}: must be a string ({purpose})", [where])
    return value


def _lifetime(holder: Json) -> int:
    value = holder.get("expires_in")
    where = "fhirAuthorization.expires_in"
    if value is None:
        raise CallError(400, "missing-field", f"{where}: is missing; send the token's lifetime in seconds", [where])
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 300.0 is an integer as well: JSON has one kind of number
    if type(value) is not int:
        raise CallError(400, "wrong-type", f"{where}: must be an integer (seconds)", [where])
    if value <= 0:
        raise _wrong("expires_in", "must be greater than 0; send a token that has not expired")
    return value


def _patient(holder: Json, patient_id: str) -> str | None:
    value = holder.get("patient")
    where = "fhirAuthorization.patient"
    if value is None:
        return None
    if not isinstance(value, str):
        raise CallError(400, "wrong-type", f"{where}: must be a string, the patient's id", [where])
    if value.strip().rpartition("/")[2] != patient_id:
        raise CallError(
            403,
            "patient-mismatch",
            f"{where}: is not the patient of context.patientId; send a token for that patient",
            [where, "context.patientId"],
        )
    return patient_id


def _wrong(name: str, mend: str) -> CallError:
    where = f"fhirAuthorization.{name}"
    return CallError(400, "wrong-value", f"{where}: {mend}", [where])
