"""``sarcoma-cds test``: passes, failures and faults of a guideline's own cases."""

import shutil
from pathlib import Path

import pytest

from authoring.main import main
from plandefinitions.guideline.settings import CONTENT

ENTRY = "eribulin-not-liposarcoma"


@pytest.fixture
def guideline(tmp_path: Path) -> Path:
    """A guideline of one entry."""
    for folder in ("library", ENTRY):
        shutil.copytree(CONTENT / folder, tmp_path / folder)
    return tmp_path


def test_cases_that_pass(guideline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(guideline), "--verbose"]) == 0
    said = capsys.readouterr().out
    assert f"passed {ENTRY}: eribulin for leiomyosarcoma" in said
    assert "0 failed" in said


def test_a_changed_condition_shows_as_failed_cases(guideline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = guideline / ENTRY / "EribulinNotLiposarcoma.cql"
    text = library.read_text()
    assert ' and Facts."Known Histology Not Liposarcoma"' in text
    library.write_text(text.replace(' and Facts."Known Histology Not Liposarcoma"', ""))
    assert main(["test", str(guideline)]) == 1
    said = capsys.readouterr().out
    assert f"FAILED {ENTRY}: eribulin for liposarcoma" in said
    assert "status: expected not-applicable, found offered" in said


def test_what_no_case_tries_is_told(guideline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = guideline / ENTRY / "cases.yaml"
    cases.write_text("cases:\n- {name: one, facts: {histology: ups, drafts: [{drug: eribulin}]}, status: offered}\n")
    assert main(["test", str(guideline)]) == 0
    assert "Known Histology Not Liposarcoma (when) was never not-met" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cases", "says"),
    [
        ("cases:\n- {name: one, facts: {histologie: ups}}\n", "a case names histologie"),
        ("cases:\n- {name: one, facts: {histology: sarkom}}\n", "'sarkom' is no concept"),
        ("cases:\n- {name: one, expected: offered}\n", "expected is none of"),
        ("- one\n", 'an object with the list "cases" is wanted'),
        ("cases: [\n", "cases.yaml"),
    ],
)
def test_faulty_cases_are_told(guideline: Path, capsys: pytest.CaptureFixture[str], cases: str, says: str) -> None:
    (guideline / ENTRY / "cases.yaml").write_text(cases)
    assert main(["test", str(guideline)]) == 1
    assert says in capsys.readouterr().err


def test_faulty_cql_is_told_without_warnings(guideline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = guideline / ENTRY / "EribulinNotLiposarcoma.cql"
    library.write_text(library.read_text().replace('Facts."Soft Tissue Sarcoma"', 'Facts."Sarcoma"'))
    assert main(["test", str(guideline)]) == 1
    said = capsys.readouterr().err
    assert "Sarcoma" in said
    assert "error" in said
    assert "warning" not in said


def test_only_one_entry(guideline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(guideline), "--entry", ENTRY]) == 0
    assert main(["test", str(guideline), "--entry", "nothing"]) == 2
    assert "no entry nothing" in capsys.readouterr().err


def test_a_directory_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(tmp_path / "nothing")]) == 2
    assert "no such directory" in capsys.readouterr().err
