"""The CQL libraries of the content: found by canonical or by name, compiled once, faults told with file and line."""

from __future__ import annotations

import base64
import binascii
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import orjson

from cql import Library
from cql.errors import CompileError, CqlError
from cql.errors import Diagnostic as CqlDiagnostic
from cql.terminology.canonical import pick_version, split_canonical
from plandefinitions.apply.content.diagnostics import Findings, Location
from plandefinitions.apply.content.files import Files, Source
from plandefinitions.apply.content.registry import canonical

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")", re.DOTALL)
_HEADER = re.compile(r"""\s*library\s+((?:[\w]+|"[^"]+")(?:\s*\.\s*(?:\w+|"[^"]+"))*)(?:\s+version\s+'([^']*)')?""")
_BUILT_IN = "FHIRHelpers"


@dataclass(slots=True)
class CqlSource:
    """One library: its text, its ELM, or both. ``url`` is the canonical of the Library resource that carries it."""

    name: str
    version: str | None
    at: Location
    text: str | None = None
    elm: dict[str, Any] | None = None
    url: str | None = None


class CqlLibraries:
    """All CQL of the content; a library is compiled when something first needs it."""

    def __init__(self, files: Files, findings: Findings) -> None:
        self._findings = findings
        self._by_name: defaultdict[str, dict[str | None, CqlSource]] = defaultdict(dict)
        self._of_resource: dict[int, CqlSource] = {}
        self._compiled: dict[int, Library | None] = {}
        self._open: list[CqlSource] = []
        for text, at in files.texts:
            self._add(CqlSource(*header(text, at), at, text=text))
        for elm, at in files.elms:
            self._add(CqlSource(*_identity(elm), at, elm=elm))
        for source in files.resources:
            if source.type == "Library":
                self._add_resource(source)

    def of(self, source: Source) -> CqlSource | None:
        """The CQL of a Library resource; None (with a finding) when it has none."""
        found = self._of_resource.get(id(source.resource))
        if found is None:
            name = source.resource.get("name")
            found = pick_version(self._by_name.get(str(name), {}), source.resource.get("version"))
            found = found or pick_version(self._by_name.get(str(name), {}), None)
        return found

    def at_address(self, reference: str) -> CqlSource | None:
        """A library that is only a ``.cql`` (or ELM) file: its canonical is any ``.../Library/<its name>``.

        Such a file has no canonical of its own; the CQL name and version are all there is to find it by.
        """
        url, version = split_canonical(reference.partition("#")[0])
        base, _, name = url.rpartition("/")
        if not base.endswith("/Library"):
            return None
        found = pick_version(self._by_name.get(name, {}), version)
        return found if found is not None and found.url is None else None

    def location_of(self, name: str) -> Location:
        """Where the newest library of that CQL name stands; no place, when there is none."""
        found = pick_version(self._by_name.get(name, {}), None)
        return found.at if found is not None else Location(None)

    def compiled(self, source: CqlSource) -> Library | None:
        """The compiled library; None when it does not compile, which is reported once."""
        if id(source) not in self._compiled:
            try:
                self._compiled[id(source)] = self._compile(source)
            except CompileError as error:
                self._compiled[id(source)] = None
                self._report(error, source)
            except (CqlError, LookupError, ValueError, TypeError) as error:
                self._compiled[id(source)] = None
                self._findings.error("PD-148", f"library {source.name} does not compile: {error}", source.at)
        return self._compiled[id(source)]

    def _compile(self, source: CqlSource) -> Library:
        if source in self._open:
            names = " -> ".join(one.name for one in [*self._open, source])
            raise CompileError([CqlDiagnostic("error", "CQL-111", f"libraries include each other: {names}")])
        self._open.append(source)
        try:
            if source.text is None:
                assert source.elm is not None
                return Library.from_elm(source.elm, includes=self._include)
            try:
                return Library.from_cql(source.text, includes=self._include, name=source.name)
            except CompileError as error:
                if source.elm is None:
                    raise
                message = (
                    f"library {source.name}: its CQL does not compile, its ELM is used ({error.diagnostics[0].message})"
                )
                self._findings.warn("PD-148", message, source.at)
                return Library.from_elm(source.elm, includes=self._include)
        finally:
            self._open.pop()

    def _include(self, name: str, version: str | None) -> Library | None:
        versions = self._by_name.get(name) or self._by_name.get(name.replace("/", ".").rpartition(".")[2]) or {}
        source = pick_version(versions, version)
        if source is None or name.rpartition(".")[2] == _BUILT_IN:
            return None
        if source in self._open:
            names = " -> ".join(one.name for one in [*self._open, source])
            raise CompileError([CqlDiagnostic("error", "CQL-111", f"libraries include each other: {names}")])
        library = self.compiled(source)
        if library is None:
            message = f"the included library {name} does not compile"
            raise CompileError([CqlDiagnostic("error", "CQL-110", message)])
        return library

    def _add_resource(self, source: Source) -> None:
        found = self._read(source)
        if found is None:
            return
        found.url = canonical(source.resource)
        self._of_resource[id(source.resource)] = found
        self._add(found)

    def _add(self, source: CqlSource) -> None:
        other = self._by_name[source.name].setdefault(source.version, source)
        if other is source or other.text == source.text:
            return
        if other.url is None and source.url is not None:  # a text beside the resource that carries the same library
            self._by_name[source.name][source.version] = source
        elif source.url is not None or other.url is None:
            message = f"the CQL library {source.name} version {source.version} is also in {other.at.file}"
            self._findings.warn("PD-121", message, source.at)

    def _read(self, source: Source) -> CqlSource | None:
        text: str | None = None
        elm: dict[str, Any] | None = None
        contents = source.resource.get("content")
        for number, content in enumerate(contents if isinstance(contents, list) else ()):
            if not isinstance(content, dict) or not isinstance(content.get("data"), str):
                continue
            kind = str(content.get("contentType", "")).partition(";")[0].strip()
            at = source.at / "content" / number / "data"
            try:
                data = base64.b64decode(content["data"])
                if kind == "text/cql":
                    text = data.decode("utf-8-sig")
                elif kind in ("application/elm+json", "application/json"):
                    elm = orjson.loads(data)
            except (binascii.Error, ValueError) as error:
                self._findings.error("PD-147", f"the {kind} content cannot be read: {error}", at)
        if text is not None:
            return CqlSource(*header(text, source.at), source.at, text=text, elm=elm)
        return CqlSource(*_identity(elm), source.at, elm=elm) if elm is not None else None

    def _report(self, error: CompileError, source: CqlSource) -> None:
        for one in error.diagnostics:
            if one.severity != "error":
                continue
            place = f"CQL {one.span.line}:{one.span.column}" if one.span else None
            message = f"library {source.name} does not compile: {one.code}: {one.message}"
            self._findings.error("PD-148", message, source.at, one.hint, place)


def header(text: str, at: Location) -> tuple[str, str | None]:
    """(name, version) of a CQL text; a text without a library statement is named by its file."""
    bare = _COMMENT.sub(lambda found: found[1] or " ", text)
    found = _HEADER.match(bare)
    if found is None:
        return (at.file.stem if at.file else "Anonymous"), None
    return re.sub(r'["\s]', "", found[1]) if "." in found[1] else found[1].strip('"'), found[2]


def _identity(elm: dict[str, Any]) -> tuple[str, str | None]:
    content = elm.get("library")
    identifier = (content if isinstance(content, dict) else elm).get("identifier") or {}
    return str(identifier.get("id") or "Anonymous"), identifier.get("version")
