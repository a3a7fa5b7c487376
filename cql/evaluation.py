"""The state of one evaluation: what generated code works on."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from cql.compiler.missing import MISSING
from cql.data.index import DataIndex
from cql.errors import DataError, EvaluationError, LimitExceeded, ValueSetNotFound
from cql.limits import Limits
from cql.operators.message import MessageRecord
from cql.values import Code, CodeSystem, Concept, DateTime, Interval, Uncertainty, ValueSet

if TYPE_CHECKING:
    from cql.compiler.image import Definition, Program
    from cql.terminology import Terminology
    from cql.terminology.code_system import CodeSystemContent
    from cql.terminology.value_set import ExpandedValueSet


class Evaluation:
    """All state of one evaluation; generated code knows it as ``E``. Used by one thread, once."""

    __slots__ = (
        "_deadline",
        "_terminology",
        "index",
        "limits",
        "log",
        "memo",
        "messages",
        "moments",
        "now",
        "offset",
        "program",
        "recorded",
        "steps",
    )

    def __init__(
        self,
        program: Program,
        index: DataIndex,
        terminology: Terminology | None,
        limits: Limits,
        now: DateTime,
        offset: int,
    ) -> None:
        self.program = program
        self.index = index
        self.limits = limits
        self.now = now
        self.offset = offset
        self.memo: list[Any] = [MISSING] * program.slots
        self.messages: list[MessageRecord] = []
        self.moments: dict[str, DateTime] = {}
        self.recorded: list[tuple[int, Any]] = []
        self.log = self.recorded.append
        self.steps = 0
        self._terminology = terminology
        self._deadline = None if limits.max_seconds is None else monotonic() + limits.max_seconds

    def tick(self, count: int) -> None:
        """Count steps. Raises ``LimitExceeded`` when there are too many, or the time is over."""
        self.steps += count
        if self.steps > self.limits.max_steps:
            raise LimitExceeded(f"the evaluation takes more steps than the limit max_steps, {self.limits.max_steps}")
        if self._deadline is not None and monotonic() > self._deadline:
            raise LimitExceeded(f"the evaluation takes longer than the limit max_seconds, {self.limits.max_seconds}")

    def message(self, record: MessageRecord) -> None:
        """Keep what the library said."""
        self.messages.append(record)

    def value_set(self, value_set: ValueSet | None) -> ExpandedValueSet:
        """A value set's codes. Raises ``ValueSetNotFound`` when no loaded content has it."""
        if value_set is None:
            raise EvaluationError("the value set is null")
        if self._terminology is None:
            raise ValueSetNotFound(f"the value set {value_set.id} is needed, but the engine was given no value sets")
        return self._terminology.value_set(value_set.id, value_set.version)

    def codes_of(self, value_set: ValueSet | None) -> list[Code] | None:
        """A value set's codes as a list; null for null."""
        return None if value_set is None else list(self.value_set(value_set).codes)

    def code_system(self, system: CodeSystem | None) -> CodeSystemContent:
        """A code system's content. Raises ``ValueSetNotFound`` when it is not loaded."""
        if system is None:
            raise EvaluationError("the code system is null")
        found = self._terminology.code_system(system.id, system.version) if self._terminology is not None else None
        if found is None:
            raise ValueSetNotFound(f"the code system {system.id} is needed, but its content is not loaded")
        return found

    def subsumes(self, ancestor: Code | Concept | None, descendant: Code | Concept | None) -> bool | None:
        """Is a code (or one of a concept's) the same as, or above, another in their code system? Null for null.

        Raises ``ValueSetNotFound`` when the content of a code system is needed that is not loaded.
        """
        if ancestor is None or descendant is None:
            return None
        above = ancestor.codes if isinstance(ancestor, Concept) else (ancestor,)
        below = descendant.codes if isinstance(descendant, Concept) else (descendant,)
        return any(self._is_above(one, other) for one in above for other in below)

    def _is_above(self, one: Code, other: Code) -> bool:
        if one.system != other.system or one.code is None or other.code is None:
            return False
        if one.code == other.code or one.system is None:
            return one.code == other.code
        return self.code_system(CodeSystem(one.system, one.version)).descends_from(other.code, one.code)

    def compute(self, definition: Definition) -> Any:
        """The value of a define, an uncertain number as the Interval of what it can be.

        Raises ``EvaluationError`` with the place where it failed.
        """
        functions = self.program.functions
        try:
            value = functions[definition.function](self)
        except EvaluationError as error:
            self._locate(error, error)
            raise
        except RecursionError as error:
            problem: EvaluationError = LimitExceeded("values or calls are nested too deeply")
            raise self._locate(problem, error) from error
        except DataError:
            raise
        except Exception as error:
            problem = EvaluationError(f"{type(error).__name__}: {error}")
            raise self._locate(problem, error) from error
        return Interval(value.low, value.high) if type(value) is Uncertainty else value

    def _locate(self, problem: EvaluationError, error: BaseException) -> EvaluationError:
        place = self.program.place_of(error)
        return problem if place is None else problem.at(*place)
