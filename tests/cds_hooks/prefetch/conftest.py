"""Hook calls that name a misbehaving server, gathered as the service does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cds_hooks.authentication import ANONYMOUS, Caller
from cds_hooks.envelope import read_call
from cds_hooks.outbound import Outbound
from cds_hooks.prefetch import Gatherer, Received, patient_templates
from cds_hooks.settings import FhirSettings, Settings
from tools.fhir_server import faults
from tools.fhir_server.faults import FaultServer, misbehaving

TOKEN = "the-token"
AUTHORIZATION = {
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.rs",
    "subject": "sarcoma",
}
Gather = Callable[..., Received]


@pytest.fixture
def fault() -> Iterator[FaultServer]:
    with misbehaving() as server:
        server.behaviours["/fhir/Patient/x1"] = faults.answer({"resourceType": "Patient", "id": "x1"})
        for kind in ("Condition", "Observation", "Procedure"):
            server.behaviours[f"/fhir/{kind}?patient=x1"] = faults.answer(faults.bundle(record(kind, "1")))
        yield server


def record(kind: str, number: str, patient: str = "Patient/x1") -> dict[str, Any]:
    return {"resourceType": kind, "id": f"{kind[0].lower()}{number}", "subject": {"reference": patient}}


@pytest.fixture(scope="session")
def outbound() -> Iterator[Outbound]:
    made = Outbound(insecure_loopback=True)
    yield made
    made.close()


@pytest.fixture
def make(outbound: Outbound) -> Iterator[Callable[..., Gatherer]]:
    """Makes a gatherer of the demonstration, which may ask servers of http on this machine."""
    made: list[Gatherer] = []

    def gatherer(**fhir: Any) -> Gatherer:
        made.append(Gatherer(Settings(demo=True, fhir=FhirSettings(**fhir)), outbound))
        return made[-1]

    yield gatherer
    for one in made:
        one.close()


@pytest.fixture
def gather(make: Callable[..., Gatherer], fault: FaultServer) -> Gather:
    """Gathers for a call with this prefetch; other members of the call and settings by name."""

    def gathered(
        prefetch: dict[str, Any] | None = None,
        *,
        authorization: dict[str, Any] | None = AUTHORIZATION,
        server: str = fault.base,
        patient: str = "x1",
        caller: Caller = ANONYMOUS,
        gatherer: Gatherer | None = None,
        types: tuple[str, ...] = ("Condition", "Observation", "Procedure"),
        **fhir: Any,
    ) -> Received:
        body = {
            "hook": "patient-view",
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "context": {"userId": "Practitioner/p1", "patientId": patient},
            "prefetch": prefetch or {},
            "fhirServer": server,
            "fhirAuthorization": authorization,
        }
        unhurried = {"timeout_seconds": 20.0, "budget_seconds": 30.0}  # a busy machine is no failure
        asked = gatherer or make(**{**unhurried, **fhir})
        gathering = asked.from_prefetch(read_call(body, "patient-view", demo=True), patient_templates(types), caller)
        return asked.fetch(gathering) if gathering.wanted else gathering.received

    return gathered
