"""Sample patients: read from files, and sent as an EHR would send them."""

import json
from pathlib import Path

import pytest

from cds_hooks.demo.patients import load_patients
from cds_hooks.prefetch import patient_templates


def _file(folder: Path) -> Path:
    patient = {"resourceType": "Patient", "id": "x1"}
    condition = {"resourceType": "Condition", "id": "c1"}
    content = {
        "id": "x1",
        "title": "t",
        "story": "s",
        "as_of": "2026-11-21",
        "hooks": {"patient-view": {"context": {"patientId": "x1"}}},
        "bundle": {"entry": [{"resource": patient}, {"resource": condition}]},
    }
    path = folder / "x1.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_request_answers_every_template(tmp_path: Path) -> None:
    _file(tmp_path)
    patient = load_patients(tmp_path)["x1"]
    assert patient.size == 2
    request = patient.record.request("patient-view", {"patientId": "x1"}, patient_templates(["Condition", "Procedure"]))
    assert request["prefetch"]["patient"] == {"resourceType": "Patient", "id": "x1"}
    assert request["prefetch"]["conditions"]["total"] == 1
    assert request["prefetch"]["procedures"] == {"resourceType": "Bundle", "type": "searchset", "total": 0}
    assert request["extension"] == {"org.sarcoma-cds.as-of": "2026-11-21"}


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"id": "x"}', "null"])
def test_file_that_is_no_sample_patient_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.json: is not a sample patient"):
        load_patients(tmp_path)
