"""The FHIR server that a call names, and the right to read there that comes with the call."""

from cds_hooks.fhir_access.access import FhirAccess, FhirAuthorization, read_fhir_access
from cds_hooks.fhir_access.scopes import Coverage, Scopes
from cds_hooks.fhir_access.server import base_url, within

__all__ = ["Coverage", "FhirAccess", "FhirAuthorization", "Scopes", "base_url", "read_fhir_access", "within"]
