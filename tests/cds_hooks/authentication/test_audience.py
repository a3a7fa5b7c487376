"""The audience is the called URL (CH-137)."""

from __future__ import annotations

import pytest

from cds_hooks.authentication.audience import same_url
from tests.cds_hooks.authentication.ehr import URL, Door, client, token

pytestmark = pytest.mark.requirement("CH-137")


@pytest.mark.parametrize(
    "same",
    [
        URL,
        URL + "/",
        URL.replace("cds.example.org", "CDS.Example.org"),
        URL.replace("https", "HTTPS"),
        URL.replace("cds.example.org", "cds.example.org:443"),
    ],
)
def test_what_hand_typed_urls_differ_in(door: Door, same: str) -> None:
    assert door.caller(token(aud=same)).name == "ehr"
    assert door.caller(token(aud=["https://other.example.org", same], jti="2")).name == "ehr"
    assert door.caller(token(aud=URL, jti="3"), same).name == "ehr"


@pytest.mark.parametrize(
    "other",
    [
        "",
        "https://cds.example.org",
        "https://cds.example.org/sarcoma",
        URL.replace("https", "http"),
        URL.replace("cds.example.org", "cds.example.org:8443"),
        URL.replace("cds.example.org", "cds.example.org:80"),
        URL.replace("cds.example.org", "cds.example.org:x"),
        URL.replace("cds.example.org", "user@cds.example.org"),
        URL.replace("cds.example.org", "cds.example.org.evil.example"),
        URL.replace("https://", "https://evil.example/"),
        URL.upper(),
        URL + "/feedback",
        URL + "?x=1",
        URL + "#x",
        URL + "%2F",
        URL.replace("/cds-services", "//cds-services"),
        URL.replace("/cds-services", "/./cds-services"),
        " " + URL,
        "*",
        "https://[::1",
    ],
)
def test_other_urls(door: Door, other: str) -> None:
    assert door.reason(token(aud=other)) == "audience"
    assert door.reason(token(aud=[other, "https://other.example.org"])) == "audience"


def test_no_audience_at_all(door: Door) -> None:
    assert door.reason(token(aud=[])) == "audience"


def test_audiences_of_a_client_count_for_it_alone_and_to_the_letter() -> None:
    wrong = "https://old-proxy.example.org"
    other = client("other", "https://other.example.org")
    door = Door(client(audiences=(wrong,)), other)
    assert door.caller(token(aud=wrong)).name == "ehr"
    assert door.caller(token(aud=[wrong, "x"], jti="2")).name == "ehr"
    assert door.caller(token(jti="3")).name == "ehr"
    assert door.reason(token(aud=wrong + "/")) == "audience"
    assert door.reason(token(aud=wrong, iss=other.issuer, owner="other")) == "audience"


def test_ipv6_and_other_ports() -> None:
    assert same_url("http://[::1]:80/x", "http://[::1]/x/")
    assert not same_url("http://[::1]:8000/x", "http://[::1]/x")
    assert not same_url("ftp://host/x", "https://host/x")
    assert not same_url("not a url", "not another")
