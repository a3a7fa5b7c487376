"""Why a key was not read, or not all of it: stable codes, and what each means to whoever mends it."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    # what was sent, or answered
    "not-sent": "not sent",
    "outcome": "an OperationOutcome that tells of an error, in place of the data or beside it",
    "wrong-type": "resources of another type",
    "wrong-patient": "resources of another patient",
    "other-fhir-version": "resources of another FHIR version than R4",
    "not-fhir": "not a FHIR resource",
    "broken-entry": "a Bundle with entries that hold no resource",
    "more-pages": "a page of a Bundle, and the next pages did not come with it",
    "falls-short": "fewer resources than the Bundle's total says",
    # whether the FHIR server was asked
    "no-fhir-server": "the call names no fhirServer",
    "no-authorization": "the FHIR server was not asked: fhirServer came without fhirAuthorization; send both",
    "not-registered": "the FHIR server was not asked: it is not registered for this client; "
    "add its base URL to the client's fhir_servers in the settings file",
    "patient-id": "the FHIR server was not asked: context.patientId is not the id of a FHIR resource",
    "out-of-scope": "the FHIR server was not asked: the access token's scopes do not cover the resource type",
    "partial-scope": "the access token's scopes cover only some resources of the type",
    "token-expired": "the FHIR server was not asked: the access token has expired",
    "breaker-open": "the FHIR server was not asked: it failed repeatedly just now",
    "busy": "the FHIR server was not asked: too many requests are under way",
    # what became of asking it
    "timeout": "the FHIR server did not answer in time",
    "connection": "the FHIR server cannot be reached, or broke off",
    "tls": "the FHIR server's certificate is not trusted, or not for its name",
    "refused-address": "the FHIR server's name leads to an address that may not be called; "
    "set private_network if it stands in a private network",
    "refused-url": "the FHIR server's URL may not be called",
    "redirect": "the FHIR server redirected the request, and redirects are not followed",
    "too-large": "the FHIR server's answer is too large",
    "garbled": "the FHIR server's answer cannot be decompressed",
    "html": "the FHIR server answered with a web page",
    "not-json": "the FHIR server's answer is not JSON",
    "next-elsewhere": "the link to the next page leads away from the FHIR server's base URL",
    "endless-paging": "the pages of the FHIR server lead in a circle",
    "too-many-pages": "the search has more pages than are followed",
}
"""Besides these, ``http-404`` and the like: the FHIR server's status."""


def told(reason: str) -> str:
    """A reason in words."""
    if reason.startswith("http-"):
        return f"the FHIR server answered with status {reason.removeprefix('http-')}"
    return REASONS[reason]
