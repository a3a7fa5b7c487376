"""How much one call may hold, and how deeply it may be nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cds_hooks.errors import CallError


def check_resources(body: Mapping[str, Any], limit: int) -> None:
    """Raises ``CallError`` 413 when the prefetch and the context of a call hold more resources than `limit`.

    Entries of Bundles count, at whatever level of prefetch or context; contained resources go with theirs.
    """
    count = 0
    for part in ("prefetch", "context"):
        holder = body.get(part)
        if isinstance(holder, dict):
            count += sum(map(_resources, holder.values()))
    if count > limit:
        raise CallError(
            413, "too-many-resources", f"the call holds more than the {limit} resources that this service accepts"
        )


def _resources(value: Any) -> int:
    if not isinstance(value, dict):
        return 0
    entries = value.get("entry")
    return len(entries) if isinstance(entries, list) else 1


@contextmanager
def depth_refused() -> Iterator[None]:
    """Turns what is nested too deeply for Python into a ``CallError`` 400, wherever it is found out."""
    try:
        yield
    except RecursionError as error:
        raise CallError(
            400, "json-too-deep", "objects and lists are nested too deeply; FHIR resources never need 100 levels"
        ) from error
