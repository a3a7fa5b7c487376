"""Canonical URLs with optional versions, ``url|version`` (FHIR R4, "References", canonical)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")
_NUMBERS = re.compile(r"(\d+)")


def split_canonical(canonical: str, version: str | None = None) -> tuple[str, str | None]:
    """(url, version) of ``url|version``; ``version`` is that of a canonical without one."""
    url, bar, stated = canonical.partition("|")
    return url, (stated or version) if bar else version


def pick_version(versions: Mapping[str | None, T], version: str | None) -> T | None:
    """The entry of the version asked for, or of the newest when none is; None when there is no such version."""
    if version is not None:
        return versions.get(version)
    newest = max(versions, key=_version_order, default=None)
    return versions.get(newest)


def _version_order(version: str | None) -> tuple[bool, list[tuple[int, int, str]]]:
    """Sorts ``1.10.0`` after ``1.9``, ``20240101`` after ``2023``, numbers after words, and no version first."""
    parts = _NUMBERS.split(version or "")
    return version is not None, [
        (1, int(p), "") if p.isdigit() else (0, 0, p) for p in parts if p not in ("", ".", "-")
    ]
