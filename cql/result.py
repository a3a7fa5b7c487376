"""What an evaluation gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cql.data.element import unboxed
from cql.data.warnings import DataWarning
from cql.errors import EvaluationError
from cql.operators.message import MessageRecord

if TYPE_CHECKING:
    from cql.evaluation import Evaluation
    from cql.library import Library


class Result(Mapping[str, Any]):
    """What an evaluation gave, by define. A FHIR element is given as its JSON, like the resource it comes from.

    Reading a define that failed raises its ``EvaluationError``; ``errors`` has them all. ``warnings`` are about the
    data, ``messages`` what the library said with ``Message``.
    """

    def __init__(
        self,
        library: Library,
        evaluation: Evaluation,
        values: dict[str, Any],
        errors: dict[str, EvaluationError],
        traced: bool,
    ) -> None:
        self._library = library
        self._evaluation = evaluation
        self._values = values
        self.errors: Mapping[str, EvaluationError] = errors
        self._traced = traced

    def __getitem__(self, name: str) -> Any:
        if name in self.errors:
            raise self.errors[name]
        return unboxed(self._values[name])

    def __iter__(self) -> Iterator[str]:
        return iter((*self._values, *self.errors))

    def __len__(self) -> int:
        return len(self._values) + len(self.errors)

    @property
    def defines(self) -> Mapping[str, Any]:
        """The values of the defines that did not fail."""
        return {name: unboxed(value) for name, value in self._values.items()}

    @property
    def warnings(self) -> tuple[DataWarning, ...]:
        """What was found wrong with the data that was looked at."""
        return self._evaluation.index.placed_warnings()

    @property
    def messages(self) -> tuple[MessageRecord, ...]:
        """The messages of the library, in order."""
        return tuple(self._evaluation.messages)

    @property
    def trace(self) -> Any:
        """What was read and decided, and why. Raises ``ValueError`` unless the evaluation was asked to trace."""
        if not self._traced:
            raise ValueError("the evaluation has no trace; ask for it with evaluate(..., trace=True)")
        from cql.trace import Trace

        return Trace(
            self._library.name, self._evaluation.program.blueprint, self._evaluation.recorded, self._library.sources
        )
