"""Plans serve only while their own cases pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from plandefinitions.apply import Loaded
from plandefinitions.plan_cases import load_proven, run_plan_case

Write = Callable[..., Path]


def loaded(folder: Path) -> tuple[Loaded, int]:
    """The content, and how many cases were run for it."""
    with patch("plandefinitions.plan_cases.proof.run_plan_case", wraps=run_plan_case) as run:
        return load_proven([folder]), run.call_count


def ids(found: Loaded) -> list[str]:
    return [one.id for one in found.content.plans]


def test_pd_173_cases_are_run_once_and_after_each_change(write: Write, cases: str, cql: str) -> None:
    folder = write()
    found, ran = loaded(folder)
    assert (sorted(ids(found)), found.errors, ran) == (["all", "kidney"], (), 3)
    assert loaded(folder)[1] == 0
    write(cql=cql + "// of no import\n")
    assert loaded(folder)[1] == 3
    (folder / "patient.json").write_text((folder / "patient.json").read_text() + "\n")
    assert loaded(folder)[1] == 3
    assert loaded(folder)[1] == 0


def test_pd_173_a_plan_whose_case_fails_is_refused_with_those_that_apply_it(write: Write, cases: str) -> None:
    folder = write(cases.replace("indicator: warning", "indicator: info"))
    for _ in range(2):
        found, ran = loaded(folder)
        assert (ids(found), ran) == ([], 3)
        assert found.content.services == ()
        codes = {one.code: one for one in found.errors}
        assert set(codes) == {"PD-181", "PD-138"}
        assert codes["PD-181"].pointer == "/cases/0"
        assert "'kidney disease and dabigatran': card 0: indicator" in codes["PD-181"].message
        assert "PlanDefinition/all|1 applies http://example.org/PlanDefinition/kidney|1" in codes["PD-138"].message
        assert "http://example.org/PlanDefinition/kidney|1" in found.content.refused


@pytest.mark.parametrize(("old", "new"), [("data: patient", "data: gone"), ("not-judged", "never")])
def test_a_plan_with_a_case_that_cannot_be_run_is_refused(write: Write, cases: str, old: str, new: str) -> None:
    found, _ = loaded(write(cases.replace(old, new)))
    assert ids(found) == []
    assert "PD-180" in {one.code for one in found.errors}


def test_without_cases_plans_serve(write: Write) -> None:
    folder = write()
    (folder / "kidney.cases.yaml").unlink()
    found, ran = loaded(folder)
    assert (sorted(ids(found)), found.errors, ran) == (["all", "kidney"], (), 0)
