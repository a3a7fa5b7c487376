"""FHIRPath expressions, evaluated by ``fhirpathpy``; ``now()`` and ``today()`` are the request's.

The package mutates what it reads and keeps the clock in a global, so it gets copies, and its clock functions are
replaced.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from importlib import import_module
from typing import Any


class FhirPathProblem(ValueError):
    """An expression that could not be evaluated; the message says why."""


def evaluate(text: str, focus: Any, variables: Mapping[str, Any], moment: datetime.datetime) -> list[Any]:
    """The collection that the expression gives on ``focus``, with ``%name`` for each variable. Raises
    ``FhirPathProblem``.
    """
    known = {name: deepcopy(value) if value is not None else [] for name, value in variables.items()}
    subject = deepcopy(focus) if focus is not None else []
    known.setdefault("context", subject)
    try:
        model = _part("models").models["r4"]
        found = _part("").apply_parsed_path(
            subject, _parsed(text), known, model, {"userInvocationTable": _clock(moment)}
        )
    except Exception as error:  # the package raises whatever its depths raise
        raise FhirPathProblem(f"{text!r}: {error}") from error
    return [_plain(one) for one in found]


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Any:
    return _part("parser").parse(text)


def _part(name: str) -> Any:
    """A module of the package, which has no types; loaded when the first expression needs it."""
    return import_module(f"fhirpathpy.{name}" if name else "fhirpathpy")


def _clock(moment: datetime.datetime) -> dict[str, Any]:
    """The clock functions, as the package takes functions of its callers."""
    texts = {
        "now": ("FP_DateTime", moment.isoformat(timespec="milliseconds")),
        "today": ("FP_DateTime", moment.date().isoformat()),
        "timeOfDay": ("FP_Time", moment.time().isoformat(timespec="milliseconds")),
    }

    def function(kind: str, text: str) -> dict[str, Any]:
        return {"fn": lambda inputs: [getattr(_part("engine.nodes"), kind)(text)], "arity": {0: []}}

    return {name: function(*one) for name, one in texts.items()}


def _plain(value: Any) -> Any:
    """Values of the package's own types as text or FHIR JSON."""
    if type(value).__module__.startswith("fhirpathpy"):
        if type(value).__name__ == "FP_Quantity":
            unit = str(value.unit).strip("'")
            return {"value": value.value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        return str(value)
    return value
