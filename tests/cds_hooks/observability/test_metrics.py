"""The numbers, and that no request can make new time series."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cds_hooks.observability.metrics import FOLDER_VARIABLE, Metrics


def _samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.render().decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def test_calls_are_counted_by_what_the_settings_know() -> None:
    metrics = Metrics(["ehr"])
    for client in ("ehr", "made-up-1", "made-up-2", None):
        metrics.observe_call("call", None, client, 200, None, 0.03)
    counted = {
        dict(labels)["client"]: value for (name, labels), value in _samples(metrics).items() if "calls_total" in name
    }
    assert counted == {"ehr": 1, "other": 2, "none": 1}


def test_the_histogram_tells_seconds() -> None:
    metrics = Metrics([])
    metrics.observe_call("call", "s", None, 200, None, 0.03)
    found = _samples(metrics)
    labels = (("kind", "call"), ("service", "s"))
    assert found[("sarcoma_cds_call_seconds_sum", labels)] == pytest.approx(0.03)
    assert found[("sarcoma_cds_call_seconds_bucket", (labels[0], ("le", "0.02"), labels[1]))] == 0
    assert found[("sarcoma_cds_call_seconds_bucket", (labels[0], ("le", "0.035"), labels[1]))] == 1


def test_the_content_that_is_served_is_told() -> None:
    metrics = Metrics([])
    metrics.content("a")
    metrics.reloaded("b", refused=False)
    metrics.reloaded("b", refused=True)
    found = _samples(metrics)
    assert found[("sarcoma_cds_content_info", (("version", "a"),))] == 0
    assert found[("sarcoma_cds_content_info", (("version", "b"),))] == 1
    assert found[("sarcoma_cds_content_stale", ())] == 1
    assert found[("sarcoma_cds_content_reloads_total", (("outcome", "refused"),))] == 1


_WORKER = """
from cds_hooks.observability.metrics import Metrics
metrics = Metrics([])
metrics.content("a")
metrics.shed("calls")
metrics.observe_call("call", "s", None, 200, None, 0.03)
metrics.under_way(1)
print(metrics.render().decode())
"""


def test_several_workers_are_added_up(tmp_path: Path) -> None:
    environment = {**os.environ, FOLDER_VARIABLE: str(tmp_path)}
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-c", _WORKER], env=environment, capture_output=True, text=True, check=True
        )
    lines = run.stdout.splitlines()
    assert 'sarcoma_cds_shed_total{limit="calls"} 3.0' in lines
    assert 'sarcoma_cds_call_seconds_count{kind="call",service="s"} 3.0' in lines
    assert 'sarcoma_cds_content_info{version="a"} 1.0' in lines
    assert "sarcoma_cds_calls_in_progress 3.0" in lines
