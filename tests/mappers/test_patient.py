"""The right patient, the shapes of the answer, and patients without any sarcoma."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from mappers import CLOSED_WORLD, FACT_KEYS, map_patient

SYNTHEA = Path(__file__).parents[3] / "shared" / "data" / "synthea"
RECORDS = sorted(SYNTHEA.glob("*.json.gz"))
LEIOMYOSARCOMA = {"coding": [{"system": "http://snomed.info/sct", "code": "443719001"}]}


def condition(subject: Any, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": "c1", "subject": subject, "code": LEIOMYOSARCOMA} | more


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "Patient/p1/_history/4"},
        {"reference": "https://ehr.example/fhir/Patient/p1"},
        {"reference": "https://ehr.example/fhir/Patient/p1/_history/4"},
        {"reference": "urn:uuid:b0b5"},
        {"display": "Ann Example"},
        {},
        None,
    ],
)
def test_every_way_to_refer_to_the_patient(subject: Any) -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "urn:uuid:b0b5", "resource": {"resourceType": "Patient", "id": "p1"}},
            {"resource": condition(subject)},
        ],
    }
    found = map_patient(bundle, patient_id="p1")
    assert found.facts["histology"].value == "leiomyosarcoma"
    assert found.problems == ()


@pytest.mark.parametrize("subject", ["Patient/p2", "https://ehr.example/Patient/p2", "urn:uuid:c0c5", "Group/p1"])
def test_another_patients_resources_are_left_out_and_listed(subject: str) -> None:
    found = map_patient([{"resourceType": "Patient", "id": "p1"}, condition({"reference": subject})], patient_id="p1")
    assert found.facts["histology"].value is None
    assert [p.reference for p in found.problems] == ["Condition/c1"]


def test_older_shapes_of_status_and_subject_are_read() -> None:
    old = {"resourceType": "Condition", "patient": {"reference": "Patient/p1"}, "code": LEIOMYOSARCOMA}
    assert map_patient([old | {"verificationStatus": "confirmed"}], patient_id="p1").facts["in_scope"].value == "yes"
    assert map_patient([old | {"verificationStatus": "refuted"}], patient_id="p1").facts["in_scope"].value == "no"


def test_bundles_of_a_prefetch_are_unpacked() -> None:
    search = {"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [{"resource": condition(None)}]}
    empty = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    assert map_patient([search, empty, None], patient_id="p1").facts["in_scope"].value == "yes"


def test_explanation_has_every_fact_in_its_shape() -> None:
    explanation = map_patient([condition(None, onsetDateTime="2021-03-02")]).to_explanation()
    assert tuple(explanation) == FACT_KEYS
    assert explanation["histology"] == {
        "value": "leiomyosarcoma",
        "status": "known",
        "date": "2021-03-02",
        "evidence": [{"reference": "Condition/c1", "rule": "snomed-code", "words": "443719001", "date": "2021-03-02"}],
        "detail": {
            "ancestors": ["sarcoma_nos", "malignant_soft_tissue_neoplasm_nos"],
            "subtype_known": True,
            "translocation_related": False,
        },
    }
    assert explanation["ecog"] == {"value": None, "status": "unknown", "evidence": []}


def test_an_unreadable_day_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="as_of"):
        map_patient([], as_of="soon")


def test_closed_world_facts_become_unknown_when_unread() -> None:
    every = {"Condition", "Observation", "DiagnosticReport", "Procedure", "ServiceRequest", "ResearchSubject", "drafts"}
    every |= {"MedicationRequest", "MedicationStatement", "MedicationAdministration"}
    found = map_patient([], unread=every)
    assert {key for key in CLOSED_WORLD if found.facts[key].status != "unknown"} == set()


def test_order_of_resources_does_not_matter() -> None:
    resources = [
        condition(None, onsetDateTime="2020-01-01"),
        condition(None, id="c2", code={"coding": [{"system": "icd10", "code": "C78.00"}]}, onsetDateTime="2022-01-01"),
        condition(None, id="c3", code={"coding": [{"system": "icd10", "code": "C50.9"}]}),
    ]
    forward, backward = map_patient(resources), map_patient(resources[::-1])
    assert {k: (f.value, f.status) for k, f in forward.facts.items()} == {
        k: (f.value, f.status) for k, f in backward.facts.items()
    }


@pytest.mark.skipif(not RECORDS, reason="the synthetic records lie outside the repository")
@pytest.mark.parametrize("path", RECORDS, ids=[path.stem for path in RECORDS])
def test_synthetic_patients_without_sarcoma_have_no_sarcoma_facts(path: Path) -> None:
    facts = map_patient(orjson.loads(gzip.decompress(path.read_bytes()))).facts
    assert facts["in_scope"].value == "no"
    for key, fact in facts.items():
        if key not in ("in_scope", "demographics", "cardiac", "pregnancy", "anthracycline_exposure"):
            assert fact.value in (None, "none", [], {}), key


def test_a_draft_of_stereotactic_radiotherapy_is_told_by_its_words() -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "33195004"}]}
    orders = [
        {"resourceType": "ServiceRequest", "id": "a", "code": {**code, "text": "Stereotactic radiotherapy, lung"}},
        {"resourceType": "ServiceRequest", "id": "b", "code": {**code, "text": "Radiotherapy, lung"}},
    ]
    drafts = map_patient([], patient_id="p1", drafts=orders).facts["drafts"].value
    assert isinstance(drafts, list)
    assert [(one["modality"], one["organ"]) for one in drafts] == [("sbrt", "lung"), ("radiotherapy", "lung")]
