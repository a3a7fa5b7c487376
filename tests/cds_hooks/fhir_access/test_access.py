"""CH-034, CH-035, CH-056 to CH-062: `fhirServer` and `fhirAuthorization` of a call."""

import time
from typing import Any

import pytest

from cds_hooks.errors import CallError
from cds_hooks.fhir_access import Coverage, FhirAccess, base_url, read_fhir_access, within

SERVER = "https://ehr.example.org/fhir"
TOKEN = "some.opaque-token~+/="
AUTHORIZATION: dict[str, Any] = {
    "access_token": TOKEN,
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "user/Patient.read patient/Observation.rs",
    "subject": "cds-service4",
}


def read(*, demo: bool = False, server: Any = SERVER, **more: Any) -> FhirAccess | None:
    body = {"fhirServer": server, "fhirAuthorization": AUTHORIZATION | more}
    return read_fhir_access(body, "x1", demo=demo)


def refusal(body: dict[str, Any], *, demo: bool = False) -> tuple[int, str, str]:
    with pytest.raises(CallError) as caught:
        read_fhir_access(body, "x1", demo=demo)
    error = caught.value
    return error.status, error.code, error.expressions[0]


def test_everything_given() -> None:
    access = read(patient="Patient/x1")
    assert access is not None
    assert access.server == SERVER
    assert access.authorization is not None
    assert access.authorization.token == TOKEN
    assert access.authorization.patient == "x1"
    assert access.authorization.subject == "cds-service4"
    assert access.authorization.scopes.cover("Patient", "read") is Coverage.ALL
    assert 299 < access.authorization.expires_at - time.monotonic() <= 300
    assert not access.authorization.expired


@pytest.mark.requirement("CH-059")
def test_the_token_is_not_shown() -> None:
    assert TOKEN not in repr(read())


@pytest.mark.parametrize("body", [{}, {"fhirServer": None, "fhirAuthorization": None}])
def test_nothing_given(body: dict[str, Any]) -> None:
    assert read_fhir_access(body, "x1", demo=False) is None


def test_a_server_alone() -> None:
    for body in ({"fhirServer": SERVER}, {"fhirServer": SERVER, "fhirAuthorization": None}):
        assert read_fhir_access(body, "x1", demo=False) == FhirAccess(SERVER, None)


@pytest.mark.requirement("CH-034")
def test_an_authorization_needs_a_server() -> None:
    for server in ({}, {"fhirServer": None}):
        assert refusal({"fhirAuthorization": AUTHORIZATION, **server}) == (400, "missing-field", "fhirServer")


@pytest.mark.requirement("CH-035")
@pytest.mark.parametrize(
    "url",
    [
        "http://ehr.example.org/fhir",
        "http://127.0.0.1/fhir",
        "ftp://ehr.example.org/fhir",
        "file:///etc/passwd",
        "ehr.example.org/fhir",
        "https://",
        "https:///fhir",
        "https://user:secret@ehr.example.org/fhir",
        "https://ehr.example.org/fhir?x=1",
        "https://ehr.example.org/fhir#x",
        "https://ehr.example.org/fhir/../admin",
        "https://ehr.example.org/fhir/%2E%2e/admin",
        "https://ehr.example.org:port/fhir",
        "https://ehr.example.org/fhir\\x",
        "https://ehr.example.org/fh ir",
        "https://ehr.example.org/\r\nX: y",
        "https://[::1/fhir",
        "",
    ],
)
def test_urls_that_are_no_servers(url: str) -> None:
    assert refusal({"fhirServer": url}) == (400, "wrong-value", "fhirServer")


def test_http_in_the_demonstration() -> None:
    assert read_fhir_access({"fhirServer": "http://127.0.0.1:8931/fhir/"}, "x1", demo=True) == FhirAccess(
        "http://127.0.0.1:8931/fhir", None
    )
    assert refusal({"fhirServer": "ftp://127.0.0.1/"}, demo=True)[1] == "wrong-value"


@pytest.mark.parametrize("value", [7, True, ["https://a"], {"url": SERVER}])
def test_server_of_the_wrong_type(value: Any) -> None:
    assert refusal({"fhirServer": value}) == (400, "wrong-type", "fhirServer")


@pytest.mark.parametrize("value", ["token", 7, [], False])
def test_authorization_of_the_wrong_type(value: Any) -> None:
    body = {"fhirServer": SERVER, "fhirAuthorization": value}
    assert refusal(body) == (400, "wrong-type", "fhirAuthorization")


@pytest.mark.requirement("CH-058")
@pytest.mark.parametrize("name", sorted(AUTHORIZATION))
@pytest.mark.parametrize("gone", [True, False])
def test_each_is_required(name: str, gone: bool) -> None:
    given: dict[str, Any] = {key: value for key, value in AUTHORIZATION.items() if key != name}
    if not gone:
        given[name] = None
    body = {"fhirServer": SERVER, "fhirAuthorization": given}
    assert refusal(body) == (400, "missing-field", f"fhirAuthorization.{name}")


@pytest.mark.requirement("CH-058")
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("access_token", 7, "wrong-type"),
        ("access_token", "", "missing-field"),
        ("access_token", "a\r\nX-Injected: y", "wrong-value"),
        ("access_token", "a b", "wrong-value"),
        ("access_token", "tökén", "wrong-value"),
        ("token_type", "MAC", "wrong-value"),
        ("token_type", 1, "wrong-type"),
        ("expires_in", "300", "wrong-type"),
        ("expires_in", 300.5, "wrong-type"),
        ("expires_in", True, "wrong-type"),
        ("expires_in", 0, "wrong-value"),
        ("expires_in", -1, "wrong-value"),
        ("scope", ["user/*.read"], "wrong-type"),
        ("subject", {}, "wrong-type"),
        ("patient", 7, "wrong-type"),
    ],
)
def test_wrong_members(name: str, value: Any, code: str) -> None:
    body = {"fhirServer": SERVER, "fhirAuthorization": AUTHORIZATION | {name: value}}
    assert refusal(body) == (400, code, f"fhirAuthorization.{name}")


@pytest.mark.requirement("CH-058")
def test_a_lifetime_of_whole_seconds_however_it_is_written() -> None:
    access = read(expires_in=300.0)
    assert access is not None
    assert access.authorization is not None
    assert 299 < access.authorization.expires_at - time.monotonic() <= 300


def test_bearer_in_any_case() -> None:
    assert read(token_type="bearer") is not None


@pytest.mark.requirement("CH-061")
@pytest.mark.parametrize("patient", ["x2", "Patient/x2", "X1", "", "x1/"])
def test_a_token_for_another_patient(patient: str) -> None:
    body = {"fhirServer": SERVER, "fhirAuthorization": AUTHORIZATION | {"patient": patient}}
    assert refusal(body) == (403, "patient-mismatch", "fhirAuthorization.patient")


def test_no_input_is_repeated() -> None:
    for name in AUTHORIZATION:
        for value in ("CANARY\n", ["CANARY"], {"CANARY": 1}):
            with pytest.raises(CallError) as caught:
                read_fhir_access(
                    {"fhirServer": "https://CANARY\n", "fhirAuthorization": {name: value}}, "x1", demo=False
                )
            assert "CANARY" not in caught.value.diagnostics


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://EHR.Example.ORG/fhir",
        "https://ehr.example.org:443/fhir/",
        "https://ehr.example.org/fhir//",
        " https://ehr.example.org/fhir ",
    ],
)
def test_spellings_of_one_server(url: str) -> None:
    assert base_url(url) == SERVER


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://ehr.example.org/FHIR", "https://ehr.example.org/FHIR"),
        ("https://ehr.example.org:8443/fhir", "https://ehr.example.org:8443/fhir"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]"),
        ("http://ehr.example.org:80", "http://ehr.example.org"),
    ],
)
def test_what_a_base_url_keeps(url: str, normal: str) -> None:
    assert base_url(url) == normal


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://ehr.example.org/fhir?_getpages=a%2Fb&x=1", "https://ehr.example.org/fhir?_getpages=a%2Fb&x=1"),
        ("https://EHR.example.org:443/fhir/Condition?page=2#x", "https://ehr.example.org/fhir/Condition?page=2"),
        ("https://ehr.example.org/fhir/", "https://ehr.example.org/fhir"),
        ("http://ehr.example.org/fhir/Condition", None),
        ("https://ehr.example.org:8443/fhir/Condition", None),
        ("https://ehr.example.org.evil.example/fhir/Condition", None),
        ("https://evil.example/fhir/Condition", None),
        ("https://ehr.example.org@evil.example/fhir", None),
        ("https://ehr.example.org/fhirx/Condition", None),
        ("https://ehr.example.org/other/Condition", None),
        ("https://ehr.example.org/fhir/../admin", None),
        ("https://ehr.example.org/fhir/%2e%2e/admin", None),
        ("https://ehr.example.org/fhir/Condition?a\r\nb", None),
        ("https://169.254.169.254/", None),
        ("", None),
    ],
)
def test_urls_at_a_server(url: str, kept: str | None) -> None:
    assert within(SERVER, url) == kept
