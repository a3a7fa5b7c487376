"""docs/configuration.md has every setting, as the code has it."""

import tomllib
from pathlib import Path

import pytest

from cds_hooks.settings import ClientSettings, FhirServerSettings, Settings
from tools.configuration.page import PAGE, page
from tools.configuration.settings import Table, tables


def test_the_page_is_current() -> None:
    """Renew it with ``python -m tools.configuration``."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_setting_of_every_table_is_there() -> None:
    found = {table.header: {one.name for one in table.settings} for table in tables()}
    inner = {"clients", "authentication", "fhir", "limits", "database", "log"}
    assert found[""] == set(Settings.model_fields) - inner
    assert found["[[clients]]"] == set(ClientSettings.model_fields) - {"fhir_servers"}
    assert found["[[clients.fhir_servers]]"] == set(FhirServerSettings.model_fields)
    for name in inner - {"clients"}:
        part = Settings.model_fields[name].annotation
        assert part is not None
        assert found[f"[{name}]"] == set(part.model_fields)


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.header)
def test_defaults_are_told_as_they_are(table: Table) -> None:
    """A default that stands in the page can be written into the file, where it changes nothing."""
    if table.header.startswith("[["):  # a client has no defaults as a whole
        return
    lines = [f"{one.name} = {one.default.strip('`')}" for one in table.settings if one.default.startswith("`")]
    values = tomllib.loads("\n".join([table.header, *(line for line in lines if not line.startswith("patients"))]))
    assert Settings(**{**values, "demo": True}) == Settings(demo=True)


def test_paths_are_told_from_the_repository() -> None:
    (top, *_) = tables()
    patients = next(one for one in top.settings if one.name == "patients")
    assert patients.default == "`fixtures/patients`"
    assert Path(__file__).parents[2].joinpath("fixtures/patients").is_dir()
