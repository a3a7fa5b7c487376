"""The FHIR server that may be asked for a call's data, or why none may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cds_hooks.authentication import Caller
from cds_hooks.fhir_access import Coverage, FhirAccess, FhirAuthorization, base_url
from cds_hooks.prefetch.templates import Template
from cds_hooks.settings import LOOPBACK

_ID = re.compile(r"[A-Za-z0-9._~-]{1,256}")
"""R4's ids, and somewhat more: nothing in them has a meaning in a URL."""


@dataclass(frozen=True, slots=True)
class Source:
    """A server, by its base URL in normal form, with what is needed to ask it about one patient."""

    server: str
    authorization: FhirAuthorization | None
    private_network: bool
    patient_id: str

    def covers(self, template: Template) -> Coverage:
        """How far the token's scopes reach for a template."""
        if self.authorization is None:
            return Coverage.ALL
        return self.authorization.scopes.cover(template.resource_type, "search" if template.is_search else "read")

    def url(self, template: Template, count: int) -> str:
        """The URL of a template; of a search with the size of its pages."""
        query = template.query.replace("{{context.patientId}}", self.patient_id)
        return f"{self.server}/{query}" + (f"&_count={count}" if template.is_search else "")


def source_of(access: FhirAccess | None, caller: Caller, patient_id: str, *, demo: bool) -> Source | str:
    """The source of a call, or the reason (a code of ``REASONS``) why there is none.

    A client's calls may name the servers that are registered for it, and need a token. The demonstration asks any
    server on this machine, and none elsewhere.
    """
    if access is None:
        return "no-fhir-server"
    private_network = _registered(access.server, caller, demo)
    if private_network is None:
        return "not-registered"
    if access.authorization is None and not demo:
        return "no-authorization"
    if not _ID.fullmatch(patient_id) or not patient_id.strip("."):
        return "patient-id"
    return Source(access.server, access.authorization, private_network, patient_id)


def _registered(server: str, caller: Caller, demo: bool) -> bool | None:
    """Whether the server may stand in a private network; None when it is not registered."""
    if caller.client is None:
        return True if demo and urlsplit(server).hostname in LOOPBACK else None
    return next((one.private_network for one in caller.client.fhir_servers if base_url(one.url) == server), None)
