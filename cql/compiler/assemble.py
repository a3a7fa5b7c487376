"""From a root library to a finished ``Program``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cql.compiler.aggregates
import cql.compiler.arithmetic
import cql.compiler.clinical
import cql.compiler.comparison
import cql.compiler.datetimes
import cql.compiler.intervals
import cql.compiler.lists
import cql.compiler.literals
import cql.compiler.logical
import cql.compiler.messages
import cql.compiler.properties
import cql.compiler.queries
import cql.compiler.refs
import cql.compiler.retrieve
import cql.compiler.sorting
import cql.compiler.strings
import cql.compiler.structured
import cql.compiler.types  # noqa: F401  # the chapters are imported for the emitters they register
from cql.compiler.image import FILENAME, Definition, Program
from cql.compiler.nodes import Node, items
from cql.compiler.program import TOO_DEEP, Builder, Compiled, Unit
from cql.errors import CompileError, Diagnostic


def compile_program(root: Unit, *, tracing: bool = False) -> Program:
    """Compile a library and what it uses of its includes.

    Raises ``CompileError`` with every error found, at most one per definition.
    """
    builder = Builder(root, tracing=tracing)
    problems: list[Diagnostic] = []
    defines: dict[str, Definition] = {}
    for name, node in root.expressions.items():
        compiled = _attempt(builder, node, problems, builder.expression, root, name)
        if compiled is not None:
            public = node.get("accessLevel") != "Private"
            defines[name] = Definition(name, compiled.function, compiled.slot, compiled.type, public)
    for overloads in root.functions.values():
        for node in overloads:
            if node.get("expression") is not None:
                _attempt(builder, node, problems, builder.overload, root, node)
    parameters = tuple(_parameters(builder, problems))
    if problems:
        raise CompileError(list(dict.fromkeys(problems)))
    return _program(builder, defines, parameters)


def _attempt(
    builder: Builder, node: Node, problems: list[Diagnostic], compile_: Callable[..., Compiled], *arguments: object
) -> Compiled | None:
    """Compile one definition; what is wrong with it goes to ``problems``."""
    try:
        return compile_(*arguments)
    except CompileError as error:
        problems.extend(error.diagnostics)
    except RecursionError:
        problems.append(builder.diagnostic(builder.root, f"{node['name']!r} is nested too deeply", node, TOO_DEEP))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        message = f"the ELM of {node['name']!r} is not valid ({type(error).__name__}: {error})"
        problems.append(builder.diagnostic(builder.root, message, node))
    builder.abandon()
    return None


def _parameters(builder: Builder, problems: list[Diagnostic]) -> Iterator[Definition]:
    """The parameters of the library itself, and those that its includes' expressions have asked for."""
    for unit in units(builder.root):
        for node in items(unit.library.get("parameters") or {}, "def"):
            compiled = _attempt(builder, node, problems, builder.parameter, unit, node["name"])
            if compiled is not None:
                library = None if unit is builder.root else unit.name
                public = node.get("accessLevel") != "Private"
                yield Definition(node["name"], compiled.function, compiled.slot, compiled.type, public, library)


def units(root: Unit) -> Iterator[Unit]:
    """A library and all that it includes, each once."""
    seen: set[int] = set()
    pending = [root]
    while pending:
        unit = pending.pop(0)
        if id(unit) not in seen:
            seen.add(id(unit))
            yield unit
            pending.extend(unit.includes.values())


def _program(builder: Builder, defines: dict[str, Definition], parameters: tuple[Definition, ...]) -> Program:
    source: list[str] = []
    lines: list[int] = []
    for header, body in builder.parts.sources:
        source.append(header)
        lines.append(body[0][1] if body else 0)
        source.extend(text for text, _ in body)
        lines.extend(place for _, place in body)
    text = "\n".join(source) + "\n"
    parts = builder.parts
    return Program(
        code=compile(text, FILENAME, "exec", dont_inherit=True, optimize=2),
        constants=tuple(parts.constants),
        operations=tuple(parts.operations),
        lines=tuple(lines),
        places=tuple(parts.places),
        slots=parts.slots,
        defines=defines,
        parameters=parameters,
        nodes=tuple(builder.nodes),
        source=text,
    )
