"""An evaluation that goes on: defines are computed when they are asked for, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from cql.errors import EvaluationError

if TYPE_CHECKING:
    from cql.evaluation import Evaluation
    from cql.result import Result


class Session:
    """The defines of a library over one patient's data, each computed at most once, and only if asked for.

    Made by ``Engine.session``. Holds the state of one evaluation: for one thread, once.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        reading: Callable[[], AbstractContextManager[Any]],
        result: Callable[[dict[str, Any], dict[str, EvaluationError]], Result],
    ) -> None:
        """For ``Engine.session``."""
        self._evaluation = evaluation
        self._reading = reading
        self._values: dict[str, Any] = {}
        self._errors: dict[str, EvaluationError] = {}
        self.result = result(self._values, self._errors)

    def value(self, name: str) -> Any:
        """The value of a define, a FHIR element boxed with its type (``cql.data.element``).

        Raises ``EvaluationError`` when it fails, ``KeyError`` when there is no such define.

        ``result`` has everything computed so far, with warnings, messages and trace.
        """
        if name not in self._values and name not in self._errors:
            definition = self._evaluation.program.defines[name]
            with self._reading() as circumstances:
                self._evaluation.moments = circumstances.moments
                circumstances.tick = self._evaluation.tick
                try:
                    self._values[name] = self._evaluation.compute(definition)
                except EvaluationError as error:
                    self._errors[name] = error
        if name in self._errors:
            raise self._errors[name]
        return self._values[name]
