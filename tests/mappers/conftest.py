"""Reads the mapping cases of fixtures/mapping: their shorthand becomes plain FHIR resources."""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "fixtures" / "mapping"
SYSTEMS = {
    "snomed": "http://snomed.info/sct",
    "icd10": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd9": "http://hl7.org/fhir/sid/icd-9-cm",
    "icdo": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "loinc": "http://loinc.org",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "ncit": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "oncotree": "http://oncotree.mskcc.org",
    "pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "hgnc": "http://www.genenames.org",
    "fact": "https://sarcoma-cds.org/fhir/CodeSystem/sarcoma-facts",
}
CONCEPTS = frozenset(
    (
        "bodySite",
        "clinicalStatus",
        "code",
        "location",
        "medicationCodeableConcept",
        "method",
        "morphology",
        "procedureCode",
        "type",
        "valueCodeableConcept",
        "verificationStatus",
    )
)
CONCEPT_LISTS = frozenset(("reasonCode", "conclusionCode", "category", "interpretation"))
BODY_SITE_LISTS = frozenset(("Procedure", "Condition", "ServiceRequest"))
REFERENCES = frozenset(("subject", "medicationReference", "individual", "specimen", "valueReference", "patient"))
REFERENCE_LISTS = frozenset(("focus", "reasonReference"))
NOT_ABOUT_A_PATIENT = frozenset(("Patient", "Medication"))


def load() -> list[dict[str, Any]]:
    """All cases, each with its resources expanded."""
    cases = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            case["file"] = path.name
            case["resources"] = expand_all(case.get("resources", []))
            case["drafts"] = expand_all(case.get("drafts", []))
            cases.append(case)
    return cases


def expand_all(written: list[dict[str, Any]]) -> list[Any]:
    """Resources from `{Type: {elements}}`; anything else is passed on as it stands."""
    counts: dict[str, int] = {}
    resources = []
    for item in written:
        if not (isinstance(item, dict) and len(item) == 1 and next(iter(item))[:1].isupper()):
            resources.append(item)
            continue
        kind, elements = next(iter(item.items()))
        counts[kind] = counts.get(kind, 0) + 1
        resources.append(expand(kind, elements or {}, counts[kind]))
    return resources


def expand(kind: str, elements: dict[str, Any], number: int) -> dict[str, Any]:
    """One resource: id and subject filled in, codes, quantities and references written out."""
    resource: dict[str, Any] = {"resourceType": kind, "id": f"{kind.lower()}-{number}"}
    if kind == "Patient":
        resource["id"] = "p1"
    elif kind not in NOT_ABOUT_A_PATIENT:
        resource["patient" if kind == "BodyStructure" else "subject"] = {"reference": "Patient/p1"}
    if kind == "ResearchSubject":
        resource["individual"] = resource.pop("subject")
    for name, value in elements.items():
        resource[name] = _element(kind, name, value)
    return resource


def _element(kind: str, name: str, value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if name == "note" and isinstance(value, str):
        return [{"text": value}]
    if name in ("component", "stage", "contained", "ingredient"):
        return [{key: _element(kind, key, part) for key, part in item.items()} for item in value]
    if name == "bodySite" and kind in BODY_SITE_LISTS:
        return [_concept(value)]
    if name in ("summary", "itemCodeableConcept") or name in CONCEPTS:
        return _concept(value)
    if name in CONCEPT_LISTS:
        return [_concept(item) for item in (value if isinstance(value, list) else [value])]
    if name in REFERENCES and isinstance(value, str):
        return {"reference": value}
    if name in REFERENCE_LISTS:
        return [{"reference": item} for item in (value if isinstance(value, list) else [value])]
    if name == "valueQuantity" and isinstance(value, str):
        number, unit = re.fullmatch(r"(\S+)\s*(\S*)", value).groups()  # type: ignore[union-attr]
        return {"value": float(number), "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}
    if name.endswith("Period") or name == "period":
        return {key: _element(kind, key, part) for key, part in value.items()}
    return value


def _concept(value: Any) -> Any:
    """`snomed|443719001` (with `; text` after it if wanted), a list of those, or words."""
    if isinstance(value, list):
        parts = [_concept(item) for item in value]
        return {"coding": [coding for part in parts for coding in part.get("coding", [])]}
    if not isinstance(value, str):
        return value
    code, _, text = value.partition("; ")
    match = re.fullmatch(r"([a-z0-9]+)\|(.+)", code)
    if match is None or match[1] not in SYSTEMS:
        return {"text": value}
    concept: dict[str, Any] = {"coding": [{"system": SYSTEMS[match[1]], "code": match[2]}]}
    return concept | ({"text": text} if text else {})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `case` runs once for every case; one that takes `cases` gets them all."""
    if "case" in metafunc.fixturenames:
        cases = load()
        metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])


@pytest.fixture(scope="session")
def cases() -> list[dict[str, Any]]:
    """All cases."""
    return load()
