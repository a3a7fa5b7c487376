"""Values as words on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def value_of(value: Any) -> str:
    """A fact's value in words: lists with commas, objects as ``name value``, none as a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = [f"{_words(str(key))} {value_of(part)}" for key, part in value.items() if part not in (None, [], {})]
        return ", ".join(parts) or "none on record"
    if isinstance(value, list | tuple):
        separator = "; " if any(isinstance(part, Mapping) for part in value) else ", "
        return separator.join(value_of(part) for part in value) or "none on record"
    return _words(value) if isinstance(value, str) else str(value)


def date_of(text: str | None) -> str:
    """``2 Mar 2026`` of a FHIR date or dateTime, as precise as it is; the text itself when it is none."""
    if not text:
        return ""
    parts = text[:10].split("-")
    try:
        if len(parts) == 1:
            return str(int(parts[0]))
        month = _MONTHS[int(parts[1]) - 1]
        return f"{month} {int(parts[0])}" if len(parts) == 2 else f"{int(parts[2])} {month} {int(parts[0])}"
    except (ValueError, IndexError):
        return text


def _words(text: str) -> str:
    """Keys such as ``uterine_leiomyosarcoma`` as words; text with spaces is left as it is."""
    return text.replace("_", " ") if " " not in text else text
