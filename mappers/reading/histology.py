"""The histology behind a code, with ambiguous codes decided by the site or the words beside them."""

from typing import NamedTuple

from mappers.fhir.read import Coding
from mappers.reading.phrases import mentions
from mappers.terminology import Meaning, is_a, meanings

_SOFT_TISSUE = ("soft-tissue", "retroperitoneum", "peritoneum", "skin")


class Context(NamedTuple):
    """What stands beside a code: the organ it is about, and the words."""

    organ: str
    words: str


class Read(NamedTuple):
    """A histology read from a code; `ambiguous` when the code alone could mean something else."""

    concept: str
    metastatic: bool
    ambiguous: bool
    system: str


def histology_of(coding: Coding, context: Context) -> list[Read]:
    """Every histology a coding stands for."""
    return [
        Read(_decided(meaning, context), meaning.detail == "yes", bool(meaning.rules), meaning.system)
        for meaning in meanings(coding.system, coding.code)
        if meaning.family == "histology"
    ]


def _decided(meaning: Meaning, context: Context) -> str:
    if not meaning.rules:
        return _by_site(meaning.concept, context.organ)
    named: list[str] | None = None
    for rule in meaning.rules:
        if rule.test == "site":
            matches = context.organ == rule.wanted or (rule.wanted == "soft-tissue" and context.organ in _SOFT_TISSUE)
        else:
            if named is None:
                named = [
                    m.concept for m in mentions(context.words) if m.kind == "histology" and m.polarity == "affirmed"
                ]
            matches = rule.wanted in named
        if matches:
            return rule.concept
    return meaning.concept


def _by_site(concept: str, organ: str) -> str:
    """A histology whose site makes it another one: a leiomyosarcoma of the uterus, an angiosarcoma of the skin."""
    if organ == "uterus" and is_a("uterine_" + concept, concept):
        return "uterine_" + concept
    if organ == "skin" and concept == "angiosarcoma":
        return "cutaneous_angiosarcoma"
    return concept
