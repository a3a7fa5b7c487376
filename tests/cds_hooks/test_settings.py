"""Settings: what must never run is refused, files are read strictly."""

from pathlib import Path
from typing import Any

import pytest

from cds_hooks.settings import Settings, SettingsError, read_settings


def test_no_authentication_no_service() -> None:
    with pytest.raises(SettingsError, match="authentication of clients is not configured"):
        Settings()


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.7", "ehr.example.org", ""])
def test_demonstration_only_on_loopback(host: str) -> None:
    with pytest.raises(SettingsError, match="only on this machine"):
        Settings(demo=True, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert Settings(demo=True, host=host, port=9000).base_url.endswith(":9000")


def test_base_url() -> None:
    assert Settings(demo=True, host="::1").base_url == "http://[::1]:8000"
    assert Settings(demo=True, public_url="https://cds.example.org/x/").base_url == "https://cds.example.org/x"


def test_file_and_command_line(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('port = 9100\nallowed_origins = ["https://ehr"]\n[parameters]\nx = 4\n', encoding="utf-8")
    made = read_settings(path, {"demo": True, "port": 9200})
    assert (made.port, made.allowed_origins, made.parameters) == (9200, ("https://ehr",), {"x": 4})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("port = ", "not TOML"),
        ("prot = 9100", "prot: there is no such setting"),
        ('port = "9100"', "port: input should be a valid integer"),
        ("port = true", "port: input should be a valid integer"),
        ("port = 70000", "port: input should be less than or equal"),
        ("workers = 0", "workers: input should be greater than or equal"),
        ("allowed_origins = [1]", "allowed_origins.0: input should be a valid string"),
        ('[parameters]\nx = "4"', "parameters.x"),
    ],
)
def test_faulty_file(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=fault):
        read_settings(path, {"demo": True})


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("port = 9100", encoding="utf-8-sig")
    assert read_settings(path, {"demo": True}).port == 9100


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / "none.toml", {})


CLIENT = {"name": "ehr", "issuer": "https://ehr.example.org", "jku": "https://ehr.example.org/keys"}


def _fault(**settings: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings(**{"public_url": "https://cds.example.org", "clients": [CLIENT], **settings})
    return str(caught.value)


@pytest.mark.requirement("CH-137")
@pytest.mark.parametrize(
    "url",
    [
        "cds.example.org",
        "http://cds.example.org",
        "https://cds.example.org?x=1",
        "https://cds.example.org#x",
        "https://cds.example.org:x",
        "https://user:secret@cds.example.org",
        "https://cds example.org",
        "https://[::1",
        "",
    ],
)
def test_a_public_url_that_no_token_can_name(url: str) -> None:
    assert _fault(public_url=url).startswith("public_url: give the https URL")


@pytest.mark.parametrize("url", ["https://cds.example.org/cds-services", "https://cds.example.org/x/cds-services/"])
def test_the_public_url_is_not_that_of_discovery(url: str) -> None:
    assert "leave /cds-services out" in _fault(public_url=url)


@pytest.mark.requirement("CH-147")
@pytest.mark.parametrize("origin", ["*", "ehr.example.org", "https://ehr.example.org/launch", "null", "https://", ""])
def test_an_origin_that_no_browser_sends(origin: str) -> None:
    assert _fault(clients=[CLIENT | {"origins": [origin]}]).startswith("clients.0.origins: must be an origin")
    if origin != "*":
        assert _fault(allowed_origins=[origin]).startswith("allowed_origins: must be an origin")


@pytest.mark.requirement("CH-147")
@pytest.mark.parametrize(
    "origin", ["https://EHR.example.org", "https://ehr.example.org/", "https://ehr.example.org:443"]
)
def test_an_origin_is_spelt_as_browsers_do(origin: str) -> None:
    settings = Settings(public_url="https://cds.example.org", clients=[CLIENT | {"origins": [origin]}])
    assert settings.clients[0].origins == ("https://ehr.example.org",)


@pytest.mark.parametrize("address", ["proxy.example.org", "10.0.0.0/99", "10.0.0.7/8", "*", ""])
def test_a_proxy_that_would_never_be_recognised(address: str) -> None:
    assert _fault(trusted_proxies=[address]).startswith("trusted_proxies: must be an IP address, or a network")


def test_proxies() -> None:
    given = ("10.0.0.1", "10.1.0.0/16", "::1")
    assert Settings(demo=True, trusted_proxies=given).trusted_proxies == given


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"clients": CLIENT}, "clients: must be a list: [ ... ] (write [[clients]] above it)"),
        ({"clients": [{}]}, "clients.0.name: is missing; clients.0.issuer: is missing"),
        ({"clients": [CLIENT | {"name": ""}]}, "clients.0.name: must not be empty"),
        ({"clients": [CLIENT | {"tenants": "one"}]}, "clients.0.tenants: must be a list: [ ... ]"),
        ({"clients": [CLIENT | {"fhir_servers": ["https://x"]}]}, "clients.0.fhir_servers.0: must be a table"),
        ({"limits": 5}, "limits: must be a table"),
    ],
)
def test_the_wrong_shape_is_told_in_words_of_toml(settings: dict[str, Any], words: str) -> None:
    assert _fault(**settings).startswith(words)
