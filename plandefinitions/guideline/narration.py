"""Decisions in words: what each criterion found, and which of them decided."""

import re
from collections.abc import Collection, Iterator, Mapping

from mappers import PatientFacts
from plandefinitions.guideline.criteria import Criterion, Group
from plandefinitions.guideline.facts import LABELS, RECORDED_AS, interval_with_days, show
from plandefinitions.guideline.parameters import Number, Parameter
from plandefinitions.guideline.words import Words

Value = bool | None
_PLACEHOLDER = re.compile(r"\{([\w.\-]+)\}")
_STATES: Mapping[Value, str] = {True: "met", False: "not-met", None: "unknown"}


def state(value: Value) -> str:
    """met, not-met or unknown."""
    return _STATES[value]


def value_of(node: Criterion | Group, values: Mapping[str, Value]) -> Value:
    """A criterion's value, or that of a group by three-valued logic."""
    if isinstance(node, Criterion):
        return values[node.key]
    parts = [value_of(part, values) for part in node.parts]
    decisive = node.any
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def deciding(node: Criterion | Group, values: Mapping[str, Value]) -> Iterator[Criterion]:
    """The criteria that make a condition what it is: those whose value is the condition's own."""
    value = value_of(node, values)
    if isinstance(node, Criterion):
        yield node
        return
    for part in node.parts:
        if value_of(part, values) is value:
            yield from deciding(part, values)


def met(node: Criterion | Group, values: Mapping[str, Value]) -> Iterator[Criterion]:
    """The criteria that speak for a condition: those of its parts that are met."""
    if isinstance(node, Criterion):
        yield node
        return
    for part in node.parts:
        if value_of(part, values) is True:
            yield from met(part, values)


class Narrator:
    """Writes sentences about one patient."""

    def __init__(self, facts: PatientFacts, parameters: Mapping[str, Parameter]) -> None:
        self._facts = facts
        self._parameters = parameters

    def sentence(self, criterion: Criterion, words: Words, value: Value, missing: tuple[str, ...] = ()) -> str:
        """What a criterion found, without capital and full stop."""
        template = words.get({True: "met", False: "unmet", None: "unknown"}[value])
        if template is None:
            template = self._plain(criterion, value, missing)
        if "{" not in template:
            return template
        places = _PLACEHOLDER.findall(template)
        limits = [self._parameters[name].value for one in places if (name := one.partition(".")[0]) in self._parameters]
        return _tidy(_PLACEHOLDER.sub(lambda found: self._fill(found[1], limits), template))

    def _plain(self, criterion: Criterion, value: Value, missing: tuple[str, ...]) -> str:
        name = criterion.name[:1].lower() + criterion.name[1:]
        if value is None:
            return "; ".join(self.absence(key) for key in missing) or f"{name}: not known"
        return name if value else f"not so: {name}"

    def absence(self, key: str) -> str:
        """That a fact is not there: not recorded, contradictory, or not read."""
        fact, label = self._facts.facts[key], LABELS[key]
        if fact.status == "conflicting":
            return f"{label}: the record contradicts itself"
        if key not in RECORDED_AS:
            return f"{label}: the record could not be read"
        if fact.status == "known":
            return f"{label}: too imprecise to decide"
        return f"{label} not recorded"

    def _fill(self, place: str, limits: Collection[Number]) -> str:
        """A value in words. An interval that would read like the limit it is held against is given with its days."""
        name, _, part = place.partition(".")
        parameter = self._parameters.get(name)
        if parameter is not None:
            return parameter.number if part == "number" else parameter.shown
        if place == "disease_free_interval_months" and self._facts.facts[place].value in limits:
            return interval_with_days(self._facts.facts[place])
        return show(self._facts, place)


def _tidy(text: str) -> str:
    """Without what a value that is not there leaves behind."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,;:])", r"\1", text)
    return re.sub(r"[\s,;:]+$", "", text).strip()
