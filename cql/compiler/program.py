"""Putting a program together: a library with all it includes becomes one Python module of generated functions.

Defines, functions and parameters are compiled when something refers to them, so a cycle is found while compiling, and
what is never used costs nothing. Each define has a slot in the evaluation's memo; a slot is filled at most once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Raw, Value
from cql.compiler.nodes import Node, declared_type, items
from cql.compiler.scope import Binding, Scope
from cql.data.shapes import fhir
from cql.errors import CompileError, Diagnostic
from cql.syntax.span import Span
from cql.types import FHIR_URI, CqlType, ListType, NamedType

UNSUPPORTED = "CQL-150"
"""Code of a diagnostic about ELM that cannot be compiled."""
TOO_DEEP = "CQL-151"
"""Code of a diagnostic about expressions nested too deeply."""


class Unit:
    """One library of the program, its definitions by name. ``includes`` maps local names to units.

    ``native`` is true for FHIRHelpers, whose functions are built in.
    """

    def __init__(self, library: Node, includes: Mapping[str, Unit], *, native: bool = False) -> None:
        identifier = library.get("identifier") or {}
        self.library = library
        self.name: str = identifier.get("id") or ""
        self.version: str | None = identifier.get("version")
        self.includes = includes
        self.native = native
        statements = items(library.get("statements") or {}, "def")
        self.expressions = {one["name"]: one for one in statements if one.get("type") != "FunctionDef"}
        self.functions: dict[str, list[Node]] = {}
        for one in statements:
            if one.get("type") == "FunctionDef":
                self.functions.setdefault(one["name"], []).append(one)

    def definition(self, kind: str, name: str) -> Node | None:
        """The definition called ``name`` in a section of the library (``parameters``, ``codes``, ``valueSets`` ...)."""
        return next((one for one in items(self.library.get(kind) or {}, "def") if one.get("name") == name), None)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled define, parameter or function: the generated function's name and the type it gives."""

    function: str
    type: CqlType | None
    slot: int = -1


@dataclass(slots=True)
class Parts:
    """What the builder collects: everything a ``Program`` consists of."""

    sources: list[tuple[str, list[tuple[str, int]]]] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    operations: dict[str, None] = field(default_factory=dict)
    places: list[tuple[str, str | None, str | None]] = field(default_factory=lambda: [("", None, None)])
    slots: int = 0


class Builder:
    """Compiles one program. With ``tracing`` every expression's value is recorded and nothing is fused."""

    def __init__(self, root: Unit, *, tracing: bool = False) -> None:
        self.root = root
        self.tracing = tracing
        self.parts = Parts()
        self.nodes: list[tuple[str, str | None, Node, bool, str]] = []
        self._constants: dict[Any, str] = {}
        self._places: dict[tuple[str, str | None, str | None], int] = {}
        self._compiled: dict[tuple[int, str], Compiled] = {}
        self._in_progress: list[tuple[int, str]] = []

    # -- definitions -----------------------------------------------------------------------------------------------

    def expression(self, unit: Unit, name: str, at: Node | None = None) -> Compiled:
        """The define ``name`` of ``unit``, compiled."""
        key = (id(unit), f"define {name}")
        if key in self._compiled:
            return self._compiled[key]
        definition = unit.expressions.get(name)
        if definition is None:
            raise self.error(unit, f"library {unit.name!r} has no define called {name!r}", at)
        expression = definition.get("expression")
        if expression is None:
            raise self.error(unit, f"the define {name!r} has no expression", definition)
        emitter = self._begin(unit, name, key, definition)
        result = emitter.boxed(emitter.emit(expression))
        return self._memoised(key, emitter, result)

    def parameter(self, unit: Unit, name: str, at: Node | None = None) -> Compiled:
        """The parameter ``name`` of ``unit``: a slot that the caller's value fills, or else the default."""
        key = (id(unit), f"parameter {name}")
        if key in self._compiled:
            return self._compiled[key]
        definition = unit.definition("parameters", name)
        if definition is None:
            raise self.error(unit, f"library {unit.name!r} has no parameter called {name!r}", at)
        emitter = self._begin(unit, name, key, definition)
        default = definition.get("default")
        result = Value("None") if default is None else emitter.boxed(emitter.emit(default))
        of = declared_type(definition, "parameterType", "parameterTypeSpecifier") or result.type
        return self._memoised(key, emitter, Value(result.code, of))

    def overload(self, unit: Unit, definition: Node) -> Compiled:
        """One function definition, compiled."""
        name: str = definition["name"]
        key = (id(unit), f"function {id(definition)}")
        if key in self._compiled:
            return self._compiled[key]
        if key in self._in_progress:
            raise self.error(unit, f"the function {name!r} calls itself; recursion is not allowed", definition)
        scope: Scope = {}
        operands: list[str] = []
        for operand in items(definition, "operand"):
            operands.append(f"o{len(operands)}")
            of = declared_type(operand, "operandType", "operandTypeSpecifier")
            value = Raw(operands[-1], of) if self._is_raw(of) else Value(operands[-1], of)
            scope[operand["name"]] = Binding(value, 0)
        emitter = self._begin(unit, name, key, definition, scope)
        result = emitter.boxed(emitter.emit(definition["expression"]))
        emitter.line(f"return {result.code}")
        self._in_progress.pop()
        head = [("    E.tick(1)", emitter.writer.place)]
        compiled = self._compiled[key] = Compiled(self.function(emitter, "f", operands, head), result.type)
        return compiled

    def _is_raw(self, of: CqlType | None) -> bool:
        return self.is_resource(of.element if isinstance(of, ListType) else of)

    def _begin(
        self, unit: Unit, name: str, key: tuple[int, str], definition: Node, scope: Scope | None = None
    ) -> Emitter:
        if key in self._in_progress:
            raise self.error(unit, f"{name!r} is defined by itself", definition)
        self._in_progress.append(key)
        emitter = Emitter(self, unit, name, scope)
        emitter.writer.place = self.place(unit, name, definition, 0)
        return emitter

    def _memoised(self, key: tuple[int, str], emitter: Emitter, result: Value) -> Compiled:
        self._in_progress.pop()
        slot = self.parts.slots
        self.parts.slots += 1
        emitter.line(f"E.memo[{slot}] = {result.code}")
        emitter.line(f"return {result.code}")
        head = [(f"    if (v := E.memo[{slot}]) is not M: return v", emitter.writer.place)]
        function = self.function(emitter, "d", (), head)
        compiled = self._compiled[key] = Compiled(function, result.type, slot)
        return compiled

    def function(
        self, emitter: Emitter, prefix: str, operands: Iterable[str], head: list[tuple[str, int]] | None = None
    ) -> str:
        """Add a finished function to the program; its name."""
        name = f"{prefix}{len(self.parts.sources)}"
        lines = [*(head or ()), *emitter.writer.root.lines()]
        if self.tracing:
            lines.insert(0, ("    L = E.log", 0))
        self.parts.sources.append((f"def {name}({', '.join(['E', *operands])}):", lines))
        return name

    # -- parts -----------------------------------------------------------------------------------------------------

    def constant(self, value: Any) -> str:
        """The name of a constant. Equal constants of one type share a name; a Decimal's scale is part of it."""
        try:
            key: Any = (type(value), repr(value), value)
            found = self._constants.get(key)
        except TypeError:  # unhashable
            key = ("id", len(self.parts.constants))
            found = None
        if found is None:
            found = self._constants[key] = f"k{len(self.parts.constants)}"
            self.parts.constants.append(value)
        return found

    def operation(self, name: str) -> str:
        """The global name of an operation ``module.function``."""
        self.parts.operations[name] = None
        return name.replace(".", "_")

    def place(self, unit: Unit, define: str | None, node: Node, outer: int) -> int:
        """The number of the place in the author's text that ``node`` stands at; ``outer`` where it does not say."""
        locator = node.get("locator")
        if not isinstance(locator, str):
            if outer:
                return outer
            locator = None
        key = (unit.name, define, locator)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self.parts.places)
            self.parts.places.append(key)
        return found

    def traced(self, unit: Unit, define: str | None, node: Node) -> int:
        """The number under which a node's values are recorded."""
        in_function = self._in_progress[-1][1].startswith("function ")
        referred = unit.includes.get(node.get("libraryName") or "", unit)
        self.nodes.append((unit.name, define, node, in_function, referred.name))
        return len(self.nodes) - 1

    def is_resource(self, of: CqlType | None) -> bool:
        """Is it a FHIR resource class (whose instances need no box)?"""
        return isinstance(of, NamedType) and of.uri == FHIR_URI and _is_resource(of.name)

    def error(self, unit: Unit, message: str, node: Node | None = None) -> CompileError:
        """A compile error at a node."""
        return CompileError([self.diagnostic(unit, message, node)])

    def diagnostic(self, unit: Unit, message: str, node: Node | None = None, code: str = UNSUPPORTED) -> Diagnostic:
        """What is wrong at a node."""
        return Diagnostic("error", code, message, unit.name or None, _span(node))

    def abandon(self) -> None:
        """Forget the definitions whose compilation has failed."""
        self._in_progress.clear()


def _is_resource(name: str) -> bool:
    return any(one.name == "Resource" for one in fhir().lineage(name))


def _span(node: Node | None) -> Span | None:
    locator = node.get("locator") if node is not None else None
    if not isinstance(locator, str):
        return None
    start, _, end = locator.partition("-")
    line, column = map(int, start.split(":"))
    end_line, end_column = map(int, (end or start).split(":"))
    return Span(line, column, end_line, end_column)
