"""Observation: measurements, staging, performance status, molecular results, and facts stated directly."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mappers.fhir.read import Coding, Json, as_bool, as_dicts, as_text, codings, concept_text
from mappers.fhir.systems import system_key
from mappers.reading.direct import read_direct
from mappers.reading.finding import PATHOLOGY
from mappers.reading.genomics import MARKERS, read_molecular
from mappers.reading.histology import Context, histology_of
from mappers.reading.measure import (
    read_anthracycline_dose,
    read_ecog,
    read_grade,
    read_karnofsky,
    read_lvef,
    read_tumour_size,
)
from mappers.reading.phrases import mentions, read_text
from mappers.reading.source import Source
from mappers.reading.stage import (
    read_history_of_metastasis,
    read_metastasis_site,
    read_metastasis_status,
    read_stage,
    read_stage_observation,
)
from mappers.recall import remembered
from mappers.terminology import in_scope, meanings, site_of_words
from mappers.terminology.labels import observable_of_label

_WORDY = frozenset({"valueString", "note"})
_DROPPED = ("entered-in-error", "cancelled", "registered")
FACTS_SYSTEM = "sarcoma-facts"


def may_matter(resource: Json) -> bool:
    """Whether an Observation can say anything: most of a record are laboratory values of no interest here.

    A known code, a telling label, or words that say something. Cheap: this is asked of every Observation.
    """
    if not resource.keys().isdisjoint(_WORDY):
        return True
    code = resource.get("code")
    if isinstance(code, dict) and isinstance(listed := code.get("coding"), list):
        label = code.get("text")
        for item in listed:
            if isinstance(item, dict):
                system, key = item.get("system"), item.get("code")
                label = label or item.get("display")
                if not isinstance(system, str) or not isinstance(key, str) or _coded(system, key):
                    return True
        return (isinstance(label, str) and observable_of_label(label) != "") or _value_may_matter(resource)
    return True


def _value_may_matter(resource: Json) -> bool:
    """Whether the value of an Observation of no known code is a known code, or its words say something."""
    for component in as_dicts(resource.get("component")):
        if "valueString" in component or any(_coded(c.system, c.code) for c in codings(component.get("code"))):
            return True
    if isinstance(resource.get("valueBoolean"), bool):
        return bool(mentions(_labelled_value(resource)))
    value = resource.get("valueCodeableConcept")
    if value is None:
        return False
    return any(_coded(c.system, c.code) for c in codings(value)) or bool(mentions(_labelled_value(resource)))


def _labelled_value(resource: Json) -> str:
    """The words of the value behind the label that gives them their sense; empty for a value without words."""
    value = as_text(resource.get("valueString")) or concept_text(resource.get("valueCodeableConcept"))
    if isinstance(answer := resource.get("valueBoolean"), bool):
        value = "yes" if answer else "no"
    label = concept_text(resource.get("code"))
    return f"{label}: {value}" if label and value else value


@remembered(maxsize=8192)
def _coded(system: str, code: str) -> bool:
    return bool(meanings(system, code)) or system_key(system) == FACTS_SYSTEM


def read_observation(source: Source) -> None:
    """Reads one Observation by its code, else by its label, else only its words."""
    resource = source.resource
    if as_text(resource.get("status")) in _DROPPED:
        return
    own = codings(resource.get("code"))
    direct = next((c for c in own if system_key(c.system) == FACTS_SYSTEM), None)
    observable = direct.code.lower() if direct else _observable(own, resource)
    _set_date(source)
    if direct:
        read_direct(source, observable)
    elif observable in MARKERS:
        read_molecular(source, observable, own)
    elif reader := _READERS.get(observable):
        reader(source)
    elif observable:
        read_direct(source, observable, by_label=True)
    else:
        _read_value_codes(source)
    if not direct:
        _read_words(source, observable)
    if observable in _PANELS:
        _read_components(source)


def _read_components(source: Source) -> None:
    """Each component of a panel as an Observation of its own: of the same date and about the same thing."""
    shared = {key: source.resource[key] for key in ("focus", "bodySite") if key in source.resource}
    for component in as_dicts(source.resource.get("component")):
        named = _observable(codings(component.get("code")), component)
        if named in _OF_A_PANEL and (reader := _READERS.get(named)):
            reader(replace(source, resource={**shared, **component}))


def _observable(own: list[Coding], resource: Json) -> str:
    for coding in own:
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "observable":
                return meaning.concept
            if meaning.family == "metastasis" and meaning.concept == "history":
                return "history-of-metastasis"
    return observable_of_label(concept_text(resource.get("code")))


def _set_date(source: Source) -> None:
    source.when = (
        source.date("effectiveDateTime", "effectiveInstant")
        or source.record.period(source.resource.get("effectivePeriod"), source.reference, "effectivePeriod")[0]
    )
    if source.when is None:
        source.when = source.date("issued")
        source.fallback = source.when is not None


def _read_histology(source: Source) -> None:
    resource = source.resource
    organ = site_of_words(concept_text(resource.get("bodySite")))
    values = [resource.get("valueCodeableConcept")]
    values += [c.get("valueCodeableConcept") for c in as_dicts(resource.get("component"))]
    for value in values:
        words = concept_text(value)
        for coding in codings(value):
            for found in histology_of(coding, Context(organ or site_of_words(words), f"{words} {coding.display}")):
                source.add(
                    "histology",
                    found.concept,
                    f"{found.system}-morphology",
                    coding.code,
                    authority=PATHOLOGY,
                    ambiguous=found.ambiguous,
                )
                if found.metastatic:
                    tie = "sarcoma" if in_scope(found.concept) else "other"
                    source.add("metastasis", "unspecified", f"{found.system}-combined-code", coding.code, tie=tie)
    source.authority = PATHOLOGY


def _read_pathology_text(source: Source) -> None:
    source.authority = PATHOLOGY


def _read_disease_status(source: Source) -> None:
    value = source.resource.get("valueCodeableConcept")
    found = [m.detail for c in codings(value) for m in meanings(c.system, c.code) if m.family == "answer"]
    text = concept_text(value) or as_text(source.resource.get("valueString"))
    if "worsened" in found or (
        not found and re.search(r"\b(progress|worsen)", text, re.I) and "no " not in text.lower()
    ):
        source.add("progression", "progression", "disease-status", text)


def _read_pregnancy(source: Source) -> None:
    value = source.resource.get("valueCodeableConcept")
    text = (concept_text(value) or as_text(source.resource.get("valueString"))).lower()
    answers = {m.detail for c in codings(value) for m in meanings(c.system, c.code) if m.family == "answer"}
    answered = as_bool(source.resource.get("valueBoolean"))
    if answers & {"no", "negative"} or answered is False or re.search(r"\bnot pregnant|\bnegative", text):
        source.add("pregnancy", "pregnant", "pregnancy-status", text, polarity="negated")
    elif answers & {"yes", "positive"} or answered is True or re.search(r"\bpregnant|\bpositive", text):
        recent = source.when is None or (source.record.as_of - source.when.low).days <= 310
        source.add("pregnancy", "pregnant", "pregnancy-status", text, active=recent)


def _read_tumour_board(source: Source) -> None:
    source.add("tumour-board", "discussion", "tumour-board-note")


def _read_value_codes(source: Source) -> None:
    """An Observation of no known code whose value is a morphology or a performance score all the same."""
    value = source.resource.get("valueCodeableConcept")
    known = [m for c in codings(value) for m in meanings(c.system, c.code)]
    if any(m.family == "histology" for m in known):
        _read_histology(source)
    elif any(m.family == "answer" and m.concept in ("m-category", "stage") for m in known):
        read_stage(source, value, "coded-value")
    elif any(m.family == "answer" and m.concept == "ecog" for m in known):
        read_ecog(source)


_WORDLESS = frozenset(
    ("ecog", "karnofsky", "lvef", "pregnancy", "tumour-size", "grade", "stage", "m-category", "disease-free-interval")
)


def _read_words(source: Source, observable: str) -> None:
    """The words of an Observation, except where its value has been read already."""
    resource = source.resource
    texts = [as_text(note.get("text")) for note in as_dicts(resource.get("note"))]
    if observable not in _WORDLESS and observable not in MARKERS:
        value = as_text(resource.get("valueString")) or concept_text(resource.get("valueCodeableConcept"))
        texts.append(value if observable else _labelled_value(resource))
        texts += [_labelled_value(c) for c in as_dicts(resource.get("component"))]
    for text in dict.fromkeys(texts):
        if text and not (observable == "histology" and source.has("histology")):
            read_text(source, text)


_PANELS = ("", "stage", "m-category")
_OF_A_PANEL = frozenset(
    ("ecog", "karnofsky", "lvef", "grade", "stage", "m-category", "metastasis-status", "metastasis-site", "pregnancy")
)

_READERS: dict[str, Callable[[Source], None]] = {
    "ecog": read_ecog,
    "karnofsky": read_karnofsky,
    "lvef": read_lvef,
    "tumour-size": read_tumour_size,
    "histology": _read_histology,
    "pathology-text": _read_pathology_text,
    "grade": read_grade,
    "stage": partial(read_stage_observation, rule="stage"),
    "m-category": partial(read_stage_observation, rule="m-category"),
    "metastasis-status": read_metastasis_status,
    "metastasis-site": read_metastasis_site,
    "history-of-metastasis": read_history_of_metastasis,
    "disease-status": _read_disease_status,
    "pregnancy": _read_pregnancy,
    "tumour-board": _read_tumour_board,
    "anthracycline-dose": read_anthracycline_dose,
}
