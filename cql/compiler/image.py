"""A compiled program: code, constants, and what the engine has to know of its definitions.

The program is immutable and safe to use from many threads; what changes is in ``cql.engine.Evaluation``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import CodeType
from typing import TYPE_CHECKING, Any

from cql.compiler.linking import resolve
from cql.compiler.missing import MISSING
from cql.types import CqlType

if TYPE_CHECKING:
    from cql.trace.tree import Blueprint

FILENAME = "<compiled cql>"
"""The file name of generated code: how its frames are told from others in a traceback."""

# All that generated code may call by name; there is no way to the rest of Python.
_BUILTINS = {one.__name__: one for one in (type, len, enumerate, dict, list, tuple, int, str, bool)}

Place = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Definition:
    """A define or parameter: the generated function, its slot in the evaluation's memo, and its type.

    ``library`` is None for the program's own library, else the included one's name.
    """

    name: str
    function: str
    slot: int
    type: CqlType | None
    is_public: bool = True
    library: str | None = None


@dataclass(frozen=True)
class Program:
    """A library with all that it includes, compiled.

    ``code`` defines the functions; ``lines`` gives, for each line of its source, the number of a place in ``places``
    (library, define, locator). ``nodes`` is filled in a tracing program only: (library, define or function, ELM node,
    is it in a function, library that it refers to) by the number under which values of the node are recorded.
    """

    code: CodeType
    constants: tuple[Any, ...]
    operations: tuple[str, ...]
    lines: tuple[int, ...]
    places: tuple[Place, ...]
    slots: int
    defines: Mapping[str, Definition]
    parameters: tuple[Definition, ...]
    nodes: tuple[tuple[str, str | None, dict[str, Any], bool, str], ...] = field(default=(), repr=False)
    source: str = field(default="", repr=False)

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The generated functions by name."""
        scope: dict[str, Any] = {"__builtins__": _BUILTINS, "M": MISSING}
        scope.update((f"k{number}", value) for number, value in enumerate(self.constants))
        scope.update((name.replace(".", "_"), resolve(name)) for name in self.operations)
        exec(self.code, scope)
        return scope

    @cached_property
    def blueprint(self) -> Blueprint:
        """What all traces of this (tracing) program have in common."""
        from cql.trace.tree import Blueprint

        return Blueprint(self.nodes)

    def place_of(self, error: BaseException) -> Place | None:
        """The innermost place of the library's text that an exception went through."""
        found = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == FILENAME and trace.tb_lineno <= len(self.lines):
                found = self.places[self.lines[trace.tb_lineno - 1]]
            trace = trace.tb_next
        return found
