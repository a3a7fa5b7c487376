"""The guideline, compiled once: from one patient's facts to decisions."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from cql import Engine, Library
from mappers import PatientFacts
from plandefinitions.guideline.decision import Decision, Decisions, Said
from plandefinitions.guideline.entry import ORDER_HOOKS, Entry, read_entries
from plandefinitions.guideline.evaluation import Evaluator
from plandefinitions.guideline.missing import MissingFacts
from plandefinitions.guideline.parameters import Parameter, read_parameters
from plandefinitions.guideline.program import FACTS, Compiled, Program, compile_program
from plandefinitions.guideline.settings import GuidelineSettings
from plandefinitions.guideline.switches import criteria_off, entries_off

_NOT_OURS = "not a soft tissue sarcoma that this guidance covers"
_DECEASED = "the patient has died"


class Guideline:
    """The compiled guideline. Immutable, and safe to use from many threads at once."""

    def __init__(self, program: Program, parameters: Mapping[str, Parameter], off: frozenset[str]) -> None:
        """For ``load``. ``off``: ids of entries that are compiled, since others refer to them, but not decided."""
        self.entries: tuple[Entry, ...] = tuple(one.entry for one in program.entries if one.entry.id not in off)
        self.parameters = parameters
        self._program = program
        self._off = off
        by_hook: dict[str, list[Compiled]] = defaultdict(list)
        for one in program.entries:
            if one.entry.id not in off:
                for hook in ORDER_HOOKS if one.entry.kind == "order-check" else one.entry.hooks:
                    by_hook[hook].append(one)
        self._by_hook = {hook: tuple(entries) for hook, entries in by_hook.items()}
        missing = MissingFacts(program)
        reads = {one.entry.id: missing.reads(one) for one in program.entries}
        self._evaluator = Evaluator(program, Engine(program.library), missing, parameters, reads)

    @classmethod
    def load(cls, settings: GuidelineSettings | None = None) -> "Guideline":
        """Compile the content. Raises ``ContentError`` and ``SettingsError``."""
        chosen = settings or GuidelineSettings()
        entries = read_entries(chosen.content)
        off = entries_off(entries, chosen.switched_off)
        program = compile_program(entries, chosen.content, criteria_off(entries, chosen.switched_off))
        parameters = read_parameters(program.libraries.texts[FACTS], program.words[FACTS], chosen.parameters)
        return cls(program, parameters, off)

    def without(self, identifiers: Collection[str]) -> "Guideline":
        """The same guideline with these entries not decided."""
        return Guideline(self._program, self.parameters, self._off.union(identifiers))

    @property
    def texts(self) -> Mapping[str, str]:
        """The CQL of every library, by its name."""
        return self._program.libraries.texts

    def library(self, entry: Entry) -> Library:
        """The compiled CQL library of an entry."""
        return self._program.libraries.load(entry.library)

    def included(self, entry: Entry) -> tuple[str, ...]:
        """The names of the libraries that an entry's own includes, and those include."""
        return self._program.libraries.included(entry.library)

    @property
    def statements(self) -> frozenset[tuple[str, str]]:
        """(library, define or function) of everything that the content's CQL defines."""
        libraries = map(self._program.libraries.load, self.texts)
        return frozenset((one.name, name) for one in libraries for name in one.statements)

    def computed(self, patient: PatientFacts, identifier: str, now: datetime) -> frozenset[tuple[str, str]]:
        """(library, define or function) of what deciding one entry for the patient computes. Slow: it is traced."""
        if _out_of_scope(patient) is not None:
            return frozenset()
        entry = next(one for one in self._program.entries if one.entry.id == identifier)
        return self._evaluator.computed(entry, patient, now)

    @property
    def hooks(self) -> tuple[str, ...]:
        """The hooks at which anything is decided."""
        return tuple(self._by_hook)

    def entry(self, identifier: str) -> Entry:
        """One entry. Raises ``KeyError``."""
        found = next((one for one in self.entries if one.id == identifier), None)
        if found is None:
            raise KeyError(identifier)
        return found

    def decide(
        self, patient: PatientFacts, hook: str, now: datetime | None = None, only: Collection[str] | None = None
    ) -> Decisions:
        """Decide every recommendation of the hook and, at the order hooks, every order check.

        A patient without a sarcoma of this guidance's scope, and one who has died, is answered without evaluating
        anything: every entry is not applicable. ``now`` is the moment of the call with its time zone; ``only`` are the
        ids of the entries that are wanted.
        """
        entries = self._by_hook.get(hook, ())
        if only is not None:
            entries = tuple(one for one in entries if one.entry.id in only)
        reason = _out_of_scope(patient)
        if reason is None:
            return self._evaluator.decide(entries, patient, hook, now)
        told = Said((reason,))
        decided = tuple(Decision(one.entry, "not-applicable", told) for one in entries if one.entry.kind != "data-gaps")
        return Decisions(patient, hook, decided, parameters=self.parameters)


def _out_of_scope(patient: PatientFacts) -> str | None:
    demographics = patient.facts["demographics"].value
    if isinstance(demographics, Mapping) and demographics.get("deceased") is True:
        return _DECEASED
    return _NOT_OURS if patient.facts["in_scope"].value == "no" else None
