"""The guideline, compiled once: from one patient's facts to decisions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from cql import Engine
from mappers import PatientFacts
from plandefinitions.guideline.criteria import Criterion
from plandefinitions.guideline.decision import CriterionFound, Decision, Decisions, Gap
from plandefinitions.guideline.entry import ORDER_HOOKS, Entry, read_entries
from plandefinitions.guideline.errors import SettingsError
from plandefinitions.guideline.facts import LABELS, RECORDED_AS
from plandefinitions.guideline.missing import MissingFacts, facts_read
from plandefinitions.guideline.narration import Narrator, deciding, met, state, value_of
from plandefinitions.guideline.parameters import Parameter, read_parameters
from plandefinitions.guideline.program import FACTS, Compiled, Program, compile_program, condition_name
from plandefinitions.guideline.settings import GuidelineSettings

_NOT_OURS = "not a soft tissue sarcoma that this guidance covers"
_DECEASED = "the patient has died"
_SHOWN_GAPS = 5


class Guideline:
    """The compiled guideline. Immutable, and safe to use from many threads at once."""

    def __init__(self, program: Program, parameters: Mapping[str, Parameter], entries: tuple[Entry, ...]) -> None:
        """For ``load``."""
        self.entries = entries
        self.parameters = parameters
        self._program = program
        self._engine = Engine(program.library)
        self._compiled = {one.entry.id: one for one in program.entries}
        self._given = {f"{FACTS}.{one.name}": one.value for one in parameters.values() if one.changed}
        reads = {c.key: facts_read(program.library, c.key) for one in program.entries for c in one.criteria}
        self._missing = MissingFacts(self._engine, reads)

    @classmethod
    def load(cls, settings: GuidelineSettings | None = None) -> "Guideline":
        """Compile the content. Raises ``ContentError`` and ``SettingsError``."""
        chosen = settings or GuidelineSettings()
        entries = read_entries(chosen.content)
        _check_switches(entries, chosen.switched_off)
        program = compile_program(entries, chosen.content)
        parameters = read_parameters(program.facts_text, program.words[FACTS], chosen.parameters)
        return cls(program, parameters, tuple(one for one in entries if one.id not in chosen.switched_off))

    @cached_property
    def _by_hook(self) -> Mapping[str, tuple[Compiled, ...]]:
        found: dict[str, list[Compiled]] = defaultdict(list)
        for entry in self.entries:
            for hook in ORDER_HOOKS if entry.kind == "order-check" else entry.hooks:
                found[hook].append(self._compiled[entry.id])
        return {hook: tuple(one) for hook, one in found.items()}

    def entry(self, identifier: str) -> Entry:
        """One entry. Raises ``KeyError``."""
        return next(one for one in self.entries if one.id == identifier) if identifier in self._compiled else _no(identifier)

    def decide(self, patient: PatientFacts, hook: str, now: datetime | None = None) -> Decisions:
        """Decide every recommendation of the hook and, at the order hooks, every order check.

        A patient without a sarcoma of this guidance's scope, and one who has died, is answered without evaluating
        anything: every entry is not applicable. ``now`` is the moment of the call with its time zone.
        """
        entries = self._by_hook.get(hook, ())
        recommendations = tuple(one for one in entries if one.entry.kind != "data-gaps")
        reason = _out_of_scope(patient)
        if reason is not None:
            decided = tuple(Decision(one.entry, "not-applicable", (reason,)) for one in recommendations)
            return Decisions(patient, hook, decided, parameters=self.parameters)
        return _Call(self, patient, hook, now).decisions(entries)


def _no(identifier: str) -> Entry:
    raise KeyError(identifier)


def _out_of_scope(patient: PatientFacts) -> str | None:
    demographics = patient.facts["demographics"].value
    if isinstance(demographics, Mapping) and demographics.get("deceased") is True:
        return _DECEASED
    return _NOT_OURS if patient.facts["in_scope"].value == "no" else None


def _check_switches(entries: Iterable[Entry], switched_off: frozenset[str]) -> None:
    known = {one.id: one for one in entries}
    for name in sorted(switched_off):
        entry = known.get(name.partition("/")[0])
        if entry is None:
            raise SettingsError(f"switched_off: the guideline has no entry {name!r}; it has: {', '.join(known)}")
        if "/" not in name and not entry.local:
            raise SettingsError(f"switched_off: {name} is the papers' own; only what is of local origin can be left out")


class _Call:
    """One decision call: the values of one evaluation, and the words made of them."""

    def __init__(self, guideline: Guideline, patient: PatientFacts, hook: str, now: datetime | None) -> None:
        self._guideline = guideline
        self._program = guideline._program
        self._patient = patient
        self._hook = hook
        self._now = now
        patient_id = patient.patient_id or "patient"
        self._data = [{"resourceType": "Patient", "id": patient_id}, *patient.observations()]
        self._narrator = Narrator(patient, guideline.parameters)
        self._values: Mapping[str, Any] = {}
        self._absent: Mapping[str, tuple[str, ...]] = {}

    def decisions(self, entries: tuple[Compiled, ...]) -> Decisions:
        """Evaluate and tell."""
        wanted = list(dict.fromkeys(name for one in entries for name in one.wanted))
        engine = self._guideline._engine
        given = self._guideline._given
        self._values = engine.evaluate(self._data, parameters=given, now=self._now, defines=wanted)
        unknown = [c.key for one in entries for c in self._unknown(one)]
        self._absent = self._guideline._missing.of(unknown, self._patient, self._data, given, self._now)
        decided = [self._decision(one) for one in entries if one.entry.kind != "data-gaps"]
        gaps_entry = next((one for one in entries if one.entry.kind == "data-gaps"), None)
        gaps = self._gaps(decided) if gaps_entry and self._values[gaps_entry.outputs["When"]] is True else ()
        return Decisions(
            self._patient,
            self._hook,
            tuple(decided),
            gaps,
            Decision(gaps_entry.entry, "offered") if gaps and gaps_entry else None,
            self._guideline.parameters,
        )

    def _unknown(self, one: Compiled) -> Iterator[Criterion]:
        """The unknown criteria that decide: of an undecided condition, or of what might outrank one that is met."""
        status = self._output(one, "Status")
        if status == "undecided" or (status is None and value_of(one.condition, self._values) is None):
            yield from deciding(one.condition, self._values)
        if status == "to-confirm":
            yield from (c.criterion for c in one.unless if self._values[c.criterion.key] is None)

    def _output(self, one: Compiled, name: str) -> Any:
        key = one.outputs.get(name)
        return None if key is None else self._values[key]

    def _decision(self, one: Compiled) -> Decision:
        status = str(self._output(one, "Status"))
        unknown = list(dict.fromkeys(self._unknown(one)))
        missing = dict.fromkeys(fact for c in unknown for fact in self._absent[c.key])
        return Decision(
            one.entry,
            status,
            tuple(dict.fromkeys(self._because(one, status))),
            tuple(missing),
            tuple(dict.fromkeys(self._to_confirm(one, status))),
            str(self._output(one, "Indicator") or "info"),
            tuple(self._output(one, "Notes") or ()),
            str(self._output(one, "Text") or ""),
            self._output(one, "Alternative") is True,
            tuple(self._output(one, "Draft Concerned") or ()) if one.entry.kind == "order-check" else (),
            tuple(self._table(one)),
        )

    def _because(self, one: Compiled, status: str) -> Iterator[str]:
        if status == "suppressed":
            for clause in one.unless:
                if self._values[clause.criterion.key] is True:
                    yield self._sentence(clause.criterion)
        if status in ("undecided", "not-applicable"):
            yield from map(self._sentence, deciding(one.condition, self._values))
        if status != "not-applicable":
            yield from map(self._sentence, met(one.condition, self._values))

    def _to_confirm(self, one: Compiled, status: str) -> Iterator[str]:
        if status != "to-confirm":
            return
        for row in self._output(one, "To Confirm") or ():
            if row["holds"] is True:
                yield str(row["what"])
        for clause in one.unless:
            if self._values[clause.criterion.key] is None:
                yield self._sentence(clause.criterion)

    def _sentence(self, criterion: Criterion) -> str:
        words = self._program.words_of(criterion)
        missing = self._absent.get(criterion.key, ())
        return self._narrator.sentence(criterion, words, self._values[criterion.key], missing)

    def _table(self, one: Compiled) -> Iterator[CriterionFound]:
        for number, part in enumerate(one.condition.parts):
            members = (part,) if isinstance(part, Criterion) else tuple(_flat(part))
            for criterion in members:
                yield self._row(criterion, "when" if isinstance(part, Criterion) else "any-of", number)
        for number, clause in enumerate(one.unless):
            yield self._row(clause.criterion, "unless", number)

    def _row(self, criterion: Criterion, role: str, group: int) -> CriterionFound:
        value = self._values[criterion.key]
        missing = self._absent.get(criterion.key, ()) if value is None else ()
        words = self._sentence(criterion)
        return CriterionFound(criterion.name, state(value), words, role, group, criterion.local, missing)

    def _gaps(self, decided: Iterable[Decision]) -> tuple[Gap, ...]:
        """The facts that would decide the undecided, those that decide most first."""
        by_fact: dict[str, list[Entry]] = defaultdict(list)
        for one in decided:
            if one.status == "undecided":
                for fact in one.missing:
                    by_fact[fact].append(one.entry)
        if not by_fact:
            return ()
        if self._patient.facts["ecog"].status != "known":
            by_fact.setdefault("ecog", [])
        ordered = sorted(by_fact, key=lambda fact: -len(by_fact[fact]))[:_SHOWN_GAPS]
        unread = "the record could not be read"
        return tuple(Gap(one, LABELS[one], tuple(by_fact[one]), RECORDED_AS.get(one, unread)) for one in ordered)


def _flat(node: Any) -> Iterator[Criterion]:
    if isinstance(node, Criterion):
        yield node
    else:
        for part in node.parts:
            yield from _flat(part)
