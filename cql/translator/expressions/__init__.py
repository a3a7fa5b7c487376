"""The translation of every kind of expression, by chapter of the CQL reference."""

from __future__ import annotations

from cql.syntax.nodes import Expression
from cql.translator.context import Handler
from cql.translator.expressions import (
    conditionals,
    functions,
    literals,
    names,
    operators,
    queries,
    retrieve,
    selectors,
    temporal,
    timing,
    type_operators,
)

HANDLERS: dict[type[Expression], Handler] = {
    **literals.HANDLERS,
    **selectors.HANDLERS,
    **names.HANDLERS,
    **functions.HANDLERS,
    **operators.HANDLERS,
    **temporal.HANDLERS,
    **timing.HANDLERS,
    **type_operators.HANDLERS,
    **conditionals.HANDLERS,
    **queries.HANDLERS,
    **retrieve.HANDLERS,
}
