"""Which resources belong to which patient, where the data holds several (FHIR R4, "Patient compartment")."""

from __future__ import annotations

from typing import Any

from cql.data.references import References, name_of, reference_text
from cql.data.shapes import fhir

Resource = dict[str, Any]


def of_patient(
    resources: list[Resource], resource_type: str, patient_id: str, references: References
) -> list[Resource]:
    """Those of ``resources`` that refer to the patient, or to no patient at all (a Medication, an Organization)."""
    if resource_type == "Patient":
        return [one for one in resources if one.get("id") == patient_id]
    info = fhir().class_named(resource_type)
    related = info.related.get("Patient", ()) if info is not None else ()
    if not related:
        return resources
    found = []
    for one in resources:
        patients = _patients(one, related, references)
        if not patients or patient_id in patients:
            found.append(one)
    return found


def _patients(resource: Resource, related: tuple[str, ...], references: References) -> set[str]:
    """The ids of the patients that ``resource`` refers to in the elements ``related``."""
    ids: set[str] = set()
    for key in related:
        value = resource.get(key)
        for one in value if isinstance(value, list) else (value,):
            text = reference_text(one)
            name = None if text is None else _target(text, one, references)
            if name is not None and name[0] == "Patient":
                ids.add(name[1])
    return ids


def _target(text: str, reference: Any, references: References) -> tuple[str, str] | None:
    """(type, id) of what a reference points to: from the data where it is there, else from the reference itself."""
    target = references.resolve(reference)
    if target is not None:
        return str(target.get("resourceType")), str(target.get("id"))
    return name_of(text.partition("/_history/")[0])
