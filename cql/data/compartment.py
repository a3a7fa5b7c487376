"""Which resources belong to which patient, where the data holds several (FHIR R4, "Patient compartment")."""

from __future__ import annotations

from typing import Any

from cql.data.properties import get_property
from cql.data.references import References, name_of, reference_text
from cql.data.shapes import element_info

Resource = dict[str, Any]

# The elements that say whose a record is, not who wrote, performed or asserted it.
_OWNER_ELEMENTS = ("subject", "patient", "beneficiary", "for", "individual", "candidate")
_OTHER_OWNER_PATHS = {"Appointment": "participant.actor", "AppointmentResponse": "actor"}


def of_patient(
    resources: list[Resource], resource_type: str, patient_id: str, references: References
) -> list[Resource]:
    """Those of ``resources`` that belong to the patient, or to no patient at all (a Medication, an Organization)."""
    if resource_type == "Patient":
        return [one for one in resources if one.get("id") == patient_id]
    paths = [name for name in _OWNER_ELEMENTS if element_info(resource_type, name) is not None]
    if resource_type in _OTHER_OWNER_PATHS:
        paths.append(_OTHER_OWNER_PATHS[resource_type])
    if not paths:
        return resources
    found = []
    for one in resources:
        owners = _owners(one, paths, references)
        if not owners or patient_id in owners:
            found.append(one)
    return found


def _owners(resource: Resource, paths: list[str], references: References) -> set[str]:
    """The ids of the patients that ``resource`` refers to under ``paths``."""
    ids: set[str] = set()
    for path in paths:
        value = get_property(resource, path)
        for one in value if isinstance(value, list) else (value,):
            name = _target(one, references)
            if name is not None and name[0] == "Patient":
                ids.add(name[1])
    return ids


def _target(reference: Any, references: References) -> tuple[str, str] | None:
    """(type, id) of what a reference points to: from the data where it is there, else from the reference itself."""
    target = references.resolve(reference)
    if target is not None:
        return str(target.get("resourceType")), str(target.get("id"))
    text = reference_text(reference)
    return None if text is None else name_of(text.partition("/_history/")[0])
