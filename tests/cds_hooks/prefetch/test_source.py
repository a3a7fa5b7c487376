"""CH-056, CH-062: which server may be asked."""

from __future__ import annotations

import pytest

from cds_hooks.authentication import ANONYMOUS, Caller
from cds_hooks.fhir_access import FhirAccess, FhirAuthorization, Scopes
from cds_hooks.prefetch import patient_templates
from cds_hooks.prefetch.source import Source, source_of
from cds_hooks.settings import ClientSettings, FhirServerSettings

AUTHORIZATION = FhirAuthorization("t", 1e12, Scopes.parse("patient/*.rs"), "s", None)
HOSPITAL = Caller(
    ClientSettings(
        name="hospital",
        issuer="https://ehr.example.org",
        jku="https://ehr.example.org/jwks",
        fhir_servers=(
            FhirServerSettings(url="https://EHR.example.org:443/fhir/"),
            FhirServerSettings(url="https://inside.example.org/r4", private_network=True),
        ),
    ),
    "https://ehr.example.org",
    None,
    "jti",
)


def source(server: str, caller: Caller = HOSPITAL, *, demo: bool = False, open_server: bool = False) -> Source | str:
    return source_of(FhirAccess(server, None if open_server else AUTHORIZATION), caller, "x1", demo=demo)


@pytest.mark.requirement("CH-062")
def test_registered_servers() -> None:
    assert source("https://ehr.example.org/fhir") == Source("https://ehr.example.org/fhir", AUTHORIZATION, False, "x1")
    assert source("https://inside.example.org/r4") == Source("https://inside.example.org/r4", AUTHORIZATION, True, "x1")


@pytest.mark.requirement("CH-062")
@pytest.mark.parametrize(
    "server",
    [
        "https://ehr.example.org",
        "https://ehr.example.org/fhir/other",
        "https://ehr.example.org/FHIR",
        "https://ehr.example.org:8443/fhir",
        "http://ehr.example.org/fhir",
        "https://other.example.org/fhir",
        "https://127.0.0.1/fhir",
    ],
)
def test_others_are_not(server: str) -> None:
    assert source(server) == "not-registered"
    assert source(server, open_server=True) == "not-registered"


@pytest.mark.requirement("CH-056")
def test_without_a_token_in_the_demonstration_only() -> None:
    assert source("https://ehr.example.org/fhir", open_server=True) == "no-authorization"
    found = source("http://127.0.0.1:8931/fhir", ANONYMOUS, demo=True, open_server=True)
    assert found == Source("http://127.0.0.1:8931/fhir", None, True, "x1")


def test_the_demonstration_stays_on_this_machine() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert isinstance(source(f"http://{host}:8931/fhir", ANONYMOUS, demo=True), Source)
    for host in ("ehr.example.org", "10.0.0.1", "169.254.169.254", "127.0.0.1.example.org"):
        assert source(f"http://{host}/fhir", ANONYMOUS, demo=True) == "not-registered"


@pytest.mark.requirement("CH-056")
def test_nobody_outside_the_demonstration() -> None:
    assert source("http://127.0.0.1/fhir", ANONYMOUS) == "not-registered"
    assert source_of(None, HOSPITAL, "x1", demo=False) == "no-fhir-server"


def test_urls_of_templates() -> None:
    found = source("https://ehr.example.org/fhir")
    assert isinstance(found, Source)
    patient, event = patient_templates(["AdverseEvent"])
    assert found.url(patient, 50) == "https://ehr.example.org/fhir/Patient/x1"
    assert found.url(event, 50) == "https://ehr.example.org/fhir/AdverseEvent?subject=x1&_count=50"
