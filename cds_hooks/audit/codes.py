"""Codes of an audit event: those of FHIR R4 and IHE BALP 1.1.4, and the few of ours."""

from __future__ import annotations

from typing import Any

Coding = dict[str, Any]

AUDIT_EVENT_SUBTYPES = "https://sarcoma-cds.org/fhir/CodeSystem/audit-event-subtype"
BALP_PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_INTERACTIONS = "http://hl7.org/fhir/restful-interaction"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def _coding(system: str, code: str, display: str) -> Coding:
    return {"system": system, "code": code, "display": display}


REST = _coding(f"{_TERMINOLOGY}/audit-event-type", "rest", "Restful Operation")
SUBTYPES = {
    "call": _coding(AUDIT_EVENT_SUBTYPES, "cds-hooks-call", "CDS Hooks call"),
    "explain": _coding(AUDIT_EVENT_SUBTYPES, "cds-hooks-explain", "Explanation of a CDS Hooks call"),
    "feedback": _coding(AUDIT_EVENT_SUBTYPES, "cds-hooks-feedback", "CDS Hooks feedback"),
}
READ = _coding(_INTERACTIONS, "read", "read")
SEARCH = _coding(_INTERACTIONS, "search-type", "search-type")

SOURCE_ROLE = {"coding": [_coding(_DICOM, "110153", "Source Role ID")]}
DESTINATION_ROLE = {"coding": [_coding(_DICOM, "110152", "Destination Role ID")]}
USER_ROLE = {"coding": [_coding(f"{_TERMINOLOGY}/v3-ParticipationType", "IRCP", "information recipient")]}
APPLICATION_SERVER = _coding(f"{_TERMINOLOGY}/security-source-type", "4", "Application Server")
URI_NETWORK = "5"

PERSON = _coding(f"{_TERMINOLOGY}/audit-entity-type", "1", "Person")
SYSTEM_OBJECT = _coding(f"{_TERMINOLOGY}/audit-entity-type", "2", "System Object")
OTHER = _coding(f"{_TERMINOLOGY}/audit-entity-type", "4", "Other")
REQUEST_ID = _coding(
    "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId", "X-Request-Id of the request"
)
PATIENT = _coding(f"{_TERMINOLOGY}/object-role", "1", "Patient")
REPORT = _coding(f"{_TERMINOLOGY}/object-role", "3", "Report")
DOMAIN_RESOURCE = _coding(f"{_TERMINOLOGY}/object-role", "4", "Domain Resource")
JOB = _coding(f"{_TERMINOLOGY}/object-role", "20", "Job")
QUERY = _coding(f"{_TERMINOLOGY}/object-role", "24", "Query")

SUCCESS, MINOR_FAILURE, SERIOUS_FAILURE = "0", "4", "8"
"""AuditEvent.outcome: done; refused; broken."""
