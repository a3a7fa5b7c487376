"""The settings file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cds_hooks.settings.model import Settings, SettingsError

DATABASE_VARIABLE = "SARCOMA_CDS_DATABASE_URL"
"""The environment variable that may hold the database's URL, so that its password stands in no file."""

_PATHS = ("ca_file", "content", "guideline", "patients", "tls_certificate", "tls_key")


def read_settings(path: Path | None, given: Mapping[str, Any]) -> Settings:
    """The settings of a TOML file, or the defaults; `given` on the command line comes first.

    Relative paths in the file are relative to its folder. Raises ``SettingsError``.
    """
    values = _anchored(_values(path), path.parent) if path is not None else {}
    url = os.environ.get(DATABASE_VARIABLE)
    if url:
        values["database"] = {**values.get("database", {}), "url": url}
    try:
        return Settings(**{**values, **given})
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}" if path else str(error)) from None


def _values(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read; give the path of a readable UTF-8 file") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML ({error})") from error


def _anchored(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same, with the paths in it relative to the folder of the file."""
    anchored = {name: _at(folder, value) if name in _PATHS else value for name, value in values.items()}
    if isinstance(values.get("clients"), list):
        anchored["clients"] = [_anchored_part(one, "jwks_file", folder) for one in values["clients"]]
    if "database" in values:
        anchored["database"] = _anchored_part(values["database"], "patient_ids_key_file", folder)
    return anchored


def _anchored_part(part: Any, name: str, folder: Path) -> Any:
    if not isinstance(part, dict) or name not in part:
        return part
    return {**part, name: _at(folder, part[name])}


def _at(folder: Path, value: Any) -> Any:
    return str(folder / value) if isinstance(value, str) else value
