"""The number of resources in a call, and its depth."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from cds_hooks.errors import CallError
from cds_hooks.limits import check_resources, depth_refused


def _bundle(size: int) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation"}}] * size}


def test_resources_of_prefetch_and_context_count() -> None:
    body = {
        "prefetch": {"patient": {"resourceType": "Patient"}, "observations": _bundle(5), "none": None},
        "context": {"patientId": "x", "draftOrders": _bundle(3)},
    }
    check_resources(body, 9)
    with pytest.raises(CallError) as caught:
        check_resources(body, 8)
    assert (caught.value.status, caught.value.code) == (413, "too-many-resources")


@pytest.mark.parametrize("body", [{}, {"prefetch": None, "context": []}, {"prefetch": {"a": 1, "b": {"entry": "no"}}}])
def test_what_is_no_resource_is_passed_over(body: dict[str, Any]) -> None:
    check_resources(body, 1)


def test_too_deep_for_python_is_refused() -> None:
    def down(levels: int) -> int:
        return 0 if not levels else down(levels - 1)

    with pytest.raises(CallError) as caught, depth_refused():
        down(sys.getrecursionlimit())
    assert (caught.value.status, caught.value.code) == (400, "json-too-deep")
