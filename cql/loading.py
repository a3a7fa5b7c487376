"""Loading libraries: translation, includes, and the disk cache around both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cql import cache
from cql.errors import CompileError, Diagnostic, LibraryNotFound
from cql.library import HELPERS, Library
from cql.models import is_known

if TYPE_CHECKING:
    from cql.includes import Provider

INVALID_ELM = "CQL-101"
INCLUDE_NOT_FOUND = "CQL-110"
INCLUDE_CYCLE = "CQL-111"
UNKNOWN_MODEL = "CQL-114"


class Loader:
    """Loads one library with its includes, each of these once. Raises as ``Library.from_cql`` does."""

    def __init__(self, find: Provider) -> None:
        self._find = find
        self._loaded: dict[tuple[str, str | None], Library] = {}
        self._open: list[str] = []

    def from_cql(self, text: str, name: str | None) -> Library:
        """Translate and compile, or take from the cache what was compiled before."""
        key = cache.fingerprint("cql", text, name or "")
        found = self._cached(key)
        if found is None:
            found = self._translated(text, name)
            _keep(key, found)
        found.text = text
        return found

    def _translated(self, text: str, name: str | None) -> Library:
        from cql.translator import translate

        translation = translate(text, name_hint=name, includes=self._elm_of)
        if translation.elm is None or any(one.severity == "error" for one in translation.diagnostics):
            raise CompileError(translation.diagnostics)
        return self._compiled(translation.elm, tuple(translation.diagnostics))

    def from_elm(self, elm: dict[str, Any]) -> Library:
        """Compile ELM: a library, or an object whose member ``library`` is one."""
        content = elm.get("library", elm) if isinstance(elm, dict) else None
        if not isinstance(content, dict) or not isinstance(content.get("identifier", {}), dict):
            raise CompileError([Diagnostic("error", INVALID_ELM, "the ELM is not a JSON object with a library in it")])
        _check_models(content)
        return self._compiled({"library": content}, ())

    def load(self, path: str, version: str | None) -> Library:
        """The included library of that name (with its namespace) and version."""
        found = self._loaded.get((path, version))
        if found is None:
            if path in self._open:
                cycle = " -> ".join([*self._open, path])
                raise CompileError([Diagnostic("error", INCLUDE_CYCLE, f"libraries include each other: {cycle}")])
            self._open.append(path)
            try:
                found = self._loaded[path, version] = self._load(path, version)
            finally:
                self._open.pop()
        return found

    def _compiled(self, elm: dict[str, Any], warnings: tuple[Diagnostic, ...]) -> Library:
        library = Library(elm, dict(self._includes(elm["library"])), warnings)
        _ = library.program
        return library

    def _includes(self, content: dict[str, Any]) -> Iterator[tuple[str, Library]]:
        for one in (content.get("includes") or {}).get("def") or ():
            yield one["localIdentifier"], self.load(one["path"], one.get("version"))

    def _load(self, path: str, version: str | None) -> Library:
        source = self._find(path, version)
        if path.rpartition("/")[2].rpartition(".")[2] == HELPERS:
            return _helpers(source)
        if source is None:
            asked = path if version is None else f"{path} version {version}"
            raise _not_found(f"the included library {asked} was not found")
        if isinstance(source, Library):
            library = source
        elif isinstance(source, str):
            library = self.from_cql(source, path)
        else:
            library = self.from_elm(source)
        if version is not None and library.version not in (None, version):
            raise _not_found(f"{path} version {version} is wanted, but what was found is version {library.version}")
        return library

    def _elm_of(self, name: str, version: str | None) -> dict[str, Any] | None:
        """For the translator, which reports itself what is not found."""
        try:
            return self.load(name, version).to_elm()
        except LibraryNotFound:
            return None

    def _cached(self, key: str) -> Library | None:
        """The library as the cache has it, if its includes are what they were."""
        entry = cache.read(key)
        if entry is None:
            return None
        from cql.compiler.codec import load_program

        with suppress(LookupError, TypeError, ValueError, EOFError):
            includes: dict[str, Library] = {}
            for local, path, version, digest in entry["includes"]:
                includes[local] = self.load(path, version)
                if includes[local].fingerprint != digest:
                    return None
            program, digest = load_program(entry["program"]), entry["fingerprint"]
            return Library(entry["elm"], includes, _warnings(entry["warnings"]), program, digest)
        return None


def _check_models(content: dict[str, Any]) -> None:
    for one in (content.get("usings") or {}).get("def") or ():
        name, version = one.get("localIdentifier"), one.get("version")
        if not is_known(one.get("uri") or "", version):
            asked = name if version is None else f"{name} version {version}"
            message = f"the ELM is over the model {asked}, which is not supported: it must be FHIR 4.0.1"
            library = (content.get("identifier") or {}).get("id")
            raise CompileError([Diagnostic("error", UNKNOWN_MODEL, message, library)])


def _not_found(message: str) -> LibraryNotFound:
    return LibraryNotFound([Diagnostic("error", INCLUDE_NOT_FOUND, message)])


def _helpers(source: Any) -> Library:
    """FHIRHelpers: its functions are built in, so its own text is not needed."""
    if isinstance(source, Library):
        return source
    content = source.get("library", source) if isinstance(source, dict) else {}
    return Library({"library": content or {"identifier": {"id": HELPERS}}}, {})


def _keep(key: str, library: Library) -> None:
    """Write a library to the cache, unless its constants cannot be."""
    from cql.compiler.codec import dump_program

    elm = library.to_elm()
    with suppress(KeyError, TypeError):
        includes = [
            [
                one["localIdentifier"],
                one["path"],
                one.get("version"),
                library.includes[one["localIdentifier"]].fingerprint,
            ]
            for one in (elm["library"].get("includes") or {}).get("def") or ()
        ]
        warnings = [
            [one.code, one.message, one.library, one.span and list(_span_parts(one)), one.source_line, one.hint]
            for one in library.warnings
        ]
        program = dump_program(library.program)
        entry = {"elm": elm, "includes": includes, "warnings": warnings, "program": program}
        cache.write(key, {**entry, "fingerprint": library.fingerprint})


def _span_parts(one: Diagnostic) -> tuple[int, int, int, int]:
    assert one.span is not None
    return one.span.line, one.span.column, one.span.end_line, one.span.end_column


def _warnings(content: list[list[Any]]) -> tuple[Diagnostic, ...]:
    from cql.syntax.span import Span

    return tuple(
        Diagnostic("warning", code, message, library, None if span is None else Span(*span), line, hint)
        for code, message, library, span, line, hint in content
    )
