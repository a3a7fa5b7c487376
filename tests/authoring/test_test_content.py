"""``sarcoma-cds test`` of another guideline's FHIR content, and of what no case needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from authoring.main import main
from plandefinitions.guideline.settings import CONTENT

CQL = """library Logic version '1.0'
using FHIR version '4.0.1'
context Patient
define "Has Condition": exists [Condition]
define "Of No Use": true
"""
CASES = """plan: p
cases:
  - name: nothing on record
    resources: [{resourceType: Patient, id: p1}]
    actions: {act: not-applicable}
"""


def _plan(identifier: str) -> dict[str, Any]:
    expression = {"language": "text/cql-identifier", "expression": "Has Condition"}
    return {
        "resourceType": "PlanDefinition",
        "id": identifier,
        "url": f"http://example.org/PlanDefinition/{identifier}",
        "version": "1",
        "title": f"Plan {identifier}",
        "status": "active",
        "library": ["http://example.org/Library/Logic"],
        "action": [{"id": "act", "title": "Look", "condition": [{"kind": "applicability", "expression": expression}]}],
    }


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "Logic.cql").write_text(CQL, encoding="utf-8")
    (tmp_path / "p.cases.yaml").write_text(CASES, encoding="utf-8")
    for name in ("p", "q"):
        (tmp_path / f"{name}.json").write_text(json.dumps(_plan(name)), encoding="utf-8")
    return tmp_path


def test_cases_coverage_and_plans_without_cases(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(content), "--verbose"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "passed p: nothing on record",
        "not covered http://example.org/PlanDefinition/p|1: Look: Has Condition was never true",
        'never computed Logic."Of No Use"',
        "entries without cases: q",
        "0 of 1 conditions were both true and false",
        "1 cases, 0 failed",
    ]


def test_a_failing_case(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (content / "p.cases.yaml").write_text(CASES.replace("not-applicable", "applicable"), encoding="utf-8")
    assert main(["test", str(content)]) == 1
    said = capsys.readouterr().out
    assert f"FAILED p: nothing on record ({content / 'p.cases.yaml'}#/cases/0)" in said
    assert "    action act: expected applicable, found not-applicable" in said


@pytest.mark.parametrize(("name", "status"), [("p", 0), ("http://example.org/PlanDefinition/p|1", 0), ("r", 2)])
def test_only_one_plan(content: Path, capsys: pytest.CaptureFixture[str], name: str, status: int) -> None:
    assert main(["test", str(content), "--entry", name]) == status
    said = capsys.readouterr()
    assert "never computed" not in said.out
    assert ("1 cases, 0 failed" in said.out) == (status == 0)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("p.json", "{", "PD-101"),
        ("Logic.cql", CQL.replace("[Condition]", "[Sarcoma]"), "PD-148"),
        ("p.cases.yaml", "cases: []", "PD-180"),
    ],
)
def test_faulty_content_is_told(
    content: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, said: str
) -> None:
    (content / file).write_text(text, encoding="utf-8")
    assert main(["test", str(content)]) == 1
    assert said in capsys.readouterr().err


def test_a_folder_without_plans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(tmp_path)]) == 1
    assert "holds no PlanDefinition" in capsys.readouterr().err


def test_pd_175_cql_of_our_guideline_that_no_case_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("library", "eribulin-not-liposarcoma"):
        shutil.copytree(CONTENT / folder, tmp_path / folder)
    library = tmp_path / "eribulin-not-liposarcoma" / "EribulinNotLiposarcoma.cql"
    library.write_text(library.read_text(encoding="utf-8") + '\ndefine "Of No Use":\n  true\n', encoding="utf-8")
    assert main(["test", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert 'never computed EribulinNotLiposarcoma."Of No Use"' in said
    assert 'never computed EribulinNotLiposarcoma."Fires"' not in said
    assert "more (--verbose lists them)" in said


def test_check_reads_the_cases_too(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(content)]) == 0
    (content / "p.cases.yaml").write_text(CASES.replace("actions", "action"), encoding="utf-8")
    assert main(["check", str(content)]) == 1
    said = capsys.readouterr().out
    assert "p.cases.yaml#/cases/0: error PD-180: 'action' is none of" in said
    assert "2 plans valid, 0 refused; 1 errors" in said
