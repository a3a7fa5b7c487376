"""docs/service.md names every code of ours and every setting, with its default."""

import re
from dataclasses import fields
from pathlib import Path

from cds_hooks import errors
from cds_hooks.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")


def test_every_code_of_refusals() -> None:
    told = set(re.findall(r"^\| \d{3} \| `([a-z-]+)` \|", TEXT, re.MULTILINE))
    assert told == set(errors._ISSUE_TYPES)
    assert set(errors._TEXTS) == set(errors._ISSUE_TYPES)


def test_every_setting() -> None:
    table = TEXT[TEXT.index("## Settings") : TEXT.index("## Another guideline")]
    told = {name for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert told == {one.name for one in fields(Settings)}
    defaults = Settings(demo=True)
    for value in (defaults.host, defaults.port, defaults.max_body_bytes, defaults.evaluations):
        assert f"`{value}`" in table
