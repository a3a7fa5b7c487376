"""How the words and codes of the sample records became facts, and what of the records no fact rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_hooks.demo.patients import SamplePatient
from cds_hooks.demo.stage import Stage
from cds_hooks.demo.view import fact_label, fact_value
from mappers.terminology import CONCEPTS, ancestors

Json = Mapping[str, Any]

_CODED = (
    "Condition",
    "Procedure",
    "Observation",
    "MedicationRequest",
    "MedicationStatement",
    "MedicationAdministration",
)
_NAMES = ("code", "medicationCodeableConcept")
_MOST_UNREAD = 150


@dataclass(slots=True)
class Reading:
    """Words of a record, and the rule by which they bore on a fact; the values that the fact then had, by patient."""

    words: str
    rule: str
    values: dict[str, list[SamplePatient]] = field(default_factory=lambda: defaultdict(list))
    references: int = 0


def page_values(stage: Stage) -> dict[str, Any]:
    """Readings by fact, and the names of what no fact rests on with their counts. Blocking."""
    readings: dict[str, dict[tuple[str, str], Reading]] = {}
    unread: Counter[tuple[str, str]] = Counter()
    for patient in stage.patients.values():
        played = stage.play_sample(patient, "patient-view")
        facts = played.answer.explain()["facts"]
        cited = set[str]()
        for key, fact in facts.items():
            for one in fact["evidence"]:
                cited.add(one["reference"])
                _note(readings.setdefault(key, {}), one, _value(key, fact), patient)
        unread.update(_unread(played.record.resources, cited))
    groups = [
        {"key": key, "label": fact_label(key), "readings": _by_words(found.values())} for key, found in readings.items()
    ]
    most = [{"type": kind, "name": name, "count": count} for (kind, name), count in unread.most_common(_MOST_UNREAD)]
    return {"groups": groups, "unread": most, "unread_total": len(unread), "patients": len(stage.patients)}


def _by_words(found: Iterable[Reading]) -> list[Reading]:
    return sorted(found, key=lambda one: one.words.lower())


def _note(found: dict[tuple[str, str], Reading], evidence: Json, value: str, patient: SamplePatient) -> None:
    key = (str(evidence.get("words", "")), str(evidence["rule"]))
    reading = found.setdefault(key, Reading(*key))
    reading.references += 1
    if patient not in reading.values[value]:
        reading.values[value].append(patient)


def _value(key: str, fact: Json) -> str:
    """The fact's value in words; of a histology its key, with what it is a kind of."""
    if fact["status"] != "known":
        return str(fact["status"])
    if key == "histology" and fact["value"] in CONCEPTS:
        return ", a kind of ".join((str(fact["value"]), *ancestors(str(fact["value"]))))
    return fact_value(key, fact)


def _unread(resources: Iterable[Json], cited: set[str]) -> Iterator[tuple[str, str]]:
    for one in resources:
        if one["resourceType"] in _CODED and f"{one['resourceType']}/{one.get('id')}" not in cited:
            yield one["resourceType"], _name(one)


def _name(resource: Json) -> str:
    concept: Json = next((resource[name] for name in _NAMES if isinstance(resource.get(name), dict)), {})
    coding: Json = next(iter(concept.get("coding", ())), {})
    return str(concept.get("text") or coding.get("display") or coding.get("code") or "without a name")
