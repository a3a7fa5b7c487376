"""The value sets and code systems that an evaluation can use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cql.errors import TerminologyError, ValueSetNotFound
from cql.terminology.canonical import pick_version, split_canonical
from cql.terminology.code_system import CodeSystemContent
from cql.terminology.expansion import Expander
from cql.terminology.value_set import ExpandedValueSet
from cql.values import Code


class Terminology:
    """Looks up value sets by canonical URL; each is expanded when first asked for, and kept.

    Contents must not change once given. Safe to share between threads: at worst two expand the same set at once.
    """

    def __init__(self, resources: Iterable[Mapping[str, Any]] | Mapping[str, Any] = ()) -> None:
        """``resources``: FHIR R4 ValueSets and CodeSystems, Bundles of them (one, or an iterable; other resource types
        are disregarded), or a mapping ``{url: {version: [{code, system, version, display}]}}`` or ``{url: [codes]}``.

        Raises ``TerminologyError`` for what is none of these, or has no URL.
        """
        self._value_sets: dict[str, dict[str | None, dict[str, Any]]] = {}
        self._code_systems: dict[str, dict[str | None, dict[str, Any]]] = {}
        self._expanded: dict[tuple[str, str | None], ExpandedValueSet] = {}
        self._contents: dict[tuple[str, str | None], CodeSystemContent] = {}
        self._add(resources)

    @classmethod
    def from_directory(cls, path: str | Path) -> Terminology:
        """The contents of all ``*.json`` files under ``path``, in the forms that the constructor takes.

        Raises ``TerminologyError``, naming the file, when one is not JSON or not of these forms.
        """
        folder = Path(path)
        if not folder.is_dir():
            raise TerminologyError(f"{folder} is not a folder")
        terminology = cls()
        for file in sorted(folder.rglob("*.json")):
            try:
                terminology._add(json.loads(file.read_bytes()))
            except (ValueError, TerminologyError) as error:
                raise TerminologyError(f"{file}: {error}") from error
        return terminology

    def value_set(self, url: str, version: str | None = None) -> ExpandedValueSet:
        """The value set of a canonical URL (``url`` or ``url|version``); without a version the newest.

        Raises ``ValueSetNotFound`` when it is not there, or cannot be expanded from what is there.
        """
        return self._expand(*split_canonical(url, version), ())

    def code_system(self, url: str, version: str | None = None) -> CodeSystemContent | None:
        """The content of a code system, or None when it is not loaded."""
        url, version = split_canonical(url, version)
        resource = pick_version(self._code_systems.get(url, {}), version)
        if resource is None:
            return None
        key = url, resource.get("version")
        found = self._contents.get(key)
        if found is None:
            found = self._contents[key] = CodeSystemContent(resource)
        return found

    @property
    def urls(self) -> tuple[str, ...]:
        """The URLs of the value sets that are loaded."""
        return tuple(self._value_sets)

    def _expand(self, url: str, version: str | None, path: tuple[str, ...]) -> ExpandedValueSet:
        """``path`` holds the value sets whose definitions led here."""
        found = self._expanded.get((url, version))
        if found is not None:
            return found
        versions = self._value_sets.get(url, {})
        resource = pick_version(versions, version)
        asked = url if version is None else f"{url}|{version}"
        if resource is None:
            raise ValueSetNotFound(_not_loaded(asked, list(versions), path))
        if asked in path:
            raise ValueSetNotFound(f"the value set {asked} is defined by itself: {' -> '.join((*path, asked))}")
        way = (*path, asked)
        expander = Expander(resource, lambda other: self._expand(*split_canonical(other), way), self.code_system)
        expanded = self._expanded[url, version] = expander.expand()
        return expanded

    def _add(self, content: Any) -> None:
        if isinstance(content, Mapping):
            if "resourceType" in content:
                self._add_resource(content)
            else:
                for url, codes in content.items():
                    self._add_listed(url, codes)
        elif isinstance(content, Iterable) and not isinstance(content, str | bytes):
            for one in content:
                if not isinstance(one, Mapping) or "resourceType" not in one:
                    raise TerminologyError("an item of the terminology is not a FHIR resource")
                self._add_resource(one)
        else:
            raise TerminologyError("the terminology is neither FHIR resources nor a mapping of URLs to codes")

    def _add_resource(self, resource: Mapping[str, Any]) -> None:
        kind = resource["resourceType"]
        if kind == "Bundle":
            for entry in resource.get("entry") or ():
                if isinstance(entry, Mapping) and isinstance(entry.get("resource"), Mapping):
                    self._add_resource(entry["resource"])
        elif kind in ("ValueSet", "CodeSystem"):
            url = resource.get("url")
            if not isinstance(url, str) or not url:
                raise TerminologyError(f"a {kind} has no url (id {resource.get('id')!r})")
            known = self._value_sets if kind == "ValueSet" else self._code_systems
            versions = known.setdefault(url, {})
            present = versions.get(resource.get("version"))
            # The definition and the expansion of a set are often kept in two files: the expansion is of more use.
            if present is None or ("expansion" in resource and "expansion" not in present):
                versions[resource.get("version")] = dict(resource)

    def _add_listed(self, url: Any, codes: Any) -> None:
        """One entry of the mapping form, made into a ValueSet resource."""
        by_version = codes if isinstance(codes, Mapping) else {None: codes}
        for version, listed in by_version.items():
            if not isinstance(url, str) or not isinstance(listed, Iterable) or isinstance(listed, str):
                raise TerminologyError(f"the codes of {url} are not a list")
            contains = [_listed_code(url, one) for one in listed]
            expansion = {"contains": contains, "total": len(contains)}
            self._add_resource({"resourceType": "ValueSet", "url": url, "version": version, "expansion": expansion})


def _listed_code(url: str, one: Any) -> dict[str, Any]:
    if isinstance(one, Code):
        return {"code": one.code, "system": one.system, "version": one.version, "display": one.display}
    if isinstance(one, Mapping) and isinstance(one.get("code"), str):
        return dict(one)
    raise TerminologyError(f"a code of {url} is not of the form {{code, system}}")


def _not_loaded(asked: str, versions: list[str | None], path: tuple[str, ...]) -> str:
    message = f"the value set {asked} is not loaded"
    if versions:
        message += f"; loaded versions are {', '.join(str(one) for one in versions)}"
    return message + (f" (needed by {path[-1]})" if path else "")
