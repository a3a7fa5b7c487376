"""From the names of operations in a program to the functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


@cache
def resolve(name: str) -> Callable[..., Any]:
    """The function that ``module.function`` names: of ``cql.operators``, or one of the engine's own modules."""
    module, _, function = name.partition(".")
    found: Callable[..., Any] = getattr(import_module(_MODULES.get(module, f"cql.operators.{module}")), function)
    return found


_MODULES = {
    "runtime": "cql.compiler.runtime",
    "structures": "cql.compiler.structures",
    "fhir_helpers": "cql.data.fhir_helpers",
    "instances": "cql.data.instances",
    "primitives": "cql.data.primitives",
    "properties": "cql.data.properties",
}
