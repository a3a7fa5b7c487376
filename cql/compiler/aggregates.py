"""Aggregate operators (ELM chapter "Aggregate Operators")."""

from __future__ import annotations

from cql.compiler.emitter import Emitter
from cql.compiler.forms import Value
from cql.compiler.nodes import Node
from cql.compiler.operators import TypeRule, boolean, element, operator
from cql.compiler.registry import emits

_ROWS: tuple[tuple[str, str, TypeRule], ...] = (
    ("Sum", "sum", element),
    ("Product", "product", element),
    ("Min", "min", element),
    ("Max", "max", element),
    ("Avg", "avg", element),
    ("Median", "median", element),
    ("Mode", "mode", element),
    ("Variance", "variance", element),
    ("StdDev", "std_dev", element),
    ("PopulationVariance", "population_variance", element),
    ("PopulationStdDev", "population_std_dev", element),
    ("GeometricMean", "geometric_mean", element),
    ("AllTrue", "all_true", boolean),
    ("AnyTrue", "any_true", boolean),
)
for _elm, _function, _result in _ROWS:
    operator(_elm, f"aggregate.{_function}", _result, operands=("source",))


@emits("Aggregate")
def _aggregate(emitter: Emitter, node: Node) -> Value:
    """``$total`` runs from ``initialValue`` through ``iteration`` for each element ``$this``."""
    source = emitter.value(node["source"])
    total = emitter.bind(emitter.optional(node.get("initialValue")))
    with emitter.nested(f"if {source} is not None:"):
        emitter.line(f"E.tick(len({source}))")
        alias, position = emitter.writer.name("a"), emitter.writer.name("i")
        names = {"$this": Value(alias), "$index": Value(position), "$total": Value(total)}
        with emitter.loop(f"for {position}, {alias} in enumerate({source}):"), emitter.binding(names):
            emitter.line(f"{total} = {emitter.value(node['iteration'])}")
    return Value(total)
