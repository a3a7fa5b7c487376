"""CQL libraries: from text or ELM to something that runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from cql.errors import CompileError, Diagnostic, LibraryNotFound
from cql.includes import Includes, Provider, provider

if TYPE_CHECKING:
    from cql.compiler import Program, Unit
    from cql.compiler.image import Definition
    from cql.requirements import DataRequirement

INVALID_ELM = "CQL-101"
INCLUDE_NOT_FOUND = "CQL-110"
INCLUDE_CYCLE = "CQL-111"

_HELPERS = "FHIRHelpers"


class Library:
    """A compiled library with all it includes. Immutable, and safe to use from many threads at once.

    Made by ``from_cql`` or ``from_elm``. ``warnings`` are the translator's (empty for ELM).
    """

    def __init__(
        self, elm: dict[str, Any], includes: Mapping[str, Library], warnings: tuple[Diagnostic, ...] = ()
    ) -> None:
        """For the class methods: ``elm`` has the member ``library``; ``includes`` are by their local names."""
        self._elm = elm
        self._content: dict[str, Any] = elm["library"]
        identifier = self._content.get("identifier") or {}
        self.name: str = identifier.get("id") or ""
        self.version: str | None = identifier.get("version")
        self.includes = includes
        self.warnings = warnings
        self._lock = Lock()
        self._tracing: Program | None = None

    @classmethod
    def from_cql(cls, text: str, includes: Includes = None, name: str | None = None) -> Library:
        """Translate and compile CQL text. ``name`` is what diagnostics call a library that has no name of its own.

        ``includes`` has the libraries that this one includes: a mapping of name to CQL text, ELM or ``Library``; a
        folder; or a function of name and version. FHIRHelpers is built in. Translations are kept on disk between
        processes. Raises ``CompileError`` with every error found, ``LibraryNotFound`` for an include that is not there.
        """
        return _Loader(provider(includes)).from_cql(text, name)

    @classmethod
    def from_elm(cls, elm: dict[str, Any], includes: Includes = None) -> Library:
        """Compile ELM, as JSON of the official translator or ours has it. Raises as ``from_cql`` does."""
        return _Loader(provider(includes)).from_elm(elm)

    def to_elm(self) -> dict[str, Any]:
        """The library's ELM (``{"library": {...}}``), without what it includes. Not to be changed."""
        return self._elm

    @property
    def defines(self) -> Mapping[str, Definition]:
        """The public defines by name, in the order of the text."""
        return {name: one for name, one in self.program.defines.items() if one.is_public}

    @property
    def parameters(self) -> Mapping[str, Definition]:
        """The library's own parameters by name."""
        return {one.name: one for one in self.program.parameters if one.library is None}

    @cached_property
    def needs_patient(self) -> bool:
        """Has the library defines of the Patient context (so that the data must be of one patient)?"""
        statements = (self._content.get("statements") or {}).get("def") or ()
        return any(one.get("context") == "Patient" for one in statements)

    @cached_property
    def data_requirements(self) -> tuple[DataRequirement, ...]:
        """What the library, with all it includes, retrieves."""
        from cql.requirements import data_requirements

        return data_requirements(self.unit)

    @cached_property
    def unit(self) -> Unit:
        """The library as the compiler takes it."""
        from cql.compiler import Unit

        units = {local: one.unit for local, one in self.includes.items()}
        return Unit(self._content, units, native=self.name == _HELPERS)

    @cached_property
    def program(self) -> Program:
        """The generated code."""
        from cql.compiler import compile_program

        return compile_program(self.unit)

    @property
    def tracing_program(self) -> Program:
        """The generated code that records every expression's value; made when first asked for."""
        from cql.compiler import compile_program

        with self._lock:
            if self._tracing is None:
                self._tracing = compile_program(self.unit, tracing=True)
            return self._tracing


class _Loader:
    """Loads one library with its includes; each included library is loaded once."""

    def __init__(self, find: Provider) -> None:
        self._find = find
        self._loaded: dict[tuple[str, str | None], Library] = {}
        self._open: list[str] = []

    def from_cql(self, text: str, name: str | None) -> Library:
        from cql.translator import translate

        translation = translate(text, name_hint=name, includes=self._elm_of)
        errors = [one for one in translation.diagnostics if one.severity == "error"]
        if errors or translation.elm is None:
            raise CompileError(translation.diagnostics)
        library = self._linked(translation.elm, tuple(translation.diagnostics))
        _ = library.program
        return library

    def from_elm(self, elm: dict[str, Any]) -> Library:
        if not isinstance(elm, dict) or not isinstance(elm.get("library", elm).get("identifier", {}), dict):
            raise CompileError([Diagnostic("error", INVALID_ELM, "the ELM is not a JSON object with a library in it")])
        library = self._linked(elm if "library" in elm else {"library": elm}, ())
        _ = library.program
        return library

    def _linked(self, elm: dict[str, Any], warnings: tuple[Diagnostic, ...]) -> Library:
        return Library(elm, dict(self._includes(elm["library"])), warnings)

    def _includes(self, content: dict[str, Any]) -> Iterator[tuple[str, Library]]:
        for one in (content.get("includes") or {}).get("def") or ():
            yield one["localIdentifier"], self.load(one["path"], one.get("version"))

    def load(self, path: str, version: str | None) -> Library:
        """The included library of that name (with its namespace) and version."""
        found = self._loaded.get((path, version))
        if found is None:
            if path in self._open:
                cycle = " -> ".join([*self._open, path])
                raise CompileError([Diagnostic("error", INCLUDE_CYCLE, f"libraries include each other: {cycle}")])
            self._open.append(path)
            found = self._loaded[path, version] = self._load(path, version)
            self._open.pop()
        return found

    def _load(self, path: str, version: str | None) -> Library:
        source = self._find(path, version)
        if path.rpartition("/")[2].rpartition(".")[2] == _HELPERS:
            return _helpers(source)
        if source is None:
            asked = path if version is None else f"{path} version {version}"
            raise LibraryNotFound(
                [Diagnostic("error", INCLUDE_NOT_FOUND, f"the included library {asked} was not found")]
            )
        if isinstance(source, Library):
            library = source
        elif isinstance(source, str):
            library = self.from_cql(source, path)
        else:
            library = self.from_elm(source)
        if version is not None and library.version not in (None, version):
            message = f"{path} version {version} is wanted, but what was found is version {library.version}"
            raise LibraryNotFound([Diagnostic("error", INCLUDE_NOT_FOUND, message)])
        return library

    def _elm_of(self, name: str, version: str | None) -> dict[str, Any] | None:
        """For the translator, which reports itself what is not found."""
        try:
            return self.load(name, version).to_elm()
        except LibraryNotFound:
            return None


def _helpers(source: Any) -> Library:
    """FHIRHelpers: its functions are built in, so its own text is not needed."""
    if isinstance(source, Library):
        return source
    content = source.get("library", source) if isinstance(source, dict) else {}
    return Library({"library": content or {"identifier": {"id": _HELPERS}}}, {})
