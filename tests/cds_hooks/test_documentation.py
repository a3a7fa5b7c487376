"""docs/service.md names every code of ours."""

import re
from pathlib import Path

from cds_hooks import errors

TEXT = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")


def test_every_code_of_refusals() -> None:
    told = set(re.findall(r"^\| \d{3} \| `([a-z-]+)` \|", TEXT, re.MULTILINE))
    assert told == set(errors.CODES)
