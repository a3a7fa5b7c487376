"""Queries as loops (ELM ``Query``), and the operators that need no more of a query than its rows.

::

    for a1 in source:            one loop per source
        t2 = ...                 let
        for a3 in related: ...   with, without
        if ...: continue         where, as jumps
        row                      return, aggregate, or what Exists, Count, First and Last make of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Raw, Value
from cql.compiler.joins import equality_join
from cql.compiler.lists import element_value
from cql.compiler.nodes import Node, flag, items
from cql.compiler.registry import emits, guards
from cql.compiler.sorting import append_key, columns_of, fill_columns, sorted_code
from cql.types import BOOLEAN, INTEGER, CqlType, ListType, TupleType

Row = Callable[[Value], None]


class Source:
    """A query's source, evaluated: a list, a single value, or (``kind`` "unknown") what only the value tells."""

    def __init__(self, emitter: Emitter, node: Node) -> None:
        value = emitter.emit(node["expression"])
        self.alias: str = node["alias"]
        self.value = value if isinstance(value, Raw) else emitter.boxed(value)
        of = self.value.type
        self.is_list = isinstance(of, ListType)
        self.is_single = of is not None and not self.is_list
        self.code = self.value.code

    @property
    def rows(self) -> str:
        """Code of what the loop runs over; the source is not null there."""
        if self.is_list:
            return self.code
        return (
            f"({self.code},)" if self.is_single else f"({self.code} if type({self.code}) is list else ({self.code},))"
        )

    def element(self, name: str) -> Value:
        """The row in the loop over the source."""
        if self.is_single:
            return (
                Raw(name, self.value.type, present=True)
                if isinstance(self.value, Raw)
                else Value(name, self.value.type)
            )
        return element_value(self.value, name)


@contextmanager
def rows(emitter: Emitter, node: Node, sources: list[Source]) -> Iterator[Value]:
    """Lines written within run for each row of the query that passes; gives the row's value.

    Several sources nest. The row's value is its alias's, or a tuple of all.
    """
    with ExitStack() as stack:
        bound: dict[str, Value] = {}
        for source in sources:
            name = emitter.writer.name("a")
            over = source.rows
            if not source.is_single:
                over = over if over.isidentifier() else emitter.bind(over)
                emitter.line(f"E.tick(len({over}))")
            stack.enter_context(emitter.loop(f"for {name} in {over}:"))
            bound[source.alias] = source.element(name)
            stack.enter_context(emitter.binding({source.alias: bound[source.alias]}))
        for let in items(node, "let"):
            value = emitter.emit(let["expression"])
            value = value if isinstance(value, Raw) else emitter.boxed(value)
            stack.enter_context(emitter.binding({let["identifier"]: value}))
        for relationship in items(node, "relationship"):
            _relationship(emitter, relationship)
        if node.get("where") is not None:
            emitter.guard(node["where"], True, "continue")
        yield next(iter(bound.values())) if len(bound) == 1 else _tuple(emitter, bound)


def _tuple(emitter: Emitter, bound: dict[str, Value]) -> Value:
    values = {name: emitter.boxed(value) for name, value in bound.items()}
    pairs = ", ".join(f"{emitter.builder.constant(name)}: {value.code}" for name, value in values.items())
    known = sorted((name, value.type) for name, value in values.items() if value.type is not None)
    of = TupleType(tuple(known)) if len(known) == len(values) else None
    return Value(emitter.bind(f"{emitter.op('structures.Tuple')}({{{pairs}}})"), of)


def _relationship(emitter: Emitter, node: Node) -> None:
    """``with`` and ``without``: look for a related row; jump to the next row of the query when that decides so."""
    source = Source(emitter, node)
    found = emitter.bind("False")
    with emitter.nested(f"if {source.code}:" if source.is_list else f"if {source.code} is not None:"):
        name = emitter.writer.name("a")
        over, rest = equality_join(emitter, node, source.value, source.rows) or (source.rows, node.get("suchThat"))
        over = over if over.isidentifier() else emitter.bind(over)
        emitter.line(f"E.tick(len({over}))")
        with emitter.loop(f"for {name} in {over}:"), emitter.binding({node["alias"]: source.element(name)}):
            if rest is not None:
                emitter.guard(rest, True, "continue")
            emitter.line(f"{found} = True")
            emitter.line("break")
    emitter.line(f"if {'not ' if node['type'] == 'With' else ''}{found}: continue")


@emits("Query")
def _query(emitter: Emitter, node: Node) -> Value:
    sources = [Source(emitter, one) for one in items(node, "source")]
    if node.get("aggregate") is not None:
        return _aggregate(emitter, node, sources)
    clause = node.get("return")
    distinct = clause is not None and flag(clause, "distinct", True)
    by = items(node["sort"], "by") if node.get("sort") is not None else []
    result = emitter.bind("None")
    with _if_present(emitter, sources):
        emitter.line(f"{result} = []")
        columns = [] if distinct else columns_of(emitter, by)
        with rows(emitter, node, sources) as row:
            value = returned_value(emitter, node, row)
            emitter.line(f"{result}.append({value.code})")
            for item, column in zip(by, columns, strict=False):
                append_key(emitter, item, column, value)
        of = Value(result, _list_of(value.type))
        if distinct:
            emitter.line(f"{result} = {emitter.op('list.distinct')}({result})")
            columns = columns_of(emitter, by)
            fill_columns(emitter, of, by, columns)
        if by:
            emitter.line(f"{result} = {sorted_code(emitter, of, by, columns)}")
        return _shaped(emitter, sources, result, value)


@contextmanager
def _if_present(emitter: Emitter, sources: list[Source]) -> Iterator[None]:
    """Only when no source is null."""
    test = " and ".join(f"{one.code} is not None" for one in sources)
    with emitter.nested(f"if {test}:"):
        yield


def returned_value(emitter: Emitter, node: Node, row: Value) -> Value:
    """The value that a row gives: of its ``return`` clause, else the row itself."""
    clause = node.get("return")
    value = row if clause is None else emitter.emit(clause["expression"])
    if emitter.loops and isinstance(value, Raw) and node.get("sort") is None and not isinstance(value.type, ListType):
        return value if emitter.builder.is_resource(value.type) else emitter.boxed(value)
    return emitter.boxed(value)


def _list_of(of: CqlType | None) -> CqlType | None:
    return None if of is None else ListType(of)


def _shaped(emitter: Emitter, sources: list[Source], result: str, row: Value) -> Value:
    """The result as a list, or as one value where all sources are single values."""
    of = row.type
    if any(one.is_list for one in sources):
        if emitter.builder.is_resource(of):
            return Raw(result, _list_of(of), present=isinstance(row, Raw) and row.present)
        return Value(result, _list_of(of))
    if all(one.is_single for one in sources):
        emitter.line(f"{result} = {result}[0] if {result} else None")
        return Value(result, of)
    tests = " or ".join(f"type({one.code}) is list" for one in sources if not one.is_single)
    emitter.line(f"if not ({tests}): {result} = {result}[0] if {result} else None")
    return Value(result)


def _aggregate(emitter: Emitter, node: Node, sources: list[Source]) -> Value:
    clause = node["aggregate"]
    name = clause.get("identifier") or "$total"
    starting = clause.get("starting")
    initial = Value("None", None, None) if starting is None else emitter.boxed(emitter.emit(starting))
    total = emitter.bind(initial.code)
    of = initial.type
    with _if_present(emitter, sources):
        if flag(clause, "distinct", False):
            _aggregate_distinct(emitter, node, sources, name, Value(total, of))
        else:
            with rows(emitter, node, sources), emitter.binding({name: Value(total, of)}):
                emitter.line(f"{total} = {emitter.value(clause['expression'])}")
    return Value(total, of)


def _aggregate_distinct(emitter: Emitter, node: Node, sources: list[Source], name: str, total: Value) -> None:
    """Aggregate over rows without repetition: these have to be collected first."""
    collected = emitter.bind("[]")
    with rows(emitter, node, sources) as row:
        emitter.line(f"{collected}.append({emitter.boxed(row).code})")
    alias = emitter.writer.name("a")
    with emitter.loop(f"for {alias} in {emitter.op('list.distinct')}({collected}):"):
        if len(sources) == 1:
            names = {sources[0].alias: Value(alias)}
        else:
            names = {
                one.alias: Value(emitter.bind(f"{alias}[{emitter.builder.constant(one.alias)}]")) for one in sources
            }
        with emitter.binding({**names, name: total}):
            for let in items(node, "let"):
                names[let["identifier"]] = Value(emitter.value(let["expression"]))
            with emitter.binding(names):
                emitter.line(f"{total.code} = {emitter.value(node['aggregate']['expression'])}")


# -- operators over queries ------------------------------------------------------------------------------------------


def _single_source(node: Node) -> bool:
    """Is it a query over one source, whose rows can be looked at one by one?"""
    return node.get("type") == "Query" and node.get("aggregate") is None and len(items(node, "source")) == 1


@emits("Exists")
def _exists(emitter: Emitter, node: Node) -> Value:
    operand = items(node, "operand")[0]
    if not _single_source(operand):
        return Value(_any(emitter, emitter.emit(operand)), BOOLEAN)
    source = Source(emitter, items(operand, "source")[0])
    found = emitter.bind("[]")
    with _if_present(emitter, [source]), rows(emitter, operand, [source]) as row:
        clause = operand.get("return")
        value = row if clause is None else emitter.emit(clause["expression"])
        if not (isinstance(value, Raw) and value.present):
            emitter.line(f"if {emitter.boxed(value).code} is None: continue")
        if emitter.builder.tracing:
            emitter.line(f"{found}.append({emitter.boxed(value).code})")
        else:
            emitter.line(f"{found} = True")
        emitter.line("break")
    if emitter.builder.tracing:
        emitter.record(operand, Value(found))
    return Value(emitter.bind(f"bool({found})"), BOOLEAN)


def _any(emitter: Emitter, value: Value) -> str:
    """Code for whether a list has an element that is not null."""
    if isinstance(value, Raw) and value.present and isinstance(value.type, ListType):
        return emitter.bind(f"bool({value.code})")
    return emitter.call("structures.exists", emitter.boxed(value).code)


@guards("Exists")
def _guard_exists(emitter: Emitter, node: Node, want: bool, otherwise: str) -> None:
    found = _exists(emitter, node).code
    emitter.line(f"if {'not ' if want else ''}{found}: {otherwise}")


@emits("Count")
def _count(emitter: Emitter, node: Node) -> Value:
    operand = node["source"]
    clause = operand.get("return")
    is_distinct = clause is not None and flag(clause, "distinct", True)
    if emitter.builder.tracing or is_distinct or not _single_source(operand):
        value = emitter.emit(operand)
        if isinstance(value, Raw) and value.present:
            return Value(emitter.bind(f"len({value.code}) if {value.code} is not None else 0"), INTEGER)
        return Value(emitter.call("aggregate.count", emitter.boxed(value).code), INTEGER)
    count = emitter.bind("0")
    source = Source(emitter, items(operand, "source")[0])
    with _if_present(emitter, [source]), rows(emitter, operand, [source]) as row:
        value = row if clause is None else emitter.emit(clause["expression"])
        step = f"{count} += 1"
        if not (isinstance(value, Raw) and value.present):
            step = f"if {emitter.boxed(value).code} is not None: {step}"
        emitter.line(step)
    return Value(count, INTEGER)


@emits("First", "Last")
def _end(emitter: Emitter, node: Node) -> Value:
    source = emitter.emit(node["source"])
    value = source if isinstance(source, Raw) else emitter.boxed(source)
    if value.is_const and value.const is None:
        return emitter.const(None)
    of = value.type.element if isinstance(value.type, ListType) else None
    index = 0 if node["type"] == "First" else -1
    code = emitter.bind(f"{value.code}[{index}] if {value.code} else None")
    return Raw(code, of) if isinstance(value, Raw) else Value(code, of)
