"""Settings: what must never run is refused, files are read strictly."""

from pathlib import Path

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
