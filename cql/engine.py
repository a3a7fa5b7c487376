"""Evaluation: a compiled library over one patient's data."""

from __future__ import annotations

import datetime as stdlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cql.data.context import reading
from cql.data.index import DataIndex
from cql.data.warnings import WarningLog
from cql.errors import EvaluationError, LimitExceeded
from cql.evaluation import Evaluation
from cql.limits import Limits
from cql.result import Result
from cql.session import Session
from cql.values import DateTime

if TYPE_CHECKING:
    from cql.compiler.image import Program
    from cql.library import Library
    from cql.terminology import Terminology

Zone = int | str | stdlib.tzinfo


class Engine:
    """Evaluates a library. Immutable; one engine may serve many threads.

    ``valuesets``: a ``Terminology``, or what makes one (FHIR ValueSets and CodeSystems, Bundles, a mapping of URL to
    codes). ``timezone``: that of times without one (an offset in minutes, ``"+01:00"``, ``"Europe/Berlin"``, a
    tzinfo); without it, that of the moment of evaluation.
    """

    def __init__(
        self, library: Library, valuesets: Any = None, limits: Limits | None = None, timezone: Zone | None = None
    ) -> None:
        self.library = library
        self.limits = limits or Limits()
        self._terminology = _terminology(valuesets)
        self._zone = None if timezone is None else _tzinfo(timezone)

    def evaluate(
        self,
        data: Any,
        parameters: Mapping[str, Any] | None = None,
        now: stdlib.datetime | DateTime | str | None = None,
        defines: Iterable[str] | None = None,
        trace: bool = False,
    ) -> Result:
        """Evaluate the library's public defines (or only those named) over a patient's data.

        ``data``: a FHIR Bundle, a resource, an iterable of resources, or a ``DataIndex``. ``parameters``: values by
        name, of CQL's types or of Python's (numbers, text, dates, FHIR JSON); ``"Library.Name"`` for one of an
        included library. ``now``: the moment of evaluation, with its time zone; by default the current time.

        A define that fails does not stop the others: its error is raised when it is read from the result. Raises
        ``DataError`` for data that is no FHIR, ``LimitExceeded`` at a safety limit, ``EvaluationError`` for parameters
        that do not fit, ``KeyError`` for a define that is not there.
        """
        program = self.library.tracing_program if trace else self.library.program
        wanted = (
            [one for one in program.defines.values() if one.is_public]
            if defines is None
            else [program.defines[name] for name in defines]
        )
        evaluation = self._begin(program, data, parameters, now)
        values: dict[str, Any] = {}
        errors: dict[str, EvaluationError] = {}
        with reading(evaluation.offset, evaluation.index.warnings) as circumstances:
            evaluation.moments = circumstances.moments
            circumstances.tick = evaluation.tick
            for one in wanted:
                try:
                    values[one.name] = evaluation.compute(one)
                except LimitExceeded:
                    raise
                except EvaluationError as error:
                    errors[one.name] = error
        return Result(self.library, evaluation, values, errors, trace)

    def session(
        self,
        data: Any,
        parameters: Mapping[str, Any] | None = None,
        now: stdlib.datetime | DateTime | str | None = None,
        trace: bool = False,
    ) -> Session:
        """Begin an evaluation whose defines are computed one at a time, as they are asked for.

        Arguments and errors are those of ``evaluate``; a limit that is reached is the error of the define asked for.
        """

        evaluation = self._begin(self.library.tracing_program if trace else self.library.program, data, parameters, now)
        return Session(
            evaluation,
            lambda: reading(evaluation.offset, evaluation.index.warnings),
            lambda values, errors: Result(self.library, evaluation, values, errors, trace),
        )

    def _begin(
        self,
        program: Program,
        data: Any,
        parameters: Mapping[str, Any] | None,
        now: stdlib.datetime | DateTime | str | None,
    ) -> Evaluation:
        """The state of a new evaluation, with its parameters."""
        moment, offset = self._moment(now)
        index = data if isinstance(data, DataIndex) else DataIndex(data, WarningLog())
        evaluation = Evaluation(program, index, self._terminology, self.limits, moment, offset)
        with reading(offset, index.warnings):
            if self.library.needs_patient:
                _ = index.patient
            self._fill_parameters(evaluation, parameters or {})
        return evaluation

    def _fill_parameters(self, evaluation: Evaluation, given: Mapping[str, Any]) -> None:
        if not given:
            return
        from cql.parameters import convert  # here, because it needs the operators, which loading a library does not

        known = {
            one.name if one.library is None else f"{one.library}.{one.name}": one
            for one in evaluation.program.parameters
        }
        for name, value in given.items():
            definition = known.get(name)
            if definition is None:
                names = ", ".join(known) or "none"
                raise EvaluationError(
                    f"the library has no parameter {name!r}; it has: {names}", library=self.library.name
                )
            try:
                evaluation.memo[definition.slot] = convert(value, definition.type, evaluation.offset)
            except ValueError as problem:
                raise EvaluationError(f"parameter {name!r}: {problem}", library=self.library.name) from problem

    def _moment(self, now: stdlib.datetime | DateTime | str | None) -> tuple[DateTime, int]:
        """The moment of evaluation in the evaluation's time zone, and that zone's offset in minutes."""
        if isinstance(now, str):
            now = DateTime.parse(now)
        if isinstance(now, DateTime):
            moment = now.first.replace(tzinfo=stdlib.timezone(stdlib.timedelta(minutes=now.offset or 0)))
            if now.offset is None and self._zone is not None:
                moment = now.first.replace(tzinfo=self._zone)
        elif now is None:
            moment = stdlib.datetime.now(stdlib.UTC)
        elif now.tzinfo is None:
            raise ValueError("now must say its time zone; give it a tzinfo")
        else:
            moment = now
        local = moment if self._zone is None else moment.astimezone(self._zone)
        delta = local.utcoffset() or stdlib.timedelta()
        offset = round(delta.total_seconds() / 60)
        return DateTime.of(local.replace(tzinfo=None), offset=offset), offset


def _terminology(valuesets: Any) -> Terminology | None:
    if valuesets is None:
        return None
    from cql.terminology import Terminology

    return valuesets if isinstance(valuesets, Terminology) else Terminology(valuesets)


def _tzinfo(zone: Zone) -> stdlib.tzinfo:
    """A time zone in any of its forms. Raises ``ValueError`` for what is none."""
    if isinstance(zone, stdlib.tzinfo):
        return zone
    if isinstance(zone, int):
        return stdlib.timezone(stdlib.timedelta(minutes=zone))
    try:
        if zone in ("Z", "UTC"):
            return stdlib.UTC
        if zone[:1] in ("+", "-"):
            return stdlib.datetime.fromisoformat(f"2000-01-01T00:00{zone}").tzinfo or stdlib.UTC
        return ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError) as problem:
        raise ValueError(
            f"{zone!r} is no time zone: an offset like +01:00 or a name like Europe/Berlin is wanted"
        ) from problem
