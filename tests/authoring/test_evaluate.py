"""The evaluate command: cards on the terminal, the explanation as JSON, and what it says to a wrong call."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from authoring.main import main
from mappers.facts import FACT_KEYS

PATIENTS = Path(__file__).resolve().parents[2] / "fixtures" / "patients"
LUNG = PATIENTS / "lung-only-leiomyosarcoma.json"


TWO = '[{"resourceType": "Patient", "id": "a"}, {"resourceType": "Patient", "id": "b"}]'


def fixture(path: Path = LUNG) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_cards_as_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert main(["evaluate", str(LUNG), "--hook", "patient-view"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("[INFO] Consider pulmonary metastasectomy")
    assert "Why: " in out
    assert "  > Refer to thoracic surgery for pulmonary metastasectomy (recommended)" in out
    assert "https://doi.org/10.3390/cancers13071722" in out
    assert "**" not in out
    assert "\\[" not in out
    assert max(len(line) for line in out.splitlines() if "http" not in line) <= 72


def test_what_is_missing_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(PATIENTS / "missing-data.json")]) == 0
    out = capsys.readouterr().out
    assert "Missing facts leave" in out
    assert "Undecided:" in out
    assert "missing number of metastases" in out


def test_explanation_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(LUNG), "--json"]) == 0
    explanation = json.loads(capsys.readouterr().out)
    assert set(explanation) == {"facts", "recommendations", "cards"}
    assert list(explanation["facts"]) == list(FACT_KEYS)
    statuses = {one["id"]: one["status"] for one in explanation["recommendations"]}
    assert statuses["pulmonary-metastasectomy"] == "offered"
    assert explanation["cards"][0]["summary"].startswith("Consider pulmonary metastasectomy")


def test_a_plain_bundle_and_orders_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = fixture(PATIENTS / "heavily-pretreated-leiomyosarcoma.json")
    bundle, orders = tmp_path / "bundle.json", tmp_path / "orders.json"
    bundle.write_text(json.dumps(demo["bundle"]), encoding="utf-8")
    orders.write_text(json.dumps(demo["hooks"]["order-select"]["context"]["draftOrders"]), encoding="utf-8")
    call = ["evaluate", str(bundle), "--hook", "order-sign", "--orders", str(orders), "--as-of", "2026-11-21"]
    assert main(call) == 0
    assert "[WARNING]" in capsys.readouterr().out


def test_selections_come_with_the_context(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = fixture(PATIENTS / "angiosarcoma-first-line.json")
    context = demo["hooks"]["order-select"]["context"] | {"selections": ["MedicationRequest/draft-paclitaxel"]}
    orders = tmp_path / "context.json"
    orders.write_text(json.dumps(context), encoding="utf-8")
    call = ["evaluate", str(PATIENTS / "angiosarcoma-first-line.json"), "--hook", "order-select", "--json"]
    assert main([*call, "--orders", str(orders)]) == 0
    drafts = json.loads(capsys.readouterr().out)["facts"]["drafts"]["value"]
    assert {draft["reference"]: draft["selected"] for draft in drafts} == {
        "MedicationRequest/draft-paclitaxel": True,
        "MedicationRequest/draft-bevacizumab": False,
    }


def test_silence_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(PATIENTS / "gist-out-of-scope.json")]) == 0
    assert capsys.readouterr().out.startswith("No card.")


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(fixture()["bundle"])))
    assert main(["evaluate", "-", "--as-of", "2026-11-21"]) == 0
    assert "pulmonary metastasectomy" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "arguments", "status", "message"),
    [
        ("{}", [], 1, "holds no FHIR resource"),
        ("[]", [], 1, "holds no FHIR resource"),
        ("not JSON", [], 2, "is not JSON"),
        (
            '{"hook": "patient-view", "hookInstance": "1", "prefetch": {}}',
            [],
            1,
            "is a hook call; send it to the service",
        ),
        ('[{"resourceType": "MedicationOrder"}]', [], 1, "holds a MedicationOrder, a resource type of FHIR DSTU2"),
        (TWO, [], 2, "the record holds 2 patients; say whose it is with --patient ID"),
        (TWO, ["--patient", "c"], 2, "the record holds another patient"),
        ('{"resourceType": "Patient"}', ["--hook", "order-sign"], 2, "--orders FILE"),
        ('{"resourceType": "Patient"}', ["--as-of", "soon"], 2, "--as-of soon"),
        ('{"resourceType": "Patient"}', ["--hook", "order-sign", "--orders", "nowhere.json"], 2, "nowhere.json"),
    ],
)
def test_a_wrong_call_is_named_with_its_mend(
    text: str, arguments: list[str], status: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(text, encoding="utf-8")
    assert main(["evaluate", str(path), *arguments]) == status
    assert message in capsys.readouterr().err


def test_one_of_several_patients_and_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conditions = [
        {"resourceType": "Condition", "id": of, "subject": {"reference": f"Patient/{of}"}, "code": {"text": name}}
        for of, name in (("a", "Leiomyosarcoma, lung metastases"), ("b", "Synovial sarcoma, lung metastases"))
    ]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps([*json.loads(TWO), *conditions]), encoding="utf-8")
    assert main(["evaluate", str(path), "--patient", "Patient/b"]) == 0
    out = capsys.readouterr().out
    assert "synovial sarcoma" in out
    assert "leiomyosarcoma" not in out
    assert out.rstrip().endswith("Not read: Condition/a: about another patient")
    assert main(["evaluate", str(path), "--patient", "b", "--json"]) == 0
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert problems == [{"reference": "Condition/a", "reason": "about another patient"}]


def test_an_unknown_hook_is_a_wrong_call() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["evaluate", str(LUNG), "--hook", "appointment-book"])
    assert stop.value.code == 2
