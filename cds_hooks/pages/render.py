"""Pages from templates, with everything escaped that is not explicitly safe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.staticfiles import StaticFiles

from cds_hooks.pages.words import date_of, value_of

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent


def page(template: str, values: Mapping[str, Any]) -> str:
    """The HTML of one of the templates in ``templates/``."""
    return _environment().get_template(template).render(values)


def static_files() -> StaticFiles:
    """The style sheet and the script, to be mounted at ``/static``."""
    return StaticFiles(directory=_FOLDER / "static")


@cache
def _environment() -> Environment:
    # Loaded with the first page: a service has answered calls by then, whose start should not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from cds_hooks.pages.markdown import render_markdown

    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown": render_markdown, "pretty": _pretty, "value": value_of, "date": date_of}
    return environment


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
