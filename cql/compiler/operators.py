"""Operators that are plain functions of their operands: one table row each, in the chapter modules.

A row names the function in ``cql.operators``, the ELM members that hold the operands, and how the result's type follows
from theirs. Calls on constants are made while compiling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.linking import resolve
from cql.compiler.nodes import Node, items, precision
from cql.compiler.registry import EMITTERS
from cql.errors import CqlError, LimitExceeded
from cql.types import BOOLEAN, DECIMAL, INTEGER, STRING, CqlType, IntervalType, ListType
from cql.values import Code, Concept, Date, DateTime, Interval, Quantity, Ratio, Time

TypeRule = Callable[[Sequence[CqlType | None]], CqlType | None]

# Results that may be kept as constants: immutable, and written to the disk cache without loss.
_KEEPABLE = (bool, int, str, Quantity, Ratio, Code, Concept, Date, Time, Interval)


def boolean(_: Sequence[CqlType | None]) -> CqlType:
    """The result is a Boolean."""
    return BOOLEAN


def integer(_: Sequence[CqlType | None]) -> CqlType:
    """The result is an Integer."""
    return INTEGER


def decimal(_: Sequence[CqlType | None]) -> CqlType:
    """The result is a Decimal."""
    return DECIMAL


def string(_: Sequence[CqlType | None]) -> CqlType:
    """The result is a String."""
    return STRING


def strings(_: Sequence[CqlType | None]) -> CqlType:
    """The result is a list of Strings."""
    return ListType(STRING)


def always(of: CqlType) -> TypeRule:
    """The result has one type, whatever the operands."""
    return lambda _: of


def unknown(_: Sequence[CqlType | None]) -> None:
    """Nothing is known of the result's type."""


def first(types: Sequence[CqlType | None]) -> CqlType | None:
    """The result has the type of the first operand."""
    return types[0] if types else None


def same(types: Sequence[CqlType | None]) -> CqlType | None:
    """The result has the type that all operands have."""
    return types[0] if types and all(one == types[0] for one in types) else None


def element(types: Sequence[CqlType | None]) -> CqlType | None:
    """The result is an element of the list, or a point of the interval, that the first operand is."""
    match types[0] if types else None:
        case ListType(of) | IntervalType(of):
            return of
    return None


def operator(
    elm: str,
    function: str,
    result: TypeRule = unknown,
    *,
    operands: Sequence[str] = ("operand",),
    precise: bool = False,
    keywords: str = "",
) -> None:
    """Register an operator.

    ``operands``: the ELM members with the operands, in the order of the function's parameters. ``precise``: the
    function takes the ``precision`` attribute. ``keywords``: further arguments as code; such a call is never made
    while compiling.
    """

    def emit(emitter: Emitter, node: Node) -> Value:
        values = [emitter.boxed(emitter.emit(one)) if one else NULL for one in _operands(node, operands)]
        extra = [f"{precision(node)!r}"] if precise and precision(node) else []
        return apply(emitter, function, values, result([one.type for one in values]), extra, keywords)

    assert elm not in EMITTERS, elm
    EMITTERS[elm] = emit


NULL = Value("None", None, None)


def _operands(node: Node, members: Sequence[str]) -> list[Node | None]:
    found: list[Node | None] = []
    for member in members:
        under = items(node, member)
        found += under or ([None] if member != "operand" else [])
    return found


def apply(
    emitter: Emitter,
    function: str,
    values: Sequence[Value],
    of: CqlType | None,
    extra: Sequence[str] = (),
    keywords: str = "",
) -> Value:
    """Write the call of an operator, or make it now when all operands are constants."""
    if values and not keywords and not emitter.builder.tracing and all(one.is_const for one in values):
        folded = _folded(emitter, function, values, of, extra)
        if folded is not None:
            return folded
    arguments = [*(one.code for one in values), *extra, *([keywords] if keywords else [])]
    return Value(emitter.call(function, *arguments), of)


def _folded(
    emitter: Emitter, function: str, values: Sequence[Value], of: CqlType | None, extra: Sequence[str]
) -> Value | None:
    """The result as a constant; None when it is better computed by each evaluation (errors belong there too)."""
    try:
        result = resolve(function)(*(one.const for one in values), *(one[1:-1] for one in extra))
    except LimitExceeded:
        return None
    except (CqlError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError):
        return None
    if result is None or isinstance(result, _KEEPABLE) or type(result).__name__ == "Decimal":
        return emitter.const(result, of)
    if isinstance(result, DateTime) and result.offset is not None:
        return emitter.const(result, of)
    return None
