"""References between resources in every form: relative, absolute, versioned, urn:uuid and contained."""

import re
from collections.abc import Iterable

from mappers.fhir.read import Json, as_dict, as_dicts, as_text

_HISTORY = re.compile(r"/_history/[^/]*$")


def reference_text(value: object) -> str:
    """The reference string of a Reference (or of a bare string), without its version; empty when there is none."""
    text = as_text(value) if isinstance(value, str) else as_text(as_dict(value).get("reference"))
    return _HISTORY.sub("", text)


def local_form(reference: str) -> str:
    """`Type/id` of a relative or absolute reference; a urn or fragment as it is."""
    if reference.startswith(("urn:", "#")):
        return reference
    parts = [part for part in reference.split("/") if part]
    return "/".join(parts[-2:])


def identity(resource: Json, full_url: str = "") -> str:
    """How a resource is named in evidence: `Type/id`, else its full URL, else its type."""
    kind = as_text(resource.get("resourceType")) or "Resource"
    key = resource.get("id")
    if isinstance(key, str | int) and not isinstance(key, bool) and str(key).strip():
        return f"{kind}/{str(key).strip()}"
    return full_url or kind


class ReferenceIndex:
    """Resolves references among the resources of one record."""

    def __init__(self, resources: Iterable[tuple[Json, str]]) -> None:
        self._pairs = list(resources)
        self._found: dict[str, Json] | None = None

    def resolve(self, value: object, base: Json) -> Json | None:
        """The resource a Reference points at: contained in `base`, or among the record's. None when absent."""
        reference = reference_text(value)
        if not reference:
            return None
        if reference.startswith("#"):
            wanted = reference[1:]
            for item in as_dicts(base.get("contained")):
                if as_text(item.get("id")).lstrip("#") == wanted:
                    return item
            return None
        if self._found is None:
            self._found = {}
            for resource, full_url in self._pairs:
                self._found.setdefault(identity(resource, full_url), resource)
                if full_url:
                    self._found.setdefault(full_url, resource)
                elif isinstance(resource.get("id"), str):  # bundles whose entries lost their fullUrl
                    self._found.setdefault(f"urn:uuid:{resource['id']}", resource)
        return self._found.get(reference) or self._found.get(local_form(reference))
