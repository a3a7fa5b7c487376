"""One call: the values of one evaluation over one patient, and what is said of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cql import Engine
from mappers import PatientFacts
from plandefinitions.guideline.criteria import Criterion, leaves
from plandefinitions.guideline.decision import CriterionFound, Decision, Decisions, Gap, Reads, Said
from plandefinitions.guideline.entry import Entry
from plandefinitions.guideline.facts import LABELS, RECORDED_AS
from plandefinitions.guideline.missing import MissingFacts
from plandefinitions.guideline.narration import Narrator, deciding, met, state
from plandefinitions.guideline.parameters import Parameter
from plandefinitions.guideline.program import FACTS, Compiled, Program

_SHOWN_GAPS = 5


@dataclass(frozen=True, slots=True)
class Evaluator:
    """What all calls share."""

    program: Program
    engine: Engine
    missing: MissingFacts
    parameters: Mapping[str, Parameter]
    reads: Mapping[str, Reads]
    """What the criteria of each entry read, by its id."""

    def decide(
        self, entries: tuple[Compiled, ...], patient: PatientFacts, hook: str, now: datetime | None
    ) -> Decisions:
        """Evaluate the entries' conditions together and tell what they gave."""
        data = _data(patient)
        given = {f"{FACTS}.{one.name}": one.value for one in self.parameters.values() if one.changed}
        wanted = dict.fromkeys(name for one in entries for name in one.wanted)
        values = self.engine.evaluate(data, parameters=given, now=now, defines=wanted)
        open_ones = {one.entry.id: _open(one, values) for one in entries}
        keys = dict.fromkeys(criterion.key for found in open_ones.values() for criterion in found)
        absent = self.missing.of(keys, patient, data, given, now)
        told = _Told(self.program, values, absent, Narrator(patient, self.parameters))
        decisions = tuple(
            _decision(one, told, open_ones[one.entry.id], self.reads[one.entry.id])
            for one in entries
            if one.entry.kind != "data-gaps"
        )
        asked = next((one for one in entries if one.entry.kind == "data-gaps"), None)
        gaps = _gaps(decisions, patient) if asked and values[asked.outputs["When"]] is True else ()
        card = Decision(asked.entry, "offered", Said(("facts are missing",))) if asked and gaps else None
        return Decisions(patient, hook, decisions, gaps, card, self.parameters)

    def computed(self, one: Compiled, patient: PatientFacts, now: datetime) -> frozenset[tuple[str, str]]:
        """(library, define or function) of what deciding an entry computes, with the content's own parameters."""
        result = self.engine.evaluate(_data(patient), now=now, defines=one.wanted, trace=True)
        computed: frozenset[tuple[str, str]] = result.trace.computed
        return computed


def _data(patient: PatientFacts) -> list[dict[str, Any]]:
    """What the guideline's CQL reads of a patient."""
    return [{"resourceType": "Patient", "id": patient.patient_id or "patient"}, *patient.observations()]


def _open(one: Compiled, values: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The unknown criteria that decide: of an undecided condition, or of what might outrank one that is met."""
    status = values[one.outputs["Status"]] if "Status" in one.outputs else None
    if status == "undecided":
        return tuple(dict.fromkeys(deciding(one.condition, values)))
    if status == "to-confirm":
        return tuple(c.criterion for c in one.unless if values[c.criterion.key] is None)
    return ()


def _decision(one: Compiled, told: "_Told", unknown: Iterable[Criterion], reads: Reads) -> Decision:
    def output(name: str) -> Any:
        return told.values[one.outputs[name]] if name in one.outputs else None

    status = str(output("Status"))
    return Decision(
        one.entry,
        status,
        _Reasons(one, status, told),
        tuple(dict.fromkeys(fact for criterion in unknown for fact in told.absent[criterion.key])),
        str(output("Indicator") or "info"),
        tuple(output("Notes") or ()),
        str(output("Text") or ""),
        output("Alternative") is True,
        tuple(output("Draft Concerned") or ()),
        tuple(_offers(one, told.values)),
        reads,
    )


def _offers(one: Compiled, values: Mapping[str, Any]) -> Iterator[str]:
    """The child actions without a condition, and those whose condition is true."""
    for identifier, offer in one.entry.offers.items():
        condition = one.entry.condition_of(offer)
        if condition is None or values[one.outputs[condition]] is True:
            yield identifier


def _gaps(decisions: Iterable[Decision], patient: PatientFacts) -> tuple[Gap, ...]:
    """The facts that would decide the undecided, those that decide most first; a missing ECOG is one line."""
    by_fact: dict[str, list[Entry]] = defaultdict(list)
    for one in decisions:
        if one.status == "undecided":
            for fact in one.missing:
                by_fact[fact].append(one.entry)
    if not by_fact:
        return ()
    if patient.facts["ecog"].status != "known":
        by_fact.setdefault("ecog", [])
    ordered = sorted(by_fact, key=lambda fact: -len(by_fact[fact]))[:_SHOWN_GAPS]
    return tuple(Gap(one, LABELS[one], tuple(by_fact[one]), RECORDED_AS.get(one, "")) for one in ordered)


class _Told:
    """The values of one evaluation and the sentences about them, each written once."""

    def __init__(
        self,
        program: Program,
        values: Mapping[str, Any],
        absent: Mapping[str, tuple[str, ...]],
        narrator: Narrator,
    ) -> None:
        self.values = values
        self.absent = absent
        self._program = program
        self._narrator = narrator
        self._sentences: dict[str, str] = {}

    def sentence(self, criterion: Criterion) -> str:
        """What a criterion found."""
        key = criterion.key
        if key not in self._sentences:
            words = self._program.words_of(criterion)
            missing = self.absent.get(key, ())
            self._sentences[key] = self._narrator.sentence(criterion, words, self.values[key], missing)
        return self._sentences[key]


@dataclass(frozen=True, slots=True)
class _Reasons:
    """The words of one decision."""

    one: Compiled
    status: str
    told: _Told

    def because(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._because()))

    def _because(self) -> Iterator[str]:
        condition, values = self.one.condition, self.told.values
        if self.status == "suppressed":
            yield from (self.told.sentence(c.criterion) for c in self.one.unless if values[c.criterion.key] is True)
        if self.status in ("undecided", "not-applicable"):
            yield from map(self.told.sentence, deciding(condition, values))
        if self.status != "not-applicable":
            yield from map(self.told.sentence, met(condition, values))

    def to_confirm(self) -> tuple[str, ...]:
        if self.status != "to-confirm":
            return ()
        values = self.told.values
        left = values[self.one.outputs["To Confirm"]] if "To Confirm" in self.one.outputs else ()
        said = [str(row["what"]) for row in left or () if row["holds"] is True]
        said += [self.told.sentence(c.criterion) for c in self.one.unless if values[c.criterion.key] is None]
        return tuple(dict.fromkeys(said))

    def criteria(self) -> tuple[CriterionFound, ...]:
        return tuple(self._rows())

    def _rows(self) -> Iterator[CriterionFound]:
        for group, part in enumerate(self.one.condition.parts):
            role = "when" if isinstance(part, Criterion) else "any-of"
            yield from (self._row(criterion, role, group) for criterion in leaves(part))
        for group, clause in enumerate(self.one.unless):
            yield self._row(clause.criterion, "unless", group)

    def _row(self, criterion: Criterion, role: str, group: int) -> CriterionFound:
        value = self.told.values[criterion.key]
        missing = self.told.absent.get(criterion.key, ()) if value is None else ()
        words = self.told.sentence(criterion)
        return CriterionFound(criterion.name, state(value), words, role, group, criterion.local, missing)
