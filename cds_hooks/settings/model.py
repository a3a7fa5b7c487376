"""All settings of one service. One frozen object, handed to whatever needs it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from cds_hooks.settings.addresses import proxy_address, sound_url, web_origin
from cds_hooks.settings.clients import ClientSettings
from cds_hooks.settings.part import Part, Positive
from cds_hooks.settings.parts import (
    AuthenticationSettings,
    DatabaseSettings,
    FhirSettings,
    LimitSettings,
    LogSettings,
)

_REPOSITORY = Path(__file__).resolve().parents[2]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(ValueError):
    """Settings that must not be run with; the message names the setting and the mend."""


class Settings(Part):
    """The settings of one service: the top of the file. Raises ``SettingsError`` for what must never run."""

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """The port to listen on."""
    workers: Positive = 1
    """Worker processes."""
    demo: bool = False
    """Sample patients and their pages, and no authentication; only on a loopback host."""
    public_url: str = ""
    """The URL by which clients reach the service, without `/cds-services`; https. Tokens must be made out to it."""
    trusted_proxies: tuple[str, ...] = Field(default=(), strict=False)
    """Addresses of the reverse proxies whose `X-Forwarded-*` headers are believed, or networks (`10.1.2.0/24`)."""
    tls_certificate: Path | None = Field(default=None, strict=False)
    """A PEM file with the certificate chain, for https without a reverse proxy; read at the start."""
    tls_key: Path | None = Field(default=None, strict=False)
    """The PEM file with the certificate's private key, without a passphrase."""
    allowed_origins: tuple[str, ...] = Field(default=(), strict=False)
    """Web origins whose scripts may call, beside those of the clients; `*` for all, in the demonstration only."""
    guideline: Path | None = Field(default=None, strict=False)
    """A hospital's own copy of `plandefinitions/content`, used instead of the one that comes with the product."""
    content: Path | None = Field(default=None, strict=False)
    """A folder with another guideline's FHIR content, served instead of ours."""
    watch_content: bool | None = None
    """Whether changed content is loaded while the service runs; not set: in the demonstration and with `content`."""
    parameters: Mapping[str, int | float] = Field(default_factory=dict)
    """Thresholds of the guideline by name, where the hospital's differ from the defaults."""
    switched_off: tuple[str, ...] = Field(default=(), strict=False)
    """What of the guideline's local rules is not to be used (an entry, or one criterion of an entry)."""
    patients: Path = Field(default=_REPOSITORY / "fixtures" / "patients", strict=False)
    """The sample patients of the demonstration."""
    clients: tuple[ClientSettings, ...] = Field(default=(), strict=False)
    """The EHRs that may call."""
    authentication: AuthenticationSettings = AuthenticationSettings()
    """How their tokens are judged."""
    ca_file: Path | None = Field(default=None, strict=False)
    """A PEM file with certificate authorities (the hospital's own), trusted beside the usual ones on the way out."""
    fhir: FhirSettings = FhirSettings()
    """How patient data is fetched."""
    limits: LimitSettings = LimitSettings()
    """What one process takes on."""
    database: DatabaseSettings = DatabaseSettings()
    """Where feedback, audit and seen tokens are kept."""
    log: LogSettings = LogSettings()
    """The log."""

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(proxy_address, addresses))

    @field_validator("allowed_origins")
    @classmethod
    def _browsers(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one if one == "*" else web_origin(one) for one in origins)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError("; ".join(map(_told, error.errors()))) from None
        fault = self._never_runs()
        if fault:
            raise SettingsError(fault)

    @property
    def base_url(self) -> str:
        """Where clients reach the service, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def watches(self) -> bool:
        """Whether changed content is loaded while the service runs."""
        return self.watch_content if self.watch_content is not None else self.demo or self.content is not None

    def _never_runs(self) -> str | None:
        """What forbids to run with these settings, taken together."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            return "tls_certificate, tls_key: https needs both; or leave both out, and put a reverse proxy in front"
        if self.demo:
            if self.host not in LOOPBACK:
                return (
                    "the demonstration runs without authentication and therefore only on this machine: "
                    "use --host 127.0.0.1 (or ::1, or localhost)"
                )
            return None
        if not self.clients:
            return (
                "authentication of clients is not configured, and without it the service does not start; "
                "register the EHR in a [[clients]] table of the settings file (docs/connect.md), "
                "or, to try the service on this machine with sample patients, start it with --demo"
            )
        if "*" in self.allowed_origins:
            return "allowed_origins: '*' is for the demonstration only; name the origins"
        return self._public_url_fault() or self._client_fault() or self._database_fault()

    def _public_url_fault(self) -> str | None:
        parts = sound_url(self.public_url)
        if parts is not None and parts.path.rstrip("/").endswith("/cds-services"):
            return "public_url: leave /cds-services out; clients put it behind the public URL themselves"
        if parts is not None and parts.scheme == "https":
            return None
        if parts is not None and parts.scheme == "http" and parts.hostname in LOOPBACK and self.host in LOOPBACK:
            return None  # an EHR on this very machine, to try the connection
        return (
            "public_url: give the https URL by which clients reach the service, without user, query or fragment; "
            "their tokens must name it (http only on a loopback host, to try it)"
        )

    def _client_fault(self) -> str | None:
        for field in ("name", "issuer"):
            values = [getattr(one, field) for one in self.clients]
            twice = sorted({one for one in values if values.count(one) > 1})
            if twice:
                return f"clients: two have the {field} {twice[0]!r}; each needs its own"
        return None

    def _database_fault(self) -> str | None:
        if self.database.patient_ids == "hashed" and self.database.patient_ids_key_file is None:
            return "database.patient_ids_key_file: hashed patient ids need a key; name the file that holds it"
        return None


_WORDS = {
    "extra_forbidden": "there is no such setting",
    "missing": "is missing",
    "tuple_type": "must be a list: [ ... ]",
    "model_type": "must be a table: { name = value, ... }",
    "dict_type": "must be a table: { name = value, ... }",
    "mapping_type": "must be a table: { name = value, ... }",
    "string_too_short": "must not be empty",
}
"""Faults that pydantic tells in words of Python, in those of TOML."""


def _told(error: Any) -> str:
    """One fault as pydantic found it, in words with the path of the setting."""
    path = ".".join(str(one) for one in error["loc"])
    told = _WORDS.get(error["type"])
    if told is not None:
        return f"{path}: {told}" + (" (write [[clients]] above it)" if path == "clients" else "")
    words = error["msg"].removeprefix("Value error, ")
    return f"{path}: {words[0].lower()}{words[1:]}"
