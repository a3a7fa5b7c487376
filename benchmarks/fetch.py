"""Fetching a patient's record of ten keys from a FHIR server, cold: the total against the slowest key.

The server is `tools/fhir_server`, which does one thing at a time; so that keys take the time they would across a
network, it also answers late. Cold: no connection is open yet.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.cql_data import bundle
from benchmarks.measure import milliseconds
from cds_hooks.audit import FhirQuery
from cds_hooks.authentication import ANONYMOUS
from cds_hooks.envelope import read_call
from cds_hooks.outbound import Outbound
from cds_hooks.prefetch import Gatherer, State, patient_templates
from cds_hooks.settings import FhirSettings, Settings
from tools import fhir_server

_SIZE = 1244
_DELAYS_MS = (0, 20, 100)
_REPEATS = 15
_ALLOWED = 0.05
_TYPES = (
    "CarePlan",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "ImagingStudy",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "ServiceRequest",
)


def rows() -> Iterator[str]:
    """The lines of the report."""
    why = fhir_server.missing()
    if why is not None:
        yield f"not measured: {why}"
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patient.json"
        path.write_text(json.dumps(bundle(_SIZE)), encoding="utf-8")
        yield f"{len(_TYPES) + 1} keys of a patient with {_SIZE} resources, medians of {_REPEATS} cold calls"
        for delay in _DELAYS_MS:
            with fhir_server.running([path], delay_ms=delay) as server:
                yield _measured(server.base, delay)


def _measured(base: str, delay: int) -> str:
    runs = [_cold(base) for _ in range(_REPEATS + 2)][2:]
    total, slowest, summed = (median(run[part] for run in runs) for part in range(3))
    over = median(run[0] - run[1] for run in runs)
    return (
        f"  answers {delay:3} ms late: all {milliseconds(total)}, slowest key {milliseconds(slowest)}, "
        f"over it {milliseconds(over)} (allowed {milliseconds(_ALLOWED)}); keys added up {milliseconds(summed)}"
    )


def _cold(base: str) -> tuple[float, float, float]:
    """Seconds: of the whole fetch, of its slowest key, of all keys added up."""
    settings = Settings(demo=True, fhir=FhirSettings(budget_seconds=30, timeout_seconds=30))
    outbound = Outbound(insecure_loopback=True)
    gatherer = Gatherer(settings, outbound)
    call = read_call(
        {
            "hook": "patient-view",
            "hookInstance": "5d5c3b86-0d5f-4bb4-8a28-0f3f0a1ad4a1",
            "context": {"userId": "Practitioner/p", "patientId": f"p{_SIZE}"},
            "fhirServer": base,
        },
        "patient-view",
        demo=True,
    )
    start = time.perf_counter()
    received = gatherer.fetch(gatherer.from_prefetch(call, patient_templates(_TYPES), ANONYMOUS))
    total = time.perf_counter() - start
    gatherer.close()
    outbound.close()
    if not set(received.states.values()) <= {State.READ, State.EMPTY}:
        raise RuntimeError(f"not everything was read: {received.reasons}")
    keys = _by_key(received.queries)
    return total, max(keys), sum(keys)


def _by_key(queries: tuple[FhirQuery, ...]) -> list[float]:
    """The seconds of each key, its pages added up."""
    taken: dict[str, float] = defaultdict(float)
    for one in queries:
        taken[one.query.partition("?")[0]] += one.milliseconds / 1000
    return list(taken.values())
