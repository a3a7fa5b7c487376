"""The whole record: the resources of the right patient, each given to the reader of its type."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from mappers.fhir import dates
from mappers.fhir.read import Json, as_text
from mappers.fhir.references import ReferenceIndex, identity, local_form, reference_text
from mappers.reading.condition import read_condition
from mappers.reading.documents import read_care_plan, read_document, read_impression, read_report
from mappers.reading.medication import read_medication
from mappers.reading.observation import may_matter, read_observation
from mappers.reading.others import read_body_structure, read_research_subject
from mappers.reading.procedure import read_imaging_study, read_procedure, read_service_request
from mappers.reading.source import Record, Source

Reader = Callable[[Source], None]
READERS: dict[str, Reader] = {
    "BodyStructure": read_body_structure,
    "CarePlan": read_care_plan,
    "ClinicalImpression": read_impression,
    "Condition": read_condition,
    "DiagnosticReport": read_report,
    "DocumentReference": read_document,
    "ImagingStudy": read_imaging_study,
    "MedicationAdministration": read_medication,
    "MedicationDispense": read_medication,
    "MedicationRequest": read_medication,
    "MedicationStatement": read_medication,
    "Observation": read_observation,
    "Procedure": read_procedure,
    "ResearchSubject": read_research_subject,
    "ServiceRequest": read_service_request,
}
_SUBJECT_ELEMENTS = ("subject", "patient", "individual")
_DEEPEST_NESTING = 8


@dataclass(frozen=True, slots=True)
class Collected:
    """What was read: the record with its findings, and whose it is."""

    record: Record
    patient: Json
    patient_id: str


def unpack(resources: object) -> list[tuple[Json, str]]:
    """Every resource with its full URL: from resources, bundle entries, bundles, and lists of any of them."""
    found: list[tuple[Json, str]] = []
    _unpack(resources, "", 0, found)
    return found


def _unpack(item: object, full_url: str, depth: int, found: list[tuple[Json, str]]) -> None:
    if depth > _DEEPEST_NESTING:
        return
    if isinstance(item, dict):
        kind = item.get("resourceType")
        if kind == "Bundle" or (kind is None and isinstance(item.get("entry"), list)):
            _unpack(item.get("entry"), "", depth + 1, found)
        elif isinstance(kind, str):
            found.append((item, full_url))
        elif "resource" in item:
            _unpack(item["resource"], as_text(item.get("fullUrl")), depth + 1, found)
    elif isinstance(item, Iterable) and not isinstance(item, str | bytes):
        for part in item:
            if (resource := _of_plain_entry(part)) is not None and depth + 2 <= _DEEPEST_NESTING:
                found.append((resource, as_text(part["fullUrl"]) if "fullUrl" in part else ""))
            else:
                _unpack(part, "", depth + 1, found)


def _of_plain_entry(item: Any) -> Json | None:
    """The resource of an ordinary bundle entry, which nearly every item is: spares two calls for each."""
    if not isinstance(item, dict) or "resourceType" in item or "entry" in item:
        return None
    resource = item.get("resource")
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    return resource if isinstance(kind, str) and kind != "Bundle" else None


def collect(resources: object, patient_id: str | None, as_of: date) -> Collected:
    """Reads everything that is about the patient; what is about somebody else is left out and listed."""
    pairs = unpack(resources)
    record = Record(as_of, ReferenceIndex(pairs))
    own = _own_id(patient_id)
    patients = [pair for pair in pairs if pair[0].get("resourceType") == "Patient"]
    patient, names = _identify(patients, pairs, own, record)
    record.birth = dates.parse(patient.get("birthDate"))
    if patient.get("birthDate") is not None and record.birth is None:
        record.problem(identity(patient), "birthDate: not a date")
    known: dict[str, bool] = {}
    for resource, full_url in pairs:
        kind = resource["resourceType"]
        reader = READERS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            continue
        if not _about_patient(resource, names, known):
            record.problem(identity(resource, full_url), "about another patient")
        elif kind != "Observation" or may_matter(resource):
            reader(Source(record, resource, identity(resource, full_url)))
    shown = patient.get("id")
    return Collected(record, patient, own or (shown if isinstance(shown, str) else ""))


def _own_id(patient_id: str | None) -> str:
    return local_form(reference_text(patient_id)).removeprefix("Patient/") if patient_id else ""


def _identify(
    patients: list[tuple[Json, str]], pairs: list[tuple[Json, str]], own: str, record: Record
) -> tuple[Json, set[str]]:
    """The Patient resource, and every name a reference may call the patient by."""
    if own:
        match = [pair for pair in patients if pair[0].get("id") == own or pair[1].endswith("/" + own)]
    else:
        match = patients[:1]
        if len(patients) > 1:
            record.problem(identity(patients[1][0]), "more than one Patient, none asked for: the first is taken")
    patient, full_url = match[0] if match else ({}, "")
    names = {own} if own else set()
    if isinstance(patient.get("id"), str):
        names.add(str(patient["id"]))
    if full_url:
        names |= {full_url, full_url.removeprefix("urn:uuid:")}
    if not names:
        subjects = Counter(filter(None, (_subject(resource) for resource, _ in pairs)))
        names = {_tail(subject) for subject, _ in subjects.most_common(1)}
    return patient, names


def _subject(resource: Json) -> str:
    for element in _SUBJECT_ELEMENTS:
        value = resource.get(element)
        if value is not None and (reference := reference_text(value)):
            return reference
    return ""


def _tail(reference: str) -> str:
    return reference.rsplit(":" if reference.startswith("urn:") else "/", 1)[-1]


def _about_patient(resource: Json, names: set[str], known: dict[str, bool]) -> bool:
    """Whether a resource's subject is the patient. One without a subject is taken to be the record's patient's."""
    subject = resource.get("subject")
    written = subject.get("reference") if isinstance(subject, dict) else None
    if isinstance(written, str) and written in known:
        return known[written]
    reference = _subject(resource)
    if not reference:
        return True
    parts = [part for part in reference.split("/") if part]
    of_type = len(parts) < 2 or parts[-2] == "Patient"
    answer = reference in names or (of_type and _tail(reference) in names)
    if isinstance(written, str):
        known[written] = answer
    return answer
