"""What the ``library`` elements of definitions, and ``Expression.reference``, refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cql import Library
from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.files import Source
from plandefinitions.apply.content.libraries import CqlLibraries, CqlSource
from plandefinitions.apply.content.registry import Registry, canonical

Json = Mapping[str, Any]


class LibraryReferences:
    """Canonicals of libraries to compiled CQL."""

    def __init__(self, registry: Registry, libraries: CqlLibraries, findings: Findings) -> None:
        self._registry = registry
        self._libraries = libraries
        self._findings = findings

    def all_of(self, resource: Json, source: Source) -> dict[str, Library]:
        """The libraries that a definition refers to, by name; what is wrong with the others is reported."""
        found: dict[str, Library] = {}
        for number, reference in enumerate(resource.get("library") or ()):
            if isinstance(reference, str):
                library = self.one(reference, source, source.at / "library" / number)
                if library is not None:
                    found[library.name] = library
        return found

    def canonical_of(self, name: str, resource: Json, owner: Source) -> str:
        """The canonical, with the version in use, of the library that a definition refers to under that name."""
        for reference in resource.get("library") or ():
            found = self._registry.resolve(reference, owner)
            cql = self._libraries.of(found) if found else self._libraries.at_address(reference)
            if cql is not None and cql.name == name:
                url = reference.partition("|")[0]
                return (canonical(found.resource) if found else None) or (
                    f"{url}|{cql.version}" if cql.version else url
                )
        return name

    def one(self, reference: str, owner: Source, at: Location) -> Library | None:
        """The compiled library behind a canonical; None, with a finding, when there is none."""
        found = self._cql_of(reference, owner, at)
        if found is None:
            return None
        library = self._libraries.compiled(found)
        if library is None:
            self._findings.error("PD-138", f"the library {reference} does not compile", at)
        return library

    def _cql_of(self, reference: str, owner: Source, at: Location) -> CqlSource | None:
        """The CQL behind a library's canonical; None, with a finding, when there is none."""
        source = self._registry.resolve(reference, owner)
        if source is None:
            bare = self._libraries.at_address(reference)
            if bare is None:
                message = f"no loaded library is {reference}"
                self._findings.error("PD-130", message, at, self._registry.hint(reference))
            return bare
        if source.type != "Library":
            self._findings.error("PD-132", f"{reference} is a {source.type}, not a Library", at)
            return None
        found = self._libraries.of(source)
        if found is None:
            message = f"the library {reference} has no text/cql or application/elm+json content"
            self._findings.error("PD-147", message, at, "put the CQL into content.data, or a .cql file beside it")
        return found
