"""Cases beside plans: what they compare, what is wrong with them, what they cover."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from plandefinitions.apply import load
from plandefinitions.apply.content.diagnostics import Findings
from plandefinitions.plan_cases import (
    PlanOutcome,
    condition_coverage,
    never_computed,
    read_plan_cases,
    run_plan_case,
)

Write = Callable[..., Path]


def run(folder: Path, *, trace: bool = False) -> tuple[PlanOutcome, ...]:
    content = load([folder]).content
    findings = Findings()
    found = read_plan_cases(content, [folder], findings)
    assert findings.all == []
    return tuple(run_plan_case(content, one, trace=trace) for one in found.cases)


def faults(folder: Path) -> list[str]:
    return [fault for one in run(folder) for fault in one.faults]


def test_cases_that_pass(write: Write) -> None:
    outcomes = run(write())
    assert [one.faults for one in outcomes] == [(), (), ()]
    assert [one.case.hook for one in outcomes] == ["order-sign"] * 3


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("warn: applicable", "warn: unknown", "action warn: expected unknown, found applicable"),
        ("old: not-judged", "old: applicable", "action old: expected applicable, found not-judged"),
        (
            "{warn: not-applicable}",
            "{wran: not-applicable}",
            "action wran: expected not-applicable, found no such action",
        ),
        ("cards: []", "cards: [{summary: any}]", "cards: expected 1, found []"),
        ("summary: accumulates", "summary: vanishes", "card 0: summary: 'vanishes' is not in"),
        ("indicator: warning", "indicator: info", "card 0: indicator: expected info, found warning"),
        ("source: Dabigatran", "source: Warfarin", "card 0: source: 'Warfarin' is not in"),
        ("[Stop]", "[Go]", "card 0: suggestions: expected ['Go'], found ['Stop dabigatran']"),
        ("cards: []", "problems: [broken]", "problems: none has 'broken'; there are: []"),
    ],
)
def test_what_differs_is_told(write: Write, cases: str, old: str, new: str, fault: str) -> None:
    assert old in cases
    (found,) = faults(write(cases.replace(old, new)))
    assert fault in found


def test_an_error_that_nobody_expects_is_a_fault(write: Write, cases: str, cql: str) -> None:
    broken = cql.replace('"Is Old": AgeInYears() >= 80', "\"Is Old\": Message(true, true, '1', 'Error', 'broken')")
    found = faults(write(cases, broken))
    assert any(one.startswith("problem: ") and "broken" in one for one in found)
    expected = cases.replace("old: not-applicable", "old: error")
    expected = expected.replace("    cards:\n      - {summary: accumulates,", "    problems: [broken]\n    _: [{")
    expected = "\n".join(one for one in expected.splitlines() if not one.startswith("    _"))
    assert faults(write(expected, broken)) == []


def test_a_call_that_cannot_be_answered_is_a_fault(write: Write, cases: str) -> None:
    (found,) = faults(write(cases.replace("now: 2024-06-01T12:00:00Z", "now: in summer")))[:1]
    assert "the plan cannot be applied: now is no date and time" in found


@pytest.mark.parametrize(
    ("old", "new", "pointer", "said"),
    [
        ("cases:", "cases: [", "", "cannot be read"),
        ("PlanDefinition/kidney", "PlanDefinition/other", "/plan", "no plan is called"),
        ("given:", "givn:", "", "'givn' is none of"),
        (
            "    actions: {warn: not-applicable}",
            "    action: {warn: not-applicable}",
            "/cases/2",
            "'action' is none of",
        ),
        ("    actions: {warn: not-applicable}\n", "", "/cases/2", "nothing is expected"),
        ("old: not-judged", "old: skipped", "/cases/1/actions/old", "'skipped' is none of applicable"),
        ("data: patient.json", "data: nothing.json", "/cases/0/data", "nothing.json cannot be read"),
        ("data: patient.json", "data: ../../patient.json", "/cases/0/data", "outside the guideline's folder"),
        ("- {resourceType: Patient,", "- {type: Patient,", "/cases/2/resources", "FHIR resources are wanted"),
        ("cards: []", "cards: none", "/cases/1/cards", "cards must be a list"),
        ("{summary: accumulates,", "{sumary: accumulates,", "/cases/0/cards/0", "'sumary' is none of"),
        ("  now: 2024", "  now: 5\n  hook: 2024", "/given/now", "now must be text"),
    ],
)
def test_faults_of_the_file_have_their_place(
    write: Write, cases: str, old: str, new: str, pointer: str, said: str
) -> None:
    assert old in cases
    folder = write(cases.replace(old, new, 1))
    findings = Findings()
    read_plan_cases(load([folder]).content, [folder], findings)
    (found,) = findings.all
    assert (found.code, found.pointer, found.file) == ("PD-180", pointer, folder / "kidney.cases.yaml")
    assert said in found.message


def test_cases_of_a_plan_with_errors_are_passed_over(write: Write, cql: str) -> None:
    folder = write(cql=cql.replace('"Should Warn"', '"Should Not Warn"'))
    findings = Findings()
    assert read_plan_cases(load([folder]).content, [folder], findings).cases == ()
    assert findings.all == []


def test_pd_175_coverage_names_conditions_never_false_and_cql_never_computed(write: Write) -> None:
    folder = write()
    outcomes = run(folder, trace=True)
    lacking = {one.expression: one.lacking for one in condition_coverage(outcomes)}
    assert lacking == {"Should Warn": (), "Is Old": ("true",)}
    assert never_computed(load([folder]).content, outcomes) == (("Kidney", "Never Needed"),)


def test_the_example_of_the_documentation(write: Write) -> None:
    text = (Path(__file__).parents[3] / "docs" / "authoring.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    outcomes = run(write(example))
    assert [one.case.name for one in outcomes] == [
        "kidney disease and dabigatran",
        "nothing ordered",
        "no kidney disease",
    ]
    assert [one.faults for one in outcomes] == [(), (), ()]


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _places(part, (*at, key))


@pytest.mark.parametrize("odd", [None, 5, "x", [], {}, [5], [None], {"x": 5}, True], ids=repr)
def test_odd_values_anywhere_are_told_and_raise_nothing(write: Write, cases: str, odd: Any) -> None:
    folder = write()
    content = load([folder]).content
    document = yaml.safe_load(cases.replace("2024-06-01T12:00:00Z", "'2024-06-01T12:00:00Z'"))
    document["cases"][2]["resources"][0]["birthDate"] = "1930-01-01"
    for at in list(_places(document)):
        changed = copy.deepcopy(document)
        holder: Any = {"all": changed}
        for key in ("all", *at)[:-1]:
            holder = holder[key]
        holder[("all", *at)[-1]] = odd
        (folder / "kidney.cases.yaml").write_text(
            yaml.safe_dump(holder["all"] if not at else changed), encoding="utf-8"
        )
        for one in read_plan_cases(content, [folder], Findings()).cases:
            run_plan_case(content, one)
