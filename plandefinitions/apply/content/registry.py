"""Canonical references: ``url``, ``url|version``, ``url#fragment``, ``#contained``.

A canonical without a version means the newest loaded one. Versions are ordered part by part, numbers by value (1.10
after 1.9) and after words, no version before any other (``cql.terminology.canonical``). Status plays no part.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import Any

from cql.terminology.canonical import pick_version, split_canonical
from plandefinitions.apply.content.diagnostics import Findings
from plandefinitions.apply.content.files import Source


class Registry:
    """The loaded definitions by canonical URL and version."""

    def __init__(self) -> None:
        self._by_url: defaultdict[str, dict[str | None, Source]] = defaultdict(dict)

    def add(self, source: Source, findings: Findings) -> None:
        """Make a definition known; one with the same URL and version as another is reported and left out."""
        url = source.resource.get("url")
        if not isinstance(url, str):
            return
        versions = self._by_url[url]
        version = source.resource.get("version")
        if not isinstance(version, str | None):
            return
        other = versions.setdefault(version, source)
        if other is not source and _says(other) != _says(source):
            where = f"{other.at.file or 'content'}{'#' + other.at.pointer if other.at.pointer else ''}"
            findings.error("PD-121", f"{canonical(source.resource)} is also defined in {where}", source.at)

    def resolve(self, reference: str, owner: Source | None = None) -> Source | None:
        """What a canonical stands for, None when it is not loaded. ``owner`` is whose contained resources ``#id``
        names.
        """
        url, _, fragment = reference.partition("#")
        if not url:
            return _contained(owner, fragment) if owner else None
        address, version = split_canonical(url)
        found = pick_version(self._by_url.get(address, {}), version)
        return _contained(found, fragment) if found and fragment else found

    def hint(self, reference: str) -> str:
        """What may have been meant by a canonical that does not resolve."""
        url, version = split_canonical(reference.partition("#")[0])
        versions = self._by_url.get(url)
        if versions:
            return f"version {version} is not loaded; loaded: {', '.join(str(one or 'no version') for one in versions)}"
        tail = "/" + url.rpartition("/")[2]
        close = [one for one in self._by_url if one.endswith(tail)] or difflib.get_close_matches(url, self._by_url, n=1)
        return f"did you mean {close[0]}?" if close else "load the file that defines it"


def _says(source: Source) -> dict[str, Any]:
    """A definition without what differs between copies of it."""
    return {name: value for name, value in source.resource.items() if name not in ("meta", "text")}


def canonical(resource: dict[str, Any]) -> str | None:
    """``url|version`` of a definition, ``url`` when it has no version, None when it has no URL."""
    url, version = resource.get("url"), resource.get("version")
    return f"{url}|{version}" if url and version else url


def _contained(owner: Source | None, fragment: str) -> Source | None:
    contained = owner.resource.get("contained") if owner else None
    for number, one in enumerate(contained if isinstance(contained, list) else ()):
        if owner is not None and isinstance(one, dict) and one.get("id") == fragment and "resourceType" in one:
            return Source(one, owner.at / "contained" / number)
    return None
