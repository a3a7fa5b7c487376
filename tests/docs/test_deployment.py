"""The deployment guide and the examples say what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from cds_hooks.authentication.refused import REASONS
from cds_hooks.observability.log import FIELDS
from cds_hooks.observability.metrics import Metrics
from cds_hooks.settings import Settings, read_settings
from plandefinitions.guideline import Guideline

_ROOT = Path(__file__).parents[2]
_GUIDE = (_ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
_EXAMPLES = _ROOT / "examples"
_SETTINGS = (_EXAMPLES / "settings.toml").read_text(encoding="utf-8")


def _rows(heading: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table whose first column has this heading, by the name in it."""
    table = _GUIDE.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in table]
    return {row[0].strip("` |"): row[1:] for row in cells}


def test_every_metric_is_in_the_table_with_its_labels() -> None:
    metrics = Metrics([])
    metrics.observe_call("call", "s", None, 200, None, 0.1)
    metrics.cards("r", "s")
    metrics.fetch("ok")
    metrics.refused_token("expired")
    metrics.shed("calls")
    metrics.reloaded("v", refused=False)
    told = _rows("metric")
    found: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(sarcoma_cds_\w+)(?:\{(.*?)\})? ", metrics.render().decode(), re.MULTILINE):
        if not name.endswith("_created"):
            plain = re.sub(r"_(bucket|count|sum)$", "", name)
            found.setdefault(plain, set()).update(set(re.findall(r'(\w+)="', labels)) - {"le"})
    assert found == {name: set(re.findall(r"`(\w+)`", row[0])) for name, row in told.items()}


def test_every_field_of_the_log_is_in_the_table() -> None:
    assert {name: row[0].rstrip(" |") for name, row in _rows("field").items()} == dict(FIELDS)


def test_every_alert_has_something_to_do_and_a_metric_that_exists() -> None:
    rules = yaml.safe_load((_EXAMPLES / "prometheus-alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert [one["alert"] for one in rules] == list(_rows("alert"))
    known = set(_rows("metric")) | {"sarcoma_cds_call_seconds_bucket"}
    for one in rules:
        assert set(re.findall(r"sarcoma_cds_\w+", one["expr"])) <= known


def test_the_reasons_that_the_guide_explains_exist() -> None:
    told = _rows("alert")["SarcomaCdsTokensRefused"][0].partition("`reason`")[2]
    assert set(re.findall(r"`([a-z-]+)`", told)) - {"audiences"} <= set(REASONS)


def test_the_example_settings_are_read() -> None:
    settings = read_settings(_EXAMPLES / "settings.toml", {})
    assert settings.workers == 2
    assert settings.clients[0].fhir_servers[0].private_network


def _names(model: type[BaseModel]) -> set[str]:
    """The names of all settings, those of the tables within included."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(name)
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= _names(kind)
    return found


def test_the_example_shows_every_setting() -> None:
    assert {name for name in _names(Settings) if not re.search(rf"\b{name}\b", _SETTINGS)} == set()


def test_the_example_shows_the_defaults() -> None:
    """What the example sets differs from the default only where a hospital must decide."""
    given = tomllib.loads(_SETTINGS)
    for table in ("authentication", "fhir", "limits", "log"):
        default: Any = getattr(Settings(demo=True), table)
        for name, value in given[table].items():
            assert getattr(default, name) == value, f"{table}.{name}"


@pytest.mark.parametrize("line", [line for line in _SETTINGS.splitlines() if re.match(r"# \w+ = ", line)])
def test_what_is_commented_out_would_be_read(line: str) -> None:
    (name,) = tomllib.loads(line.removeprefix("# "))
    assert name in _names(Settings) | set(Guideline.load().parameters)


def test_the_compose_file_is_yaml_with_the_services_it_describes() -> None:
    services = yaml.safe_load((_EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"sarcoma-cds", "database", "proxy"}
    assert services["sarcoma-cds"]["read_only"] is True
