"""References between the resources of one data set (FHIR R4, "References", "Bundle: resolving references")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cql.data.element import FhirElement

Resource = dict[str, Any]


class References:
    """Finds what a reference points to: by full URL, by ``Type/id``, or among the contained resources of its base."""

    def __init__(self, entries: Iterable[tuple[str | None, Resource]]) -> None:
        """``entries`` are (full URL or None, resource); of several with the same address the first counts."""
        self._by_url: dict[str, Resource] = {}
        self._by_name: dict[tuple[str, str], Resource] = {}
        self._with_url: set[tuple[str, str]] = set()
        for url, resource in entries:
            kind, identity = resource.get("resourceType"), resource.get("id")
            if isinstance(url, str):
                self._by_url.setdefault(url, resource)
            if isinstance(kind, str) and isinstance(identity, str):
                self._by_name.setdefault((kind, identity), resource)
                if isinstance(url, str) and "://" in url:
                    self._with_url.add((kind, identity))

    def resolve(self, reference: Any, base: Resource | None = None) -> Resource | None:
        """The resource that ``reference`` (text, a Reference's JSON, or boxed) points to, None when it is not here.

        ``base`` is the resource the reference stands in, needed for ``#contained`` ones. A version (``/_history/2``) is
        disregarded. An absolute URL finds a resource of that ``Type/id`` only if that has no other full URL.
        """
        text = reference_text(reference)
        if text is None:
            return None
        if text.startswith("#"):
            return _contained(base, text[1:])
        address, _, _ = text.partition("/_history/")
        found = self._by_url.get(address)
        if found is not None:
            return found
        name = name_of(address)
        if name is None or ("://" in address and name in self._with_url):
            return None
        return self._by_name.get(name)


def reference_text(reference: Any) -> str | None:
    """The text of a reference given as text, as the JSON of a Reference, or as a boxed Reference, uri or canonical."""
    raw = reference.value if isinstance(reference, FhirElement) else reference
    text = raw.get("reference") if isinstance(raw, dict) else raw
    return text if isinstance(text, str) else None


def name_of(address: str) -> tuple[str, str] | None:
    """(type, id) of ``Type/id`` or of a URL ending so; None for other addresses (``urn:uuid:...``)."""
    head, slash, identity = address.rpartition("/")
    kind = head.rpartition("/")[2]
    return (kind, identity) if slash and kind[:1].isupper() and identity else None


def _contained(base: Resource | None, identity: str) -> Resource | None:
    """The resource contained in ``base`` with that id; ``#`` alone is ``base`` itself."""
    if base is None or not identity:
        return base
    contained = base.get("contained")
    for one in contained if isinstance(contained, list) else ():
        if isinstance(one, dict) and one.get("id") == identity:
            return one
    return None
