"""Procedure, ServiceRequest and ImagingStudy: what was done to the patient, and what is ordered."""

import re

from mappers.fhir.dates import PartialDate
from mappers.fhir.read import Json, as_dict, as_dicts, as_text, codings, concept_text, first_code
from mappers.fhir.references import local_form, reference_text
from mappers.reading.intent import intent_of, intent_of_words
from mappers.reading.phrases import mentions, read_text
from mappers.reading.source import Source
from mappers.terminology import Meaning, in_scope, meanings, site_of_words
from mappers.terminology.procedures import PROCEDURES, ProcedureClass
from mappers.terminology.sites import NEVER_PRIMARY, metastatic_site
from mappers.text.mention import Mention
from mappers.text.words import word_set

_NAMED_BY = {"procedure": "", "tumour-board": "tumor_board", "sequencing": "genetic_test"}
"""Kinds of text mentions that name an order, and the procedure they stand for (empty: the one they name)."""
_STEREOTACTIC = re.compile(r"stereota|sbrt|sabr|radiosurg", re.IGNORECASE)
_CONSULTATION = re.compile(r"\b(?:consult(?:ation|s)?|refer(?:ral|red)?)\b", re.IGNORECASE)
_REFERRED_FOR = re.compile(r"\brefer(?:ral|red)?\b[^.;]*?\bfor\s+(?P<what>.+)", re.IGNORECASE | re.DOTALL)
_EXCISION = re.compile(r"\b(?:excision|resection|removal)s?\b", re.IGNORECASE)
_NOT_THE_PRIMARY = re.compile(r"recurr|relaps|metasta|incomplete|biops", re.IGNORECASE)
_TREATMENT = ("primary", "local-therapy")
_WORDS_BEFORE = 3
_NOT_ASKED_FOR = word_set(
    "of re regarding about on to with following after before post prior previous recent known seen"
)
_NOT_DONE = ("preparation", "not-done", "entered-in-error", "cancelled")
_SPINE = re.compile(r"\bspin(?:e|al)|vertebra|\bsacr|cauda equina|laminectom|\b[ctl]\d{1,2}\b")
_OTHER_BONE = re.compile(
    r"femur|femor|humer|tibia|fibula|\brib|skull|cranial|stern(?:um|al)|ilium|iliac|pelvi|\bhip\b|shoulder|scapula|clavic"
    r"|\bradius|\bulna|knee|ankle|wrist|foot|hand"
)
_NOT_ORDERED = ("revoked", "entered-in-error", "draft", "unknown", "cancelled", "suspended")


def read_procedure(source: Source) -> None:
    """Reads a Procedure that was done, at least in part."""
    resource = source.resource
    status = as_text(resource.get("status"))
    if status in _NOT_DONE:
        return
    source.when, ended = _performed(source)
    if status == "stopped" and source.when is None:
        return
    source.treatment = {"start": source.when, "end": ended, "state": "active" if status == "in-progress" else "ended"}
    known = read_orderable(source, "procedure", status=status, ended=ended)
    if not known or known.role == "systemic":
        code_texts(source)


def _performed(source: Source) -> tuple[PartialDate | None, PartialDate | None]:
    start, end = source.record.period(source.resource.get("performedPeriod"), source.reference, "performedPeriod")
    day = source.date("performedDateTime", "performedString", "performedDate")
    return day or start or end, end


def read_service_request(source: Source) -> None:
    """Reads an order of the record: open (active, on-hold) or completed. Drafts of the hook are read elsewhere."""
    resource = source.resource
    status = as_text(resource.get("status"))
    if status in _NOT_ORDERED or resource.get("doNotPerform") is True:
        return
    source.when = source.date("authoredOn", "occurrenceDateTime")
    read_orderable(source, "order", status=status, ended=None)


def read_imaging_study(source: Source) -> None:
    """Reads which imaging was done."""
    if as_text(source.resource.get("status")) in ("cancelled", "entered-in-error"):
        return
    source.when = source.date("started")
    resource = dict(source.resource)
    resource.setdefault("code", resource.get("procedureCode") or {"text": as_text(resource.get("description"))})
    source.resource = resource
    read_orderable(source, "procedure", status="completed", ended=None)


def identify(resource: Json, *, draft: bool = False) -> tuple[str, str, str]:
    """Which procedure a resource is about: (key, organ, words), by code, else by its words; empty when unknown.

    A consultation or referral is not the treatment it is about; only a `draft` that refers for one asks for it.
    """
    code = resource.get("code")
    found = codings(code)
    words = " ".join(dict.fromkeys(filter(None, [as_text(as_dict(code).get("text")), *(c.display for c in found)])))
    key = next((m.concept for c in found for m in meanings(c.system, c.code) if m.family == "procedure"), "")
    organ = _organ(resource)
    if not key:
        named = [m for m in mentions(words) if m.kind in _NAMED_BY and m.polarity == "affirmed"]
        if _CONSULTATION.search(words):
            named = [m for m in named if not _is_treatment(m)] or (_asked_for(words) if draft else [])
        if named:
            key = _NAMED_BY[named[0].kind] or named[0].concept
            said = named[0].attributes.get("site")
            organ = organ or (said if isinstance(said, str) else "")
        elif _takes_out_the_primary(words, organ):
            key = "resection_primary"
    if key == "radiotherapy" and _STEREOTACTIC.search(f"{_technique(resource)} {words}"):
        key = "sbrt"
    if key in PROCEDURES:
        organ = PROCEDURES[key].organ or organ
    return key, metastatic_site(organ or site_of_words(words)), words


def _takes_out_the_primary(words: str, organ: str) -> bool:
    """ "Excision of leiomyosarcoma, right thigh": not where metastases sit, and not of a recurrence."""
    if not _EXCISION.search(words) or _NOT_THE_PRIMARY.search(words) or _CONSULTATION.search(words):
        return False
    if (organ or site_of_words(words)) in NEVER_PRIMARY:
        return False
    return any(m.kind == "histology" and m.polarity == "affirmed" and in_scope(m.concept) for m in mentions(words))


def _is_treatment(mention: Mention) -> bool:
    return mention.kind == "procedure" and PROCEDURES[mention.concept].role in _TREATMENT


def _asked_for(words: str) -> list[Mention]:
    """The treatment a referral is for: "refer to radiation oncology for SBRT", but not "for discussion of SBRT"."""
    match = _REFERRED_FOR.search(words)
    if match is None:
        return []
    what = match["what"]
    named = [m for m in mentions(what) if _is_treatment(m) and m.polarity == "affirmed"][:1]
    before = what[: named[0].start].lower().split() if named else []
    return named if len(before) <= _WORDS_BEFORE and _NOT_ASKED_FOR.isdisjoint(before) else []


def _technique(resource: Json) -> str:
    """The words of coded extensions, where mCODE has the technique of radiotherapy."""
    return " ".join(
        concept_text(part.get("valueCodeableConcept"))
        for extension in as_dicts(resource.get("extension"))
        for part in [extension, *as_dicts(extension.get("extension"))]
    )


def _organ(resource: Json) -> str:
    for place in as_dicts(resource.get("bodySite")):
        for coding in codings(place):
            for meaning in meanings(coding.system, coding.code):
                if meaning.family == "site":
                    return meaning.concept
        if organ := site_of_words(concept_text(place)):
            return organ
    return ""


def read_orderable(source: Source, kind: str, *, status: str, ended: PartialDate | None) -> ProcedureClass | None:
    """Adds what a Procedure or ServiceRequest is about; None when it is none of the procedures known."""
    resource = source.resource
    key, organ, words = identify(resource)
    if key not in PROCEDURES:
        return None
    reasons = [concept_text(reason) for reason in as_dicts(resource.get("reasonCode"))]
    source.add(
        kind,
        key,
        "procedure-code"
        if any(m for c in codings(resource.get("code")) for m in meanings(c.system, c.code))
        else "text",
        words,
        site=organ,
        intent=intent_of(resource) or intent_of_words(words),
        reasons=tuple(local_form(r) for r in map(reference_text, as_dicts(resource.get("reasonReference"))) if r),
        reason_words=" ".join(filter(None, reasons)),
        reason_metastasis=any(m.family == "metastasis" for m in _reason_meanings(resource)),
        ended=ended,
        status=status or first_code(resource.get("status")),
        spinal=_spinal(resource, words) if organ == "bone" else None,
    )
    for note in as_dicts(resource.get("note")):
        read_text(source, as_text(note.get("text")))
    return PROCEDURES[key]


def _spinal(resource: Json, words: str) -> bool | None:
    """Whether the bone treated is the spine, by the words of the code and the site; None when they do not say."""
    said = " ".join([words, *map(concept_text, as_dicts(resource.get("bodySite")))]).lower()
    if _SPINE.search(said):
        return True
    return False if _OTHER_BONE.search(said) else None


def _reason_meanings(resource: Json) -> list[Meaning]:
    found = [coding for reason in as_dicts(resource.get("reasonCode")) for coding in codings(reason)]
    return [meaning for coding in found for meaning in meanings(coding.system, coding.code)]


def code_texts(source: Source) -> None:
    """Reads the words of a resource whose code is not known: its code's text and displays, and its notes.

    What names a consultation names a treatment that was talked about: its own words are left out.
    """
    code = source.resource.get("code")
    texts = [as_text(as_dict(code).get("text")), *(c.display for c in codings(code))]
    texts = [text for text in texts if not _CONSULTATION.search(text)]
    texts += [as_text(note.get("text")) for note in as_dicts(source.resource.get("note"))]
    texts.append(concept_text(source.resource.get("outcome")))
    for text in dict.fromkeys(texts):
        if text:
            read_text(source, text)
