"""The guideline's own test cases: ``cases.yaml`` of each entry, run, and what they covered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mappers import PatientFacts, map_patient
from plandefinitions.guideline.case_facts import AS_OF, facts_of
from plandefinitions.guideline.decision import Decision, Decisions
from plandefinitions.guideline.entry import Entry
from plandefinitions.guideline.errors import ContentError
from plandefinitions.guideline.guideline import Guideline

_TEXTS = ((str, list), "a text, or a list of texts")
_CASE_KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "name": ((str, int, float), "text"),
    "hook": (str, "text"),
    "facts": (dict, "an object of facts"),
    "resources": (list, "a list of FHIR resources"),
    "drafts": (list, "a list of FHIR resources"),
    "selections": (list, "a list of references"),
    "unread": (list, "a list of resource types"),
    "status": (str, "text"),
    "missing": (list, "a list of facts"),
    "because": _TEXTS,
    "to_confirm": _TEXTS,
    "notes": _TEXTS,
    "indicator": (str, "text"),
    "text": (str, "text"),
    "drafts_concerned": (list, "a list of references"),
    "gaps": (list, "a list of facts"),
    "others": (dict, "an object of entry to status"),
}
"""What a case may say, and of which kind it is."""
NOW = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12, tzinfo=UTC)
STATES = ("met", "not-met", "unknown")
_DECIDED_BEFORE = "Soft Tissue Sarcoma"
"""A criterion that is never seen unmet: patients out of scope are answered before conditions are evaluated."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case of an entry: who the patient is, and what is expected of the entry's decision."""

    entry: str
    file: Path
    name: str
    hook: str
    patient: PatientFacts
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case gave. ``faults`` are sentences; none when it passed."""

    case: Case
    decisions: Decisions
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which states a criterion took over the cases of its entry."""

    entry: str
    criterion: str
    role: str
    states: frozenset[str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The states that no case reached, of met and not met."""
        reachable = STATES[:1] if self.criterion == _DECIDED_BEFORE else STATES[:2]
        return tuple(one for one in reachable if one not in self.states)


def read_cases(entry: Entry) -> tuple[Case, ...]:
    """The cases of one entry; none when it has no ``cases.yaml``. Raises ``ContentError``."""
    path = entry.folder / "cases.yaml"
    if not path.exists():
        return ()
    import yaml  # loaded only when cases are read: a service whose content is proven starts without

    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one written in C is ten times as fast
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), parser)
    except yaml.YAMLError as problem:
        raise ContentError(f"{path}: {problem}") from problem
    if not isinstance(document, dict) or not isinstance(document.get("cases"), list):
        raise ContentError(f'{path}: an object with the list "cases" is wanted (and "given": facts that all share)')
    given = document.get("given") or {}
    if not isinstance(given, dict) or not all(isinstance(one, dict) for one in document["cases"]):
        raise ContentError(f'{path}: "given" and each of "cases" must be objects')
    return tuple(_case(entry, path, given, one) for one in document["cases"])


def _case(entry: Entry, path: Path, given: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    name = str(case.get("name", "without a name"))
    for key, value in case.items():
        if key not in _CASE_KEYS:
            raise ContentError(f"{path}: case {name!r}: {key} is none of {', '.join(sorted(_CASE_KEYS))}")
        kind, words = _CASE_KEYS[key]
        if not isinstance(value, kind):
            raise ContentError(f"{path}: case {name!r}: {key} must be {words}")
    hook = str(case.get("hook") or ("order-sign" if entry.kind == "order-check" else entry.hooks[0]))
    try:
        patient = _patient(given, case)
    except (ContentError, AttributeError, KeyError, TypeError, ValueError) as problem:
        raise ContentError(f"{path}: case {name!r}: {problem}") from problem
    expected = {key: case[key] for key in case if key not in ("name", "hook", "facts", "resources", "drafts")}
    return Case(entry.id, path, name, hook, patient, expected)


def _patient(given: Mapping[str, Any], case: Mapping[str, Any]) -> PatientFacts:
    if "resources" in case:
        return map_patient(
            case["resources"],
            drafts=case.get("drafts", ()),
            selections=case.get("selections"),
            as_of=AS_OF,
            unread=case.get("unread", ()),
        )
    return facts_of({**given, **(case.get("facts") or {})})


def run_case(guideline: Guideline, case: Case) -> Outcome:
    """Decide for the case's patient and compare. Only what the case is about is evaluated."""
    decisions = guideline.decide(case.patient, case.hook, NOW, _concerned(guideline, case))
    return Outcome(case, decisions, tuple(_faults(case, decisions)))


def _concerned(guideline: Guideline, case: Case) -> frozenset[str] | None:
    """The entries that the case says something about; None for all, since the gaps are those of all."""
    if "gaps" in case.expected or guideline.entry(case.entry).kind == "data-gaps":
        return None
    return frozenset({case.entry, *case.expected.get("others", ())})


def never_computed(guideline: Guideline, cases: Iterable[Case]) -> tuple[tuple[str, str], ...]:
    """(library, define or function) of what none of these cases needs: dead, or not tested."""
    seen = frozenset[tuple[str, str]]().union(*(guideline.computed(one.patient, one.entry, NOW) for one in cases))
    return tuple(sorted(guideline.statements - seen))


def _faults(case: Case, decisions: Decisions) -> Iterator[str]:
    expected = case.expected
    if "gaps" in expected:
        gaps = [one.fact for one in decisions.gaps]
        if gaps != list(expected["gaps"]):
            yield f"gaps: expected {expected['gaps']}, found {gaps}"
    for other, status in expected.get("others", {}).items():
        found = next((one.status for one in decisions.decisions if one.id == other), "no such entry at this hook")
        if found != status:
            yield f"{other}: expected {status}, found {found}"
    decision = decisions.data_gaps if _is_gaps(case, decisions) else decisions.of(case.entry)
    yield from _decision_faults(expected, decision)


def _is_gaps(case: Case, decisions: Decisions) -> bool:
    return all(one.id != case.entry for one in decisions.decisions)


def _decision_faults(expected: Mapping[str, Any], decision: Decision | None) -> Iterator[str]:
    status = decision.status if decision else "not-applicable"
    if status != expected.get("status", status):
        because = "; ".join(decision.because) if decision else ""
        yield f"status: expected {expected['status']}, found {status} ({because})"
    if decision is None:
        return
    if "missing" in expected and set(map(str, expected["missing"])) != set(decision.missing):
        yield f"missing: expected {sorted(map(str, expected['missing']))}, found {sorted(decision.missing)}"
    for key, sentences in (
        ("because", decision.because),
        ("to_confirm", decision.to_confirm),
        ("notes", decision.notes),
    ):
        for words in _listed(expected.get(key)):
            if not any(words in one for one in sentences):
                yield f"{key}: no sentence has {words!r}; there are: {list(sentences)}"
    if expected.get("indicator", decision.indicator) != decision.indicator:
        yield f"indicator: expected {expected['indicator']}, found {decision.indicator}"
    if expected.get("text", "") not in decision.text:
        yield f"text: {expected['text']!r} is not in {decision.text!r}"
    drafts = expected.get("drafts_concerned")
    if drafts is not None and list(drafts) != list(decision.drafts):
        yield f"drafts_concerned: expected {drafts}, found {list(decision.drafts)}"


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value or ()]


def coverage(outcomes: Iterable[Outcome]) -> tuple[Coverage, ...]:
    """For each criterion of each entry that has cases: the states it took over them."""
    seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for outcome in outcomes:
        for decision in outcome.decisions.decisions:
            if decision.id == outcome.case.entry:
                for row in decision.criteria:
                    seen[decision.id, row.name, row.role].add(row.state)
    return tuple(Coverage(*key, frozenset(states)) for key, states in seen.items())
