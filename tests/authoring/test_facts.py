"""``sarcoma-cds facts``."""

import json
from pathlib import Path
from typing import Any

import pytest

from authoring.main import main

BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c1",
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "443719001"}]},
                "onsetDateTime": "2091-01-01",
            }
        }
    ],
}


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(BUNDLE), encoding="utf-8")
    return str(path)


def test_table_shows_value_evidence_silence_and_problems(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", bundle, "--as-of", "2026-11-21"]) == 0
    shown = capsys.readouterr().out
    assert "leiomyosarcoma\n" in shown
    assert 'Condition/c1 (snomed-code): "443719001"' in shown
    assert "ecog (unknown)" in shown
    assert "pregnancy (none on record)" in shown
    assert "Not read: Condition/c1: onsetDateTime: a date in the future" in shown


def test_json_is_the_explanation(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", bundle, "--json"]) == 0
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert shown["facts"]["histology"]["value"] == "leiomyosarcoma"
    assert shown["problems"][0]["reference"] == "Condition/c1"


def test_observations_can_be_printed(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", bundle, "--observations"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["resourceType"] == "Observation"


def test_demo_patient_is_read_as_of_its_own_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {"resource": {"resourceType": "Patient", "id": "other", "birthDate": "1990-01-01"}}
    own = {"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1960-11-21"}}
    demo = {
        "as_of": "2026-11-21",
        "hooks": {"patient-view": {"context": {"patientId": "p1"}}},
        "bundle": {"resourceType": "Bundle", "type": "collection", "entry": [other, own]},
    }
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(demo), encoding="utf-8")
    assert main(["facts", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["demographics"]["value"]["age"] == 66
    assert main(["facts", str(path), "--json", "--as-of", "2025-11-21", "--patient", "other"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["demographics"]["value"]["age"] == 35


@pytest.mark.parametrize(
    ("content", "options", "status", "words"),
    [
        ("{", [], 2, "is not JSON"),
        ("[]", [], 1, "holds no FHIR resource"),
        ('{"a": 1}', [], 1, "holds no FHIR resource"),
        ('[{"resourceType": "MedicationOrder"}]', [], 1, "holds a MedicationOrder, a resource type of FHIR DSTU2"),
        ('[{"resourceType": "Patient", "id": "a"}, {"resourceType": "Patient", "id": "b"}]', [], 2, "--patient ID"),
        ('{"resourceType": "Bundle"}', ["--as-of", "soon"], 2, "give a day such as"),
    ],
)
def test_faults_name_the_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, options: list[str], status: int, words: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    assert main(["facts", str(path), *options]) == status
    assert words in capsys.readouterr().err
