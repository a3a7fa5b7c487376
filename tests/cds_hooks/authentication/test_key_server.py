"""Keys fetched for real: a service that is called with a token, and a server that publishes the client's keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cds_hooks.outbound import Outbound, OutboundError
from cds_hooks.settings import ClientSettings
from tests.cds_hooks.authentication.ehr import Door, client, jwks, token
from tools.fhir_server import faults
from tools.fhir_server.certificate import self_signed, server_context
from tools.fhir_server.faults import FaultServer, misbehaving

SECONDS = 0.5


@pytest.fixture
def published(tmp_path: Path) -> Iterator[tuple[FaultServer, Callable[..., Door]]]:
    """A server of keys over TLS, and doors for a client that is registered with it."""
    certificate = self_signed(tmp_path, "keys.example")
    outbound = Outbound(ca_file=certificate)

    def fetch(one: ClientSettings) -> bytes:
        assert one.jku is not None
        answer = outbound.get(
            one.jku,
            headers={"Accept": "application/json"},
            deadline=time.monotonic() + SECONDS,
            max_bytes=1_000_000,
            private_network=one.jku_private_network,
        )
        if answer.status != 200:
            raise OutboundError("status", answer.status)
        return answer.body

    with misbehaving(server_context(certificate)) as server:

        def door(private_network: bool = True) -> Door:
            jku = f"https://127.0.0.1:{server.port}/jwks"
            return Door(client(jku=jku, jku_private_network=private_network), fetch=fetch)

        yield server, door
    outbound.close()


Published = tuple[FaultServer, Callable[..., Door]]


@pytest.mark.requirement("CH-142")
def test_keys_come_by_https(published: Published) -> None:
    server, door = published
    server.behaviours["/jwks"] = faults.answer(jwks())
    known = door()
    for number in range(3):
        assert known.caller(token("RS384", jti=str(number))).name == "ehr"
    assert [one.path for one in server.seen] == ["/jwks"]


@pytest.mark.requirement("CH-140")
def test_keys_from_a_private_address_only_if_registered_so(published: Published) -> None:
    server, door = published
    server.behaviours["/jwks"] = faults.answer(jwks())
    assert door(private_network=False).reason(token()) == "keys-unavailable"
    assert server.seen == []


@pytest.mark.parametrize(
    "behaviour",
    [
        faults.hang,
        faults.reset,
        faults.cut_off,
        faults.drip,
        faults.drip_headers,
        faults.garbage,
        faults.bomb(100_000_000),
        faults.stream(100_000_000),
        faults.redirect("https://169.254.169.254/latest/meta-data"),
        faults.answer(jwks(), 500),
        faults.answer(jwks(), 404),
        faults.text(b"<html></html>", "text/html"),
        faults.text(b"", "application/json"),
        faults.text(b"[" * 900_000, "application/json"),
    ],
)
def test_servers_that_misbehave(published: Published, behaviour: Any) -> None:
    server, door = published
    server.behaviours["/jwks"] = behaviour
    with faults.at_most(SECONDS + 1):
        assert door().reason(token()) == "keys-unavailable"
