"""Records that visitors paste."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from cds_hooks.demo.record import RecordProblem, read_record

PATIENT = {"resourceType": "Patient", "id": "p1"}
CONDITION = {"resourceType": "Condition", "id": "c1"}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": CONDITION}]}


def read(content: Any, as_of: str = "2026-01-31") -> Any:
    return read_record(json.dumps(content).encode(), as_of)


@pytest.mark.parametrize("content", [BUNDLE, [PATIENT, CONDITION], {"bundle": BUNDLE}])
def test_a_bundle_a_list_or_a_sample_patients_file(content: Any) -> None:
    record = read(content)
    assert (record.patient, list(record.resources), record.as_of) == (PATIENT, [PATIENT, CONDITION], "2026-01-31")


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_record(json.dumps(BUNDLE).encode("utf-8-sig"), "2026-01-31").patient == PATIENT


def test_a_hook_call_is_told_from_a_record() -> None:
    with pytest.raises(RecordProblem, match="This is a hook call"):
        read({"hook": "patient-view", "hookInstance": "1", "prefetch": {"patient": PATIENT}})


def test_what_is_no_resource_is_left_out() -> None:
    record = read({"entry": [{"resource": PATIENT}, {}, 7, {"resource": {"id": "x"}}, {"resource": None}]})
    assert list(record.resources) == [PATIENT]


def test_a_sample_patients_day_counts_unless_another_is_given() -> None:
    sample = {"bundle": BUNDLE, "as_of": "2025-12-24"}
    assert read(sample, "").as_of == "2025-12-24"
    assert read(sample).as_of == "2026-01-31"
    assert read(BUNDLE, "").as_of == date.today().isoformat()


@pytest.mark.parametrize(
    ("content", "as_of", "problem"),
    [
        ([CONDITION], "", "One Patient resource is wanted; this holds 0"),
        ([PATIENT, PATIENT], "", "holds 2"),
        ("a string", "", "holds 0"),
        ({"entry": 5}, "", "holds 0"),
        ([{"resourceType": "Patient"}], "", "no id"),
        (BUNDLE, "yesterday", "not a date"),
        ({"bundle": BUNDLE, "as_of": 20}, "", "not a date"),
    ],
)
def test_a_problem_is_told(content: Any, as_of: str, problem: str) -> None:
    with pytest.raises(RecordProblem, match=problem):
        read(content, as_of)


def test_what_is_not_json_is_told_by_its_place_alone() -> None:
    with pytest.raises(RecordProblem, match=r"not JSON \(line 2, column \d+\)") as told:
        read_record(b'{"resourceType":\n secret}', "")
    assert "secret" not in str(told.value)
