"""Sorting: of a query's rows (ELM ``SortClause``) and of lists (``Sort``)."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Raw, Value
from cql.compiler.lists import element_value
from cql.compiler.nodes import Node, items
from cql.compiler.properties import read_path
from cql.compiler.registry import emits

_DIRECTIONS = {"asc": "asc", "ascending": "asc", "desc": "desc", "descending": "desc"}


@emits("Sort")
def _sort(emitter: Emitter, node: Node) -> Value:
    return sorted_rows(emitter, emitter.boxed(emitter.emit(node["source"])), items(node, "by"))


def sorted_rows(emitter: Emitter, source: Value, by: list[Node]) -> Value:
    """Write the sorting of a list by ELM's sort items; its value."""
    columns = columns_of(emitter, by)
    with emitter.nested(f"if {source.code} is not None:"):
        fill_columns(emitter, source, by, columns)
    return Value(emitter.bind(sorted_code(emitter, source, by, columns)), source.type)


def columns_of(emitter: Emitter, by: list[Node]) -> list[str]:
    """For each sort item the name of a list of the rows' keys; "" where the row itself is the key."""
    return ["" if item.get("type") == "ByDirection" else emitter.bind("[]") for item in by]


def fill_columns(emitter: Emitter, source: Value, by: list[Node], columns: list[str]) -> None:
    """Write the loop that computes the keys of a list's rows."""
    if any(columns):
        name = emitter.writer.name("a")
        with emitter.loop(f"for {name} in {source.code}:"):
            for item, column in zip(by, columns, strict=True):
                append_key(emitter, item, column, element_value(source, name))


def append_key(emitter: Emitter, item: Node, column: str, row: Value) -> None:
    """Write the computing of a row's key."""
    if not column:
        return
    if type(row) is Value and emitter.builder.is_resource(row.type):
        row = Raw(row.code, row.type)
    with emitter.binding({"$this": row}):
        if item.get("type") == "ByColumn":
            key = emitter.boxed(read_path(emitter, row, item["path"])).code
        else:
            key = emitter.value(item["expression"])
    emitter.line(f"{column}.append({key})")


def sorted_code(emitter: Emitter, source: Value, by: list[Node], columns: list[str]) -> str:
    """Code of the sorted list."""
    keys = []
    for item, column in zip(by, columns, strict=True):
        direction = _DIRECTIONS.get(item.get("direction", "asc"))
        if direction is None:
            raise emitter.error(f"{item.get('direction')!r} is no direction of a sort", item)
        keys.append(f"({column or source.code}, {direction!r})")
    return f"{emitter.op('structures.sorted_by')}({', '.join([source.code, *keys])})"
