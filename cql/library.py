"""CQL libraries: from text or ELM to something that runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from cql.cache import fingerprint
from cql.errors import Diagnostic
from cql.includes import Includes, provider

if TYPE_CHECKING:
    from cql.compiler.image import Definition, Program
    from cql.compiler.program import Unit
    from cql.requirements import DataRequirement, ValueSetUse

HELPERS = "FHIRHelpers"
"""The library whose functions are built in."""


class Library:
    """A compiled library with all it includes. Immutable, and safe to use from many threads at once.

    Made by ``from_cql`` or ``from_elm``. ``warnings`` are the translator's (empty for ELM), ``text`` is the CQL, if
    made from it.
    """

    def __init__(
        self,
        elm: dict[str, Any],
        includes: Mapping[str, Library],
        warnings: tuple[Diagnostic, ...] = (),
        program: Program | None = None,
        fingerprint: str | None = None,
    ) -> None:
        """For the class methods: ``elm`` has the member ``library``; ``includes`` are by their local names.

        ``program`` and ``fingerprint`` are given where they are known already.
        """
        self._elm = elm
        self._content: dict[str, Any] = elm["library"]
        identifier = self._content.get("identifier") or {}
        self.name: str = identifier.get("id") or ""
        self.version: str | None = identifier.get("version")
        self.includes = includes
        self.warnings = warnings
        self.text: str | None = None
        # What the cached properties would compute.
        if program is not None:
            self.__dict__["program"] = program
        if fingerprint is not None:
            self.__dict__["fingerprint"] = fingerprint
        self._lock = Lock()
        self._tracing: Program | None = None

    @classmethod
    def from_cql(cls, text: str, includes: Includes = None, name: str | None = None) -> Library:
        """Translate and compile CQL text. ``name`` is what diagnostics call a library that has no name of its own.

        ``includes`` has the libraries that this one includes: a mapping of name to CQL text, ELM or ``Library``; a
        folder; or a function of name and version. FHIRHelpers is built in. Translations are kept on disk between
        processes. Raises ``CompileError`` with every error found, ``LibraryNotFound`` for an include that is not there.
        """
        from cql.loading import Loader

        return Loader(provider(includes)).from_cql(text, name)

    @classmethod
    def from_elm(cls, elm: dict[str, Any], includes: Includes = None) -> Library:
        """Compile ELM, as JSON of the official translator or ours has it. Raises as ``from_cql`` does."""
        from cql.loading import Loader

        return Loader(provider(includes)).from_elm(elm)

    def to_elm(self) -> dict[str, Any]:
        """The library's ELM (``{"library": {...}}``), without what it includes. Not to be changed."""
        return self._elm

    @property
    def sources(self) -> dict[str, str]:
        """The CQL texts, by library name, of this library and all it includes, as far as they are known."""
        found = {} if self.text is None else {self.name: self.text}
        for one in self.includes.values():
            found |= one.sources
        return found

    @property
    def defines(self) -> Mapping[str, Definition]:
        """The public defines by name, in the order of the text."""
        return {name: one for name, one in self.program.defines.items() if one.is_public}

    @property
    def statements(self) -> frozenset[str]:
        """The names of the library's own defines and functions, without what stands for its context."""
        statements = (self._content.get("statements") or {}).get("def") or ()
        contexts = {one.get("context") for one in statements}
        return frozenset(one["name"] for one in statements if one["name"] not in contexts)

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
        """What the library retrieves, itself and by what it uses of the libraries it includes."""
        from cql.requirements import data_requirements

        return data_requirements(self.unit)

    @cached_property
    def value_set_uses(self) -> tuple[ValueSetUse, ...]:
        """The value sets that the library asks for, itself and by what it uses of the libraries it includes."""
        from cql.requirements import value_set_uses

        return value_set_uses(self.unit)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the library's ELM, and of all that it includes."""
        return fingerprint(json.dumps(self._elm), *(one.fingerprint for one in self.includes.values()))

    @cached_property
    def unit(self) -> Unit:
        """The library as the compiler takes it."""
        from cql.compiler.program import Unit

        units = {local: one.unit for local, one in self.includes.items()}
        return Unit(self._content, units, native=self.name == HELPERS)

    @cached_property
    def program(self) -> Program:
        """The generated code."""
        from cql.compiler.assemble import compile_program

        return compile_program(self.unit)

    @property
    def tracing_program(self) -> Program:
        """The generated code that records every expression's value; made when first asked for."""
        from cql.compiler.assemble import compile_program

        with self._lock:
            if self._tracing is None:
                self._tracing = compile_program(self.unit, tracing=True)
            return self._tracing
