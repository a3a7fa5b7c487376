"""The facts as FHIR Observations: valid R4, deterministic, traceable, and absent where unknown."""

from typing import Any

import pytest
from fhir.resources.R4B.observation import Observation

from mappers import map_patient
from mappers.terminology.tables import table

CODES = {row["code"] for row in table("fact_codes")}


def code(observation: dict[str, Any]) -> str:
    return str(observation["code"]["coding"][0]["code"])


def by_code(observations: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for observation in observations:
        found.setdefault(code(observation), []).append(observation)
    return found


def build(resources: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    made: list[Any] = map_patient(resources, patient_id="p1", as_of="2026-11-21", **more).observations()
    return made


def concept(system: str, value: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value}]}


RECORD: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "p1", "birthDate": "1980-02-03", "gender": "male"},
    {
        "resourceType": "Condition",
        "id": "c1",
        "code": concept("http://snomed.info/sct", "404070007"),
        "bodySite": [{"text": "Left thigh"}],
        "onsetDateTime": "2020",
    },
    {"resourceType": "Condition", "id": "c2", "code": concept("icd10", "C78.00"), "onsetDateTime": "2022-06-15"},
    {"resourceType": "Condition", "id": "c3", "code": concept("icd10", "C78.7"), "onsetDateTime": "2023-06-15"},
    {"resourceType": "Condition", "id": "c4", "code": concept("icd10", "I50.9")},
    {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "completed",
        "authoredOn": "2022-07-01",
        "medicationCodeableConcept": concept("http://www.nlm.nih.gov/research/umls/rxnorm", "3639"),
    },
    {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "performedDateTime": "2022-09-01",
        "code": concept("http://snomed.info/sct", "426987001"),
    },
    {
        "resourceType": "Procedure",
        "id": "x2",
        "status": "completed",
        "performedDateTime": "2022-10-01",
        "code": concept("http://loinc.org", "36067-7"),
    },
    {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": concept("http://loinc.org", "89243-0"),
        "valueInteger": 80,
    },
    {
        "resourceType": "Observation",
        "id": "o2",
        "status": "final",
        "code": concept("https://sarcoma-cds.org/fhir/CodeSystem/sarcoma-facts", "lesion-count"),
        "bodySite": {"text": "liver"},
        "valueInteger": 7,
    },
    {
        "resourceType": "Observation",
        "id": "o3",
        "status": "final",
        "code": concept("http://loinc.org", "97509-4"),
        "valueCodeableConcept": concept("http://snomed.info/sct", "271299001"),
        "effectiveDateTime": "2023-06-15",
    },
    {
        "resourceType": "Observation",
        "id": "o4",
        "status": "final",
        "code": concept("http://loinc.org", "94076-7"),
        "valueQuantity": {"value": 3.5},
    },
]
DRAFTS = [{"resourceType": "ServiceRequest", "id": "d1", "code": concept("http://snomed.info/sct", "395096001")}]


def test_every_observation_is_valid_r4_and_of_a_defined_code() -> None:
    observations = build(RECORD, drafts=DRAFTS)
    for observation in observations:
        Observation.model_validate(observation)
        assert observation["subject"] == {"reference": "Patient/p1"}
        assert {code(observation), *(code(part) for part in observation.get("component", []))} <= CODES
    ids = [observation["id"] for observation in observations]
    assert len(ids) == len(set(ids))
    assert all(len(i) <= 64 for i in ids)


def test_ids_are_the_same_every_time() -> None:
    assert build(RECORD, drafts=DRAFTS) == build(RECORD, drafts=DRAFTS)


def test_histology_carries_its_ancestors_and_its_evidence() -> None:
    (histology,) = by_code(build(RECORD))["histology"]
    assert [c["code"] for c in histology["valueCodeableConcept"]["coding"]] == [
        "round_cell_liposarcoma",
        "myxoid_liposarcoma",
        "liposarcoma_nos",
        "sarcoma_nos",
        "malignant_soft_tissue_neoplasm_nos",
    ]
    assert histology["derivedFrom"] == [{"reference": "Condition/c1"}]
    parts = {code(part): part["valueBoolean"] for part in histology["component"]}
    assert parts == {"subtype-known": True, "translocation-related": True}


def test_sites_and_counts_name_their_organ() -> None:
    found = by_code(build(RECORD))
    assert [o["valueCodeableConcept"]["text"] for o in found["metastatic-site"]] == ["lung", "liver"]
    assert found["metastatic-site"][0]["effectiveDateTime"] == "2022-06-15"
    assert [(o["valueInteger"], o["bodySite"]["text"]) for o in found["lesion-count"]] == [(7, "liver")]
    assert found["lesion-count-at-least"][0]["valueInteger"] == 7


def test_an_uncertain_interval_has_bounds_and_no_value() -> None:
    (interval,) = by_code(build(RECORD))["disease-free-interval"]
    assert not any(key.startswith("value") for key in interval)
    assert [code(part) for part in interval["component"]] == ["interval-high"]


def test_courses_lines_and_progression() -> None:
    found = by_code(build(RECORD))
    (course,) = found["prior-systemic"]
    parts = {code(part): part for part in course["component"]}
    assert parts["prior"]["valueBoolean"] is True
    assert parts["progressed"]["valueBoolean"] is True
    assert parts["anthracycline"]["valueBoolean"] is True
    assert found["systemic-lines"][0]["valueInteger"] == 1
    assert found["progression"][0]["effectiveDateTime"] == "2023-06-15"


def test_investigations_and_drafts_are_told() -> None:
    found = by_code(build(RECORD, drafts=DRAFTS))
    assert found["investigation"][0]["valueCodeableConcept"]["text"] == "mri_whole_spine"
    assert found["draft-order"][0]["derivedFrom"] == [{"reference": "ServiceRequest/d1"}]


@pytest.mark.parametrize(
    ("performed", "expected"),
    [("2020-03-01", True), ("2020-02-29", False), ("2020", None), (None, None)],
)
def test_an_investigation_tells_whether_it_came_after_the_diagnosis(
    performed: str | None, expected: bool | None
) -> None:
    diagnosis = {**RECORD[1], "onsetDateTime": "2020-03-01"}
    imaging = {"resourceType": "Procedure", "id": "i", "status": "completed", "code": {"text": "MRI whole spine"}}
    dated = {**imaging, "performedDateTime": performed} if performed else imaging
    assert _since_diagnosis([diagnosis, dated]) is expected


def test_an_open_order_is_after_the_diagnosis_and_a_recording_date_excludes_nothing() -> None:
    order = {"resourceType": "ServiceRequest", "id": "o", "status": "active", "code": {"text": "MRI whole spine"}}
    assert _since_diagnosis([RECORD[1], order]) is True
    recorded = {**RECORD[1], "recordedDate": "2020-03-01"}
    del recorded["onsetDateTime"]
    earlier = {**order, "resourceType": "Procedure", "status": "completed", "performedDateTime": "2020-02-01"}
    assert _since_diagnosis([recorded, earlier]) is None


def _since_diagnosis(resources: list[dict[str, Any]]) -> bool | None:
    (investigation,) = by_code(build(resources))["investigation"]
    parts = {part["code"]["coding"][0]["code"]: part for part in investigation["component"]}
    return parts["since-diagnosis"]["valueBoolean"] if "since-diagnosis" in parts else None


@pytest.mark.parametrize(
    ("site", "expected"), [("Thoracic spine", True), ("L3 vertebra", True), ("Left femur", False), ("Bone", None)]
)
def test_a_treatment_of_bone_tells_whether_it_was_of_the_spine(site: str, expected: bool | None) -> None:
    treatment = {"resourceType": "Procedure", "id": "r", "status": "completed", "code": {"text": "Radiotherapy"}}
    (told,) = by_code(build([RECORD[1], {**treatment, "bodySite": [{"text": site}]}]))["prior-local-therapy"]
    parts = {part["code"]["coding"][0]["code"]: part for part in told["component"]}
    assert told["bodySite"]["text"] == "bone"
    assert (parts["spinal"]["valueBoolean"] if "spinal" in parts else None) is expected


@pytest.mark.parametrize("unread", ["Procedure", "ServiceRequest", "ImagingStudy", "DiagnosticReport"])
def test_no_investigation_is_said_only_of_a_record_that_was_read(unread: str) -> None:
    (none,) = by_code(build([]))["investigation"]
    assert none["valueCodeableConcept"]["coding"][0]["code"] == "none-on-record"
    assert "investigation" not in by_code(build([], unread=[unread]))
    assert "investigation" in by_code(build([], unread=["MedicationRequest"]))


def test_investigations_of_a_record_read_in_part_are_told_but_not_as_all_there_were() -> None:
    imaging = {"resourceType": "Procedure", "id": "i", "status": "completed", "code": {"text": "CT head"}}
    for unread, expected in (((), ["state", "complete"]), (("ImagingStudy",), ["state"])):
        (told,) = by_code(build([imaging], unread=unread))["investigation"]
        assert told["valueCodeableConcept"]["text"] == "ct"
        assert [part["code"]["coding"][0]["code"] for part in told["component"]] == expected


def test_imaging_without_an_organ_of_its_own_has_that_of_the_order() -> None:
    imaging = {"resourceType": "Procedure", "id": "i", "status": "completed", "code": {"text": "CT head"}}
    (told,) = by_code(build([imaging]))["investigation"]
    assert told["bodySite"]["text"] == "brain"


def test_unknown_facts_are_absent_and_none_on_record_is_said() -> None:
    found = by_code(build([]))
    for absent in ("histology", "ecog", "metastatic-status", "presentation", "disease-free-interval", "age"):
        assert absent not in found
    for silent in ("prior-systemic", "pregnancy", "surgical-candidate", "molecular", "symptom", "draft-order"):
        (only,) = found[silent]
        assert only["valueCodeableConcept"]["coding"][0]["code"] == "none-on-record"


def test_drugs_taken_now_are_told_though_none_was_given_for_the_sarcoma() -> None:
    mesna = {"resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order"}
    found = by_code(build([{**mesna, "medicationCodeableConcept": {"text": "mesna"}}]))
    assert found["prior-systemic"][0]["valueCodeableConcept"]["text"] == "none-on-record"
    assert [one["valueCodeableConcept"]["text"] for one in found["active-medication"]] == ["Mesna"]


def test_unread_facts_are_absent() -> None:
    assert "prior-systemic" not in by_code(build([], unread=["MedicationRequest"]))


def test_weak_evidence_of_metastasis_is_told() -> None:
    provisional = {"resourceType": "Condition", "id": "c", "code": concept("icd10", "C78.00")}
    provisional["verificationStatus"] = {"coding": [{"code": "provisional"}]}
    (suspected,) = by_code(build([provisional]))["metastasis-suspected"]
    assert suspected["valueCodeableConcept"]["text"] == "unknown"


@pytest.mark.parametrize("answer", [True, False])
def test_stated_decisions_are_booleans(answer: bool) -> None:
    stated = {
        "resourceType": "Observation",
        "id": "s",
        "status": "final",
        "code": concept("https://sarcoma-cds.org/fhir/CodeSystem/sarcoma-facts", "surgical-candidate"),
        "valueBoolean": answer,
    }
    (candidate,) = by_code(build([stated]))["surgical-candidate"]
    assert candidate["valueBoolean"] is answer
