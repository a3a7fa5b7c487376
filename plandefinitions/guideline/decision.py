"""What the guideline decides: one decision for each entry, with its reasons in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from mappers import PatientFacts
from plandefinitions.guideline.entry import Entry
from plandefinitions.guideline.parameters import Parameter

SHOWN = frozenset({"offered", "to-confirm", "alternative"})


@dataclass(frozen=True, slots=True)
class CriterionFound:
    """One row of the criteria table.

    ``state``: met, not-met or unknown. ``role``: ``when`` (must hold), ``any-of`` (one of those with the same ``group``
    must hold) or ``unless`` (must not hold). ``missing`` names the facts that would settle an unknown one that decides.
    """

    name: str
    state: str
    words: str
    role: str
    group: int
    local: bool
    missing: tuple[str, ...] = ()


class Reasons(Protocol):
    """Where a decision's words come from. They are written when they are first asked for."""

    def because(self) -> tuple[str, ...]:
        """What decided, in sentences."""

    def to_confirm(self) -> tuple[str, ...]:
        """What is left to confirm, in sentences."""

    def criteria(self) -> tuple[CriterionFound, ...]:
        """The criteria table."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words that are there already: for what is decided without looking at criteria."""

    sentences: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    rows: tuple[CriterionFound, ...] = ()

    def because(self) -> tuple[str, ...]:
        """The sentences."""
        return self.sentences

    def to_confirm(self) -> tuple[str, ...]:
        """What is left to confirm."""
        return self.left

    def criteria(self) -> tuple[CriterionFound, ...]:
        """The rows."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Reads:
    """What an entry's criteria read, those that would outrank it included: facts, and parameters by their names."""

    facts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """One entry's decision for one patient.

    ``status``: offered, to-confirm, alternative, suppressed, not-applicable or undecided. ``missing`` names facts:
    those that keep it undecided, or that are left to confirm. ``alternative`` says that it ranks after an offered one
    whatever its status. ``drafts`` are the references of the draft orders that an order check is about. ``text`` is the
    first sentence of a card, where that depends on facts. ``offers`` are the ids of the plan's child actions that can
    be suggested to this patient.
    """

    entry: Entry
    status: str
    reasons: Reasons = field(default=Said(), repr=False)
    missing: tuple[str, ...] = ()
    indicator: str = "info"
    notes: tuple[str, ...] = ()
    text: str = ""
    alternative: bool = False
    drafts: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    reads: Reads = field(default=Reads(), repr=False)

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.entry.id

    @property
    def kind(self) -> str:
        """The entry's kind: recommendation, order-check or data-gaps."""
        return self.entry.kind

    @property
    def plan(self) -> Mapping[str, object]:
        """The entry's PlanDefinition."""
        return self.entry.plan

    @property
    def shown(self) -> bool:
        """Whether it appears on a card."""
        return self.status in SHOWN

    @cached_property
    def because(self) -> tuple[str, ...]:
        """What decided: sentences without capital and full stop, the decisive ones first."""
        return self.reasons.because()

    @cached_property
    def to_confirm(self) -> tuple[str, ...]:
        """What is left to confirm: sentences without capital and full stop."""
        return self.reasons.to_confirm()

    @cached_property
    def criteria(self) -> tuple[CriterionFound, ...]:
        """The criteria table: every criterion of the condition and of what outranks it, with what was found."""
        return self.reasons.criteria()

    def to_explanation(self) -> dict[str, object]:
        """The decision as the explanation shows it."""
        shown: dict[str, object] = {
            "id": self.id,
            "kind": self.kind,
            "status": self.status,
            "because": list(self.because),
            "missing": list(self.missing),
        }
        if self.to_confirm:
            shown["to_confirm"] = list(self.to_confirm)
        if self.notes:
            shown["notes"] = list(self.notes)
        if self.drafts:
            shown["drafts"] = list(self.drafts)
        return shown


@dataclass(frozen=True, slots=True)
class Gap:
    """One missing fact: the entries it would help to decide, and where it would be recorded.

    `recorded_as` is empty for a fact that is missing only because the record could not be read.
    """

    fact: str
    label: str
    decides: tuple[Entry, ...]
    recorded_as: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of one hook call. ``gaps`` is what the data-gaps card lists (empty: no such card)."""

    facts: PatientFacts
    hook: str
    decisions: tuple[Decision, ...]
    gaps: tuple[Gap, ...] = ()
    data_gaps: Decision | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def of(self, identifier: str) -> Decision:
        """The decision of one entry. Raises ``KeyError`` when it is not decided at this hook."""
        found = next((one for one in self.decisions if one.id == identifier), None)
        if found is None:
            raise KeyError(identifier)
        return found

    @property
    def shown(self) -> tuple[Decision, ...]:
        """The decisions that appear on cards."""
        return tuple(one for one in self.decisions if one.shown)

    def to_explanation(self) -> list[dict[str, object]]:
        """The ``recommendations`` of an explanation."""
        return [one.to_explanation() for one in self.decisions]
