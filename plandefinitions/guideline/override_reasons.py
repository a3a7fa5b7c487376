"""Why a card may be set aside: the code system of override reasons, ``override_reasons.json``."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

OVERRIDE_REASONS = "https://sarcoma-cds.org/fhir/CodeSystem/override-reasons"


@lru_cache(maxsize=1)
def displays() -> dict[str, str]:
    """What each code says."""
    text = Path(__file__).with_name("override_reasons.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def coding(code: str) -> dict[str, str]:
    """The Coding of a reason. Raises ``KeyError`` for a code that there is not."""
    return {"code": code, "system": OVERRIDE_REASONS, "display": displays()[code]}
