"""What the names of a library mean: its own definitions and those of the libraries it includes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cql.models import Model
from cql.syntax.nodes import Definition, FunctionDefinition
from cql.translator.operators import Overload
from cql.types import CqlType


@dataclass(slots=True)
class Symbol:
    """A named definition other than a function.

    ``reference`` is the ELM node that refers to it (``ExpressionRef``, ``ParameterRef``, ``ValueSetRef``, ...).
    ``type`` is None while an expression of this library is not translated yet.
    """

    name: str
    reference: str
    type: CqlType | None
    private: bool = False
    node: Definition | None = None
    used: bool = False


@dataclass(slots=True)
class FunctionSymbol:
    """One overload of a function; ``result`` is None while its body is not translated yet."""

    overload: Overload
    result: CqlType | None
    fluent: bool = False
    private: bool = False
    external: bool = False
    node: FunctionDefinition | None = None
    used: bool = False


@dataclass(slots=True)
class Exports:
    """What a library offers: its symbols by name and its functions by name."""

    name: str
    version: str | None
    symbols: dict[str, Symbol] = field(default_factory=dict)
    functions: dict[str, list[FunctionSymbol]] = field(default_factory=dict)

    def add_function(self, one: FunctionSymbol) -> None:
        """Add an overload."""
        self.functions.setdefault(one.overload.name, []).append(one)


@dataclass(slots=True)
class Included:
    """A library under its local alias; ``exports`` is None when it could not be loaded (reported already)."""

    alias: str
    exports: Exports | None
    used: bool = False


@dataclass(slots=True)
class Symbols:
    """The library being translated.

    ``unreadable`` are names whose definitions have syntax errors: referring to them is no further finding.
    ``type_of`` and ``result_of`` translate a definition when its type is first asked for.
    """

    own: Exports
    models: dict[str, Model]
    included: dict[str, Included]
    unreadable: frozenset[str]
    type_of: Callable[[Symbol], CqlType]
    result_of: Callable[[FunctionSymbol], CqlType]

    def functions_named(self, name: str) -> list[FunctionSymbol]:
        """This library's own overloads of ``name``."""
        return self.own.functions.get(name, [])

    def fluent_functions(self, name: str) -> Iterator[tuple[str | None, FunctionSymbol]]:
        """Every fluent overload of ``name`` with the alias of its library (None: this one)."""
        for one in self.own.functions.get(name, []):
            if one.fluent:
                yield None, one
        for alias, library in self.included.items():
            if library.exports is not None:
                for one in library.exports.functions.get(name, []):
                    if one.fluent and not one.private:
                        yield alias, one

    def fluent_names(self) -> list[str]:
        """The names of all fluent functions."""
        every = [self.own, *(one.exports for one in self.included.values() if one.exports is not None)]
        return [name for exports in every for name, found in exports.functions.items() if any(f.fluent for f in found)]
