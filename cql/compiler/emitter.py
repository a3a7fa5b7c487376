"""Writing one function: the state that emitters share, and the traffic between them.

``emit`` writes the statements that compute a node and gives its value as a ``Value`` (or one of the forms of
``cql.compiler.forms``); ``value`` gives it as the name of an ordinary CQL value. ``guard`` is for conditions whose
false and null mean the same: it writes a jump instead of computing three-valued logic.

What does not depend on a loop's variables is computed at most once, when it is first needed: the name that holds it is
set to "missing" in front of the loop, and filled at its first use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cql.compiler.forms import UNKNOWN, Choice, Raw, Scalar, Value
from cql.compiler.nodes import Node, names_used, result_type
from cql.compiler.registry import EMITTERS, GUARDS
from cql.compiler.scope import Binding, Loop, Scope
from cql.compiler.writer import Block, Writer
from cql.types import ChoiceType, CqlType, ListType, NamedType

if TYPE_CHECKING:
    from cql.compiler.program import Builder, Unit

# Python refuses 20 nested loops and 100 indentations in one function; the rest goes to a function of its own well
# before.
_MOST_NESTED_LOOPS = 8
_MOST_INDENTED = 40

# Not worth a name of their own in front of a loop, or of a form that is worth more than that.
_NEVER_HOISTED = frozenset(
    {"Literal", "Null", "AliasRef", "QueryLetRef", "OperandRef", "IdentifierRef", "Property", "As", "List", "Current"}
    | {"Iteration", "Total"}
)


class Emitter:
    """Writes one generated function. ``unit`` is the library it belongs to."""

    def __init__(self, builder: Builder, unit: Unit, define: str | None, scope: Scope | None = None) -> None:
        self.builder = builder
        self.unit = unit
        self.define = define
        self.writer = Writer()
        self.scope: Scope = scope or {}
        self.loops: list[Loop] = []
        self.hoisted_at: dict[str, Block] = {}
        self.line = self.writer.line
        self.bind = self.writer.bind
        self.nested = self.writer.nested

    # -- nodes ---------------------------------------------------------------------------------------------------

    def emit(self, node: Node) -> Value:
        """Write the code of an expression; its value."""
        kind = node.get("type")
        emitter = EMITTERS.get(kind) if isinstance(kind, str) else None
        if emitter is None:
            raise self.error(f"ELM has no expression type {kind!r}, or this engine does not support it", node)
        outer = self.writer.place
        self.writer.place = self.builder.place(self.unit, self.define, node, outer)
        try:
            if self.writer.nesting >= _MOST_NESTED_LOOPS or self.writer.block.indent >= _MOST_INDENTED:
                value = self._outlined(node)
            elif self.loops and kind not in _NEVER_HOISTED and not self.builder.tracing:
                value = self._hoisted(node)
            else:
                value = emitter(self, node)
            if value.type is None:
                value = _typed(value, result_type(node))
            if self.builder.tracing:
                self.record(node, value)
            return value
        finally:
            self.writer.place = outer

    def value(self, node: Node) -> str:
        """Write the code of an expression; the name of its CQL value."""
        return self.boxed(self.emit(node)).code

    def optional(self, node: Node | None) -> str:
        """``value``, and null for an absent node."""
        return "None" if node is None else self.value(node)

    def guard(self, node: Node, want: bool, otherwise: str) -> None:
        """Write: unless the value of ``node`` is ``want``, execute the statement ``otherwise``."""
        guard = GUARDS.get(node.get("type", ""))
        if guard is not None and not self.builder.tracing and self.free_depth(node) == len(self.loops):
            outer = self.writer.place
            self.writer.place = self.builder.place(self.unit, self.define, node, outer)
            guard(self, node, want, otherwise)
            self.writer.place = outer
            return
        value = self.emit(node)
        if value.is_const:
            if value.const is not want:
                self.line(otherwise)
        else:
            self.line(f"if {self.boxed(value).code} is not {want}: {otherwise}")

    def free_depth(self, node: Node) -> int:
        """Within how many of the current loops the node has to be computed."""
        return max((self.scope[name].depth for name in names_used(node) if name in self.scope), default=0)

    def _hoisted(self, node: Node) -> Value:
        """Emit a node, outside of the loops that it does not depend on."""
        emitter = EMITTERS[node["type"]]
        depth = self.free_depth(node)
        if depth == len(self.loops):
            return emitter(self, node)
        writer = self.writer
        point = writer.insertion_point()
        inside = writer.block
        first_use = Block(inside.indent + 1)
        with writer.writing_to(first_use):
            loops, self.loops = self.loops, self.loops[:depth]
            # Loops that the node itself contains count from here; their code stands within the outer loops all the
            # same.
            value = emitter(self, node)
            value = value if isinstance(value, Raw) else self.boxed(value)
            self.loops = loops
        if not first_use:
            return value
        name = writer.name("h")
        self.hoisted_at[name] = self.loops[depth].before
        with writer.writing_to(self.hoisted_at[name]):
            writer.line(f"{name} = M")
        with writer.writing_to(point):
            writer.line(f"if {name} is M:")
            point.parts.append(first_use)
        with writer.writing_to(first_use):
            writer.line(f"{name} = {value.code}")
        return _renamed(value, name)

    def _outlined(self, node: Node) -> Value:
        """Emit a node as a function of its own, which gets the variables it needs as arguments."""
        used = {name: self.scope[name] for name in sorted(names_used(node)) if name in self.scope}
        needed = sorted({code for one in used.values() for code in _variables(one.value)})
        inner = Emitter(self.builder, self.unit, self.define, {n: Binding(b.value, 0) for n, b in used.items()})
        inner.writer.place = self.writer.place
        inner.writer.reserve(self.writer)
        value = inner.boxed(EMITTERS[node["type"]](inner, node))
        inner.line(f"return {value.code}")
        function = self.builder.function(inner, "x", needed)
        return Value(self.bind(f"{function}({', '.join(['E', *needed])})"), value.type)

    def closure(self, node: Node, names: dict[str, Value], parameters: list[str]) -> str:
        """The code of a function of ``parameters``, with these names, which computes a node."""
        inner = Emitter(self.builder, self.unit, self.define, {n: Binding(v, 0) for n, v in names.items()})
        used = {n: self.scope[n] for n in sorted(names_used(node)) if n in self.scope and n not in names}
        inner.scope |= {n: Binding(b.value, 0) for n, b in used.items()}
        needed = sorted({code for one in used.values() for code in _variables(one.value)})
        inner.writer.reserve(self.writer)
        inner.writer.place = self.writer.place
        inner.line(f"return {inner.value(node)}")
        function = self.builder.function(inner, "x", [*parameters, *needed])
        return f"lambda {', '.join(parameters)}: {function}({', '.join(['E', *parameters, *needed])})"

    # -- names ---------------------------------------------------------------------------------------------------

    @contextmanager
    def binding(self, names: dict[str, Value]) -> Iterator[None]:
        """Within, the names mean these values."""
        outer = self.scope
        self.scope = outer | {name: Binding(value, len(self.loops)) for name, value in names.items()}
        try:
            yield
        finally:
            self.scope = outer

    @contextmanager
    def loop(self, header: str) -> Iterator[None]:
        """Lines written within are the body of the loop ``header``."""
        self.loops.append(Loop(self.writer.insertion_point()))
        try:
            with self.nested(header, loop=True):
                yield
        finally:
            self.loops.pop()

    def lookup(self, name: str, node: Node) -> Value:
        """What a name of the current scope means."""
        found = self.scope.get(name)
        if found is None:
            raise self.error(f"there is no alias, let or operand called {name!r} here", node)
        return found.value

    # -- values --------------------------------------------------------------------------------------------------

    def const(self, value: Any, of: CqlType | None = None) -> Value:
        """A value known now. Lists and tuples are rebuilt wherever they occur: a result belongs to its reader."""
        if value is None or value is True or value is False:
            return Value(repr(value), of, value)
        return Value(self.builder.constant(value), of, value)

    def op(self, name: str) -> str:
        """The global name of a function that ``cql.compiler.operators.resolve`` finds by ``module.function``."""
        return self.builder.operation(name)

    def call(self, name: str, *arguments: str) -> str:
        """Write a call; the name of its result."""
        return self.bind(f"{self.op(name)}({', '.join(arguments)})")

    def share(self, code: str) -> str:
        """The name of an expression without side effects, computed only once where that is possible."""
        return self.writer.share(code)[0]

    def boxed(self, value: Value) -> Value:
        """The value as CQL sees it."""
        match value:
            case Raw(code, ListType(NamedType() as of)):
                if self.builder.is_resource(of):
                    return Value(code, value.type)
                return Value(self.share(f"{self.op('runtime.box_list')}({_name(self, of)}, {code})"), value.type)
            case Raw(code, NamedType() as of):
                if self.builder.is_resource(of):
                    return Value(code, of)
                return Value(self.share(f"{self.op('runtime.box')}({_name(self, of)}, {code})"), of)
            case Scalar(code, of, _, parent, shape):
                assert shape is not None
                if shape.kind == "system":
                    return Value(self.bind(f"{self.reader(shape)}({code})"), of)
                box = f"{self.op('runtime.box_scalar')}({self.builder.constant(shape)}, {parent}, {code})"
                return Value(self.share(box), of)
            case Choice(code, of, _, info):
                read = f"{self.op('runtime.read_choice')}({self.builder.constant(info)}, {code})"
                return Value(self.share(read), of)
        return value

    def read_date_time(self, raw: str) -> str:
        """Write the reading of a JSON dateTime: what the evaluation has read before it remembers."""
        read = f"{self.op('primitives.read_date_time')}({raw})"
        return self.share(f"(E.moments.get({raw}) or {read}) if type({raw}) is str else {read}")

    def reader(self, shape: Any) -> str:
        """The global name of the function that reads a shape's JSON scalar."""
        return self.builder.operation(f"primitives.{shape.read.__name__}")

    def raw(self, value: Value) -> Raw:
        """The JSON of a value whose type is a complex FHIR class or a list of one (boxed values are opened)."""
        if isinstance(value, Raw):
            return value
        value = self.boxed(value)
        return Raw(self.call("runtime.raw_of", value.code), value.type)

    def record(self, node: Node, value: Value) -> None:
        """In a tracing program: write the line that records a node's value."""
        number = self.builder.traced(self.unit, self.define, node)
        self.line(f"L(({number}, {self.boxed(value).code}))")

    def error(self, message: str, node: Node) -> Exception:
        """An exception that tells the author where compiling failed."""
        return self.builder.error(self.unit, message, node)


def _name(emitter: Emitter, of: NamedType) -> str:
    return emitter.builder.constant(of.name)


def _typed(value: Value, of: CqlType | None) -> Value:
    if of is None or isinstance(of, ChoiceType) or type(value) is not Value:
        return value
    return Value(value.code, of, value.const)


def _renamed(value: Value, name: str) -> Value:
    if isinstance(value, Raw):
        return Raw(name, value.type, UNKNOWN, value.present)
    return Value(name, value.type)


def _variables(value: Value) -> list[str]:
    """The local names that a value's code consists of."""
    codes = [value.code, value.parent] if isinstance(value, Scalar) else [value.code]
    return [code for code in codes if code.isidentifier() and code not in ("None", "True", "False") and code[0] != "k"]
