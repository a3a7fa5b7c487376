"""A server that misbehaves, and the way out."""

from collections.abc import Iterator

import pytest

from cds_hooks.outbound import Outbound
from tools.fhir_server.faults import FaultServer, misbehaving


@pytest.fixture
def fault() -> Iterator[FaultServer]:
    with misbehaving() as server:
        yield server


@pytest.fixture
def outbound() -> Iterator[Outbound]:
    made = Outbound(insecure_loopback=True)
    yield made
    made.close()
