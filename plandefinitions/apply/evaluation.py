"""The expressions of one request: each computed at most once, unknown kept apart from false, errors kept as results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cql.data.element import FhirElement
from cql.errors import CqlError
from cql.session import Session
from cql.trace import Trace
from plandefinitions.apply.content.content import Content
from plandefinitions.apply.content.model import Bound
from plandefinitions.apply.parameters import bind_parameters
from plandefinitions.apply.request import ApplyProblem, Request

Truth = Literal["true", "false", "unknown", "error"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression gave: a value (None: unknown), or an error in words. ``computed`` is the expression it is
    from, the alternative one when that was used.
    """

    value: Any
    error: str | None
    computed: Bound

    @property
    def truth(self) -> tuple[Truth, str | None]:
        """The result as that of a condition; anything but a Boolean or null is an error of the author's."""
        if self.error is not None:
            return "error", self.error
        value = self.value.value if isinstance(self.value, FhirElement) else self.value
        if value is None:
            return "unknown", None
        if isinstance(value, bool):
            return ("true" if value else "false"), None
        return (
            "error",
            f"a condition must be Boolean, but {self.computed.text!r} gave {type(value).__name__} {str(value)[:60]!r}",
        )


class Evaluator:
    """Evaluates bound expressions for one request. For one thread; may serve several plans of the same request."""

    def __init__(self, content: Content, request: Request, mapping: Mapping[str, str]) -> None:
        self._content = content
        self._request = request
        self._mapping = mapping
        self._sessions: dict[int, Session] = {}
        self._traces: dict[int, Trace] = {}
        self._named: dict[str, Any] = {}
        self.problems: list[str] = []

    def evaluate(self, bound: Bound, scope: Mapping[str, Any], definition: Mapping[str, Any] | None = None) -> Outcome:
        """The expression's value. For FHIRPath, ``scope`` has ``%action`` and ``%resource``, and paths start at
        ``definition`` (of a dynamicValue), unless they name the subject's type; without it at the subject.
        """
        outcome = self._cql(bound) if bound.language == "cql" else self._fhirpath(bound, scope, definition)
        if outcome.value is None and bound.alternative is not None:
            second = self.evaluate(bound.alternative, scope, definition)
            outcome = second if second.error is None or outcome.error is None else outcome
        if bound.name and outcome.error is None:
            self._named[bound.name] = outcome.value
        return outcome

    def reasons(self, bound: Bound) -> tuple[str, ...]:
        """Why a CQL expression is null: what was missing, in words. Empty without tracing, and for FHIRPath."""
        if not self._request.trace or bound.language != "cql" or bound.program not in self._sessions:
            return ()
        if bound.program not in self._traces:
            self._traces[bound.program] = self._sessions[bound.program].result.trace
        return tuple(dict.fromkeys(one.text for one in self._traces[bound.program].reasons(bound.key)))

    def computed(self) -> frozenset[tuple[str, str]]:
        """(library, define or function) of what has been computed. The request must be traced."""
        traces = (one.result.trace.computed for one in self._sessions.values())
        return frozenset[tuple[str, str]]().union(*traces)

    def _cql(self, bound: Bound) -> Outcome:
        try:
            return Outcome(self._session(bound.program).value(bound.key), None, bound)
        except CqlError as error:
            return Outcome(None, str(error), bound)

    def _session(self, number: int) -> Session:
        if number not in self._sessions:
            program = self._content.programs[number]
            assert program is not None  # a plan whose program failed is not applied
            parameters, problems = bind_parameters(
                program.library, self._request.parameters, self._request.variables, self._mapping, self._request.index
            )
            self.problems += problems
            try:
                self._sessions[number] = program.engine.session(
                    self._request.index, parameters, self._request.moment, self._request.trace
                )
            except ValueError as error:
                raise ApplyProblem(str(error)) from error
        return self._sessions[number]

    def _fhirpath(self, bound: Bound, scope: Mapping[str, Any], definition: Mapping[str, Any] | None) -> Outcome:
        from plandefinitions.apply.fhirpath import FhirPathProblem, evaluate

        request = self._request
        subject = request.variables.get("subject")
        about_subject = definition is None or bound.text.lstrip().startswith(f"{request.subject_type}.")
        variables = {**request.parameters, **self._named, **request.variables, "patient": subject, **scope}
        try:
            found = evaluate(bound.text, subject if about_subject else definition, variables, request.moment)
        except FhirPathProblem as error:
            return Outcome(None, str(error), bound)
        return Outcome(None if not found else found[0] if len(found) == 1 else found, None, bound)
