"""What IHE BALP 1.1.4 asks of an AuditEvent, from its StructureDefinitions: Query, PatientQuery, Read, PatientRead."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
REQUEST_ID = ("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId")
_ROLES = {"Query": ("110153", "110152"), "Read": ("110152", "110153")}
"""The DICOM roles of client and server."""


def claimed(event: Json) -> str | None:
    """The name of the BALP profile that an event claims to follow."""
    profiles = event.get("meta", {}).get("profile", [])
    assert len(profiles) <= 1
    return profiles[0].removeprefix(f"{PROFILE}.") if profiles else None


def check(event: Json, profile: str) -> None:
    """Asserts every constraint of a profile."""
    kind = profile.removeprefix("Patient")
    assert code_of(event["type"]) == (f"{TERMINOLOGY}/audit-event-type", "rest")
    interactions = {"Query": {"search", "search-type", "search-system"}, "Read": {"read", "vread"}}[kind]
    assert sum(one["system"] == INTERACTION and one["code"] in interactions for one in event["subtype"]) == 1
    assert event["action"] == {"Query": "E", "Read": "R"}[kind]
    assert event["outcome"] == "0"
    client, server = (slices(event, (DCM, role)) for role in _ROLES[kind])
    for (agent,) in (client, server):
        assert agent["who"]
        assert agent["network"]["address"]
        assert "media" not in agent
    users = slices(event, (f"{TERMINOLOGY}/v3-ParticipationType", "IRCP"))
    assert len(users) <= 1
    for user in users:
        assert user["who"]
        assert user["requestor"] is True
        assert not {"media", "network"} & user.keys()
    assert len(entities(event, REQUEST_ID)) <= 1
    assert all(one["what"]["identifier"]["value"] for one in entities(event, REQUEST_ID))
    (data,) = entities(event, (f"{TERMINOLOGY}/audit-entity-type", "2"))
    if kind == "Query":
        assert code_of(data["role"]) == (f"{TERMINOLOGY}/object-role", "24")
        assert data["query"]
        assert not {"what", "lifecycle", "detail"} & data.keys()
    else:
        assert data["what"]
        assert code_of(data["role"]) in {(f"{TERMINOLOGY}/object-role", one) for one in ("3", "4", "20")}
    patients = entities(event, (f"{TERMINOLOGY}/audit-entity-type", "1"))
    assert len(patients) == profile.startswith("Patient")
    for patient in patients:
        assert code_of(patient["role"]) == (f"{TERMINOLOGY}/object-role", "1")
        assert patient["what"].get("type", "Patient") == "Patient"
        assert patient["what"].get("reference", "Patient/").startswith("Patient/")


def code_of(coding: Json) -> tuple[str, str]:
    return coding["system"], coding["code"]


def slices(event: Json, role: tuple[str, str]) -> list[Json]:
    """The agents of a role."""
    return [one for one in event["agent"] if role in map(code_of, one["type"]["coding"])]


def entities(event: Json, kind: tuple[str, str]) -> list[Json]:
    """The entities of a type."""
    return [one for one in event["entity"] if code_of(one["type"]) == kind]
