"""``sarcoma-cds cql``: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from authoring.main import main

LIBRARY = """library Example version '1.0.0'
using FHIR version '4.0.1'
include Common version '1.0.0'
codesystem "LOINC": 'http://loinc.org'
code "ANC": '751-8' from "LOINC"
valueset "Heart failure": 'http://example.org/heart-failure'
parameter "Least" Integer default 3
context Patient
define "Age": AgeInYearsAt(@2026-11-21)
define "Counts": Count([Observation: "ANC"])
define "Enough": "Counts" >= "Least"
define "Twice": Common."Twice"("Counts")
define "Value": First([Observation: "ANC"]).value as FHIR.Quantity
"""
COMMON = "library Common version '1.0.0'\ndefine function \"Twice\"(n Integer): n * 2\n"
FAILING = 'define "Heart failure on record": exists [Condition: "Heart failure"]\n'
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1967-03-14"}}],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SARCOMA_CDS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "Example.cql").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "Common.cql").write_text(COMMON, encoding="utf-8")
    (tmp_path / "bundle.json").write_text(json.dumps(BUNDLE), encoding="utf-8")
    return tmp_path


def evaluate(folder: Path, *options: str) -> int:
    return main(["cql", "eval", str(folder / "Example.cql"), "--data", str(folder / "bundle.json"), *options])


def test_prints_each_define(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {"Age: 59", "Counts: 0", "Enough: false", "Twice: 0", "Value: null"} <= set(lines)


def test_only_the_defines_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(folder, "--define", "Age") == 0
    assert capsys.readouterr().out == "Age: 59\n"


def test_json_and_parameters(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "parameters.json").write_text('{"Least": 0}', encoding="utf-8")
    assert evaluate(folder, "--json", "--parameters", str(folder / "parameters.json"), "--define", "Enough") == 0
    assert json.loads(capsys.readouterr().out) == {"defines": {"Enough": True}}


def test_the_trace_names_what_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(folder, "--trace", "--define", "Value") == 0
    assert 'because no Observation of code "ANC" is on record' in capsys.readouterr().out


def test_a_define_that_fails_does_not_hide_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Example.cql").write_text(LIBRARY + FAILING, encoding="utf-8")
    assert evaluate(folder) == 1
    printed = capsys.readouterr()
    assert "Age: 59" in printed.out
    assert "CQL-220: the value set http://example.org/heart-failure is needed" in printed.err


def test_value_sets_are_read_from_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Example.cql").write_text(LIBRARY + FAILING, encoding="utf-8")
    (folder / "valuesets").mkdir()
    value_set = {
        "resourceType": "ValueSet",
        "url": "http://example.org/heart-failure",
        "compose": {"include": [{"system": "http://snomed.info/sct", "concept": [{"code": "84114007"}]}]},
    }
    (folder / "valuesets" / "heart-failure.json").write_text(json.dumps(value_set), encoding="utf-8")
    assert evaluate(folder, "--valuesets", str(folder / "valuesets")) == 0
    assert "Heart failure on record: false" in capsys.readouterr().out


def test_all_errors_of_a_library_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Example.cql").write_text('define "A": 1 + \'x\'\ndefine "B": Unknown\n', encoding="utf-8")
    assert evaluate(folder) == 1
    errors = capsys.readouterr().err
    assert "Example:1:13-1:19: error CQL-105" in errors
    assert "Example:2:13-2:19: error CQL-101" in errors
    assert "^^^^^^^" in errors


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--define", "Nothing"], "has no define 'Nothing'"),
        (["--now", "yesterday"], "yesterday"),
        (["--parameters", "absent.json"], "absent.json: cannot be read"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert evaluate(folder, *options) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_json_names_the_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bundle.json").write_text('{"a": }', encoding="utf-8")
    assert evaluate(folder) == 2
    assert "bundle.json:1:7: is not JSON" in capsys.readouterr().err


def test_elm_is_that_of_the_library(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cql", "elm", str(folder / "Example.cql")]) == 0
    library = json.loads(capsys.readouterr().out)["library"]
    assert library["identifier"] == {"id": "Example", "version": "1.0.0"}
    assert "Enough" in {one["name"] for one in library["statements"]["def"]}
