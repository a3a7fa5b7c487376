"""The EHRs that may call: one ``[[clients]]`` table each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cds_hooks.settings.addresses import https_url, web_origin
from cds_hooks.settings.part import Part


class FhirServerSettings(Part):
    """A FHIR server that patient data may be fetched from."""

    url: str
    """The base URL, as the client sends it in `fhirServer`; https."""
    private_network: bool = False
    """Whether the server may stand at a private, loopback or link-local address."""

    @field_validator("url")
    @classmethod
    def _base(cls, url: str) -> str:
        return https_url(url)


class ClientSettings(Part):
    """One EHR (CDS client), known by the issuer of its tokens."""

    name: str = Field(min_length=1)
    """A name for logs, metrics and reports."""
    issuer: str = Field(min_length=1)
    """The `iss` claim of its tokens."""
    audiences: tuple[str, ...] = Field(default=(), strict=False)
    """`aud` values that are accepted beside the called URL, for a client that was set up with another one."""
    jwks: Mapping[str, Any] | None = None
    """Its public keys, as a JWK Set (`{ keys = [ ... ] }`)."""
    jwks_file: Path | None = Field(default=None, strict=False)
    """A file with its JWK Set."""
    jku: str | None = None
    """The URL of its JWK Set; https. A `jku` in a token is followed only if it is this very URL."""
    jku_private_network: bool = False
    """Whether `jku` may lead to a private, loopback or link-local address."""
    tenants: tuple[str, ...] = Field(default=(), strict=False)
    """The `tenant` claims that are accepted; with none listed, any and none."""
    fhir_servers: tuple[FhirServerSettings, ...] = Field(default=(), strict=False)
    """The FHIR servers that its calls may name; with none listed, only prefetch is used."""
    origins: tuple[str, ...] = Field(default=(), strict=False)
    """The web origins of its browser-based clients, such as `https://ehr.example.org`."""
    cds_hooks_version: Literal["1.0", "2.0"] = "2.0"
    """The version of CDS Hooks it speaks; members that 1.0 does not know are left out for a 1.0 client."""

    @field_validator("jku")
    @classmethod
    def _jku(cls, url: str | None) -> str | None:
        if url is not None:
            https_url(url)
        return url  # to the letter: a slash at the end may be another resource

    @field_validator("origins")
    @classmethod
    def _browsers(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(web_origin, origins))

    @model_validator(mode="after")
    def _has_keys(self) -> ClientSettings:
        if sum(one is not None for one in (self.jwks, self.jwks_file, self.jku)) != 1:
            raise ValueError("give its public keys in exactly one way: jwks, jwks_file or jku")
        return self
