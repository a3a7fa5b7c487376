"""What a hospital can set about the service: frozen models, read from one TOML file."""

from cds_hooks.settings.certificate import check_certificate
from cds_hooks.settings.clients import ClientSettings, FhirServerSettings
from cds_hooks.settings.file import read_settings
from cds_hooks.settings.listening import check_address
from cds_hooks.settings.model import LOOPBACK, Settings, SettingsError
from cds_hooks.settings.parts import (
    AuthenticationSettings,
    DatabaseSettings,
    FhirSettings,
    LimitSettings,
    LogSettings,
)

__all__ = [
    "LOOPBACK",
    "AuthenticationSettings",
    "ClientSettings",
    "DatabaseSettings",
    "FhirServerSettings",
    "FhirSettings",
    "LimitSettings",
    "LogSettings",
    "Settings",
    "SettingsError",
    "check_address",
    "check_certificate",
    "read_settings",
]
