"""CH-057, CH-062: as in a hospital: a registered server over TLS, in a private network, with its own authority."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_hooks.authentication import Caller
from cds_hooks.outbound import Outbound
from cds_hooks.prefetch import Gatherer, Received, State
from cds_hooks.settings import ClientSettings, FhirServerSettings, Settings
from tools.fhir_server import faults
from tools.fhir_server.certificate import self_signed, server_context
from tools.fhir_server.faults import misbehaving

Gather = Callable[..., Received]


def hospital(url: str, private_network: bool) -> ClientSettings:
    server = FhirServerSettings(url=url, private_network=private_network)
    return ClientSettings(
        name="hospital", issuer="https://ehr.example.org", jku="https://ehr.example.org/jwks", fhir_servers=(server,)
    )


@pytest.mark.requirement("CH-056", "CH-057", "CH-062")
@pytest.mark.parametrize(
    ("private_network", "trusted", "open_server", "outcome"),
    [
        (True, True, False, None),
        (False, True, False, "refused-address"),
        (True, False, False, "tls"),
        (True, True, True, "no-authorization"),
    ],
)
def test_a_registered_server(
    gather: Gather, tmp_path: Path, private_network: bool, trusted: bool, open_server: bool, outcome: str | None
) -> None:
    certificate = self_signed(tmp_path, "fhir.hospital.example")
    with misbehaving(server_context(certificate)) as server:
        server.behaviours["/fhir/Patient/x1"] = faults.answer({"resourceType": "Patient", "id": "x1"})
        server.behaviours["/fhir/Condition"] = faults.answer(faults.bundle())
        client = hospital(server.base + "/", private_network)
        settings = Settings(public_url="https://cds.example.org", clients=(client,))
        outbound = Outbound(ca_file=certificate if trusted else None)
        gatherer = Gatherer(settings, outbound)
        more: dict[str, Any] = {"authorization": None} if open_server else {}
        received = gather(
            gatherer=gatherer,
            caller=Caller(client, client.issuer, None, "jti"),
            server=server.base,
            types=("Condition",),
            **more,
        )
        gatherer.close()
        outbound.close()
        if outcome is None:
            assert received.states == {"patient": State.READ, "conditions": State.EMPTY}
            assert {one.headers["Authorization"] for one in server.seen} == {"Bearer the-token"}
        else:
            assert set(received.reasons.values()) == {outcome}
            assert server.seen == []
