"""Programs as JSON, for the disk cache.

Code is Python's marshal format within the JSON: whoever reads it back must know that it comes from the same Python and
the same engine, and that nobody else wrote it (``cql.cache``).
"""

from __future__ import annotations

import marshal
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import CodeType
from typing import Any

from cql.compiler.image import Definition, Program
from cql.data.primitives import READERS
from cql.data.shapes import ElementInfo, Shape
from cql.terminology.value_set import ExpandedValueSet
from cql.types import CqlType, from_specifier, to_specifier
from cql.values import Code, CodeSystem, Concept, Date, DateTime, Interval, Long, Quantity, Ratio, Time, ValueSet

_READERS = {reader.__name__: reader for reader in READERS.values()}


def dump_program(program: Program) -> dict[str, Any]:
    """A program (not a tracing one) as JSON. Raises ``TypeError`` for a constant that has no JSON form."""
    return {
        "code": b64encode(marshal.dumps(program.code)).decode("ascii"),
        "constants": [_dump(one) for one in program.constants],
        "operations": list(program.operations),
        "lines": _runs(program.lines),
        "places": [list(one) for one in program.places],
        "slots": program.slots,
        "defines": [_dump_definition(one) for one in program.defines.values()],
        "parameters": [_dump_definition(one) for one in program.parameters],
    }


def load_program(content: dict[str, Any]) -> Program:
    """The program that ``dump_program`` wrote. Raises ``LookupError``, ``TypeError`` or ``ValueError`` for others."""
    code = marshal.loads(b64decode(content["code"]))
    if not isinstance(code, CodeType):
        raise TypeError("not a program's code")
    defines = [_load_definition(one) for one in content["defines"]]
    return Program(
        code=code,
        constants=tuple(_load(one) for one in content["constants"]),
        operations=tuple(content["operations"]),
        lines=tuple(place for place, count in content["lines"] for _ in range(count)),
        places=tuple((library, define, locator) for library, define, locator in content["places"]),
        slots=content["slots"],
        defines={one.name: one for one in defines},
        parameters=tuple(_load_definition(one) for one in content["parameters"]),
    )


def _runs(lines: tuple[int, ...]) -> list[list[int]]:
    """Places of consecutive lines as (place, number of lines)."""
    runs: list[list[int]] = []
    for place in lines:
        if runs and runs[-1][0] == place:
            runs[-1][1] += 1
        else:
            runs.append([place, 1])
    return runs


def _dump_definition(one: Definition) -> list[Any]:
    of = None if one.type is None else to_specifier(one.type)
    return [one.name, one.function, one.slot, of, one.is_public, one.library]


def _load_definition(content: list[Any]) -> Definition:
    name, function, slot, of, is_public, library = content
    return Definition(name, function, slot, None if of is None else from_specifier(of), is_public, library)


def _dump(value: Any) -> Any:
    """A constant as ``[tag, ...]``; None, booleans and strings as themselves."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, CqlType):
        return ["type", to_specifier(value)]
    tag = type(value).__name__
    return [tag, *(_dump(part) for part in _PARTS[tag][0](value))]


def _load(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    tag, *parts = content
    if tag == "type":
        return from_specifier(parts[0])
    return _PARTS[tag][1](*(_load(part) for part in parts))


_Take = Callable[[Any], Any]
_Make = Callable[..., Any]

# Class -> (its parts, the instance of its parts).
_PARTS: dict[str, tuple[_Take, _Make]] = {
    "int": (lambda v: [str(v)], int),
    "Long": (lambda v: [str(int(v))], lambda text: Long(int(text))),
    "Decimal": (lambda v: [str(v)], Decimal),
    "Quantity": (lambda v: [v.value, v.unit], Quantity),
    "Ratio": (lambda v: [v.numerator, v.denominator], Ratio),
    "Code": (lambda v: [v.code, v.system, v.version, v.display], Code),
    "Concept": (lambda v: [v.display, *v.codes], lambda display, *codes: Concept(codes, display)),
    "ValueSet": (lambda v: [v.id, v.version, v.name], ValueSet),
    "CodeSystem": (lambda v: [v.id, v.version, v.name], CodeSystem),
    "Date": (lambda v: [str(v)], Date.parse),
    "Time": (lambda v: [str(v)], Time.parse),
    "DateTime": (
        lambda v: [v.first.replace(tzinfo=None).isoformat(), v.rank, v.offset],
        lambda first, rank, offset: DateTime.of(datetime.fromisoformat(first), rank, offset),
    ),
    "Interval": (lambda v: [v.low, v.high, v.low_closed, v.high_closed, v.point_type], Interval),
    "frozenset": (sorted, lambda *members: frozenset(members)),
    "Shape": (
        lambda v: [v.key, v.type, v.kind, v.read.__name__ if v.read else None, v.extra_key],
        lambda key, of, kind, read, extra: Shape(key, of, kind, _READERS[read] if read else None, extra),
    ),
    "ElementInfo": (
        lambda v: [v.name, v.is_list, *v.shapes],
        lambda name, is_list, *shapes: ElementInfo(name, is_list, shapes),
    ),
    "ExpandedValueSet": (lambda v: v.codes, lambda *codes: ExpandedValueSet("", None, codes)),
}
