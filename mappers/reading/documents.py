"""DiagnosticReport, DocumentReference, ClinicalImpression, CarePlan: resources that say things in words."""

import re

from mappers.fhir.read import as_dict, as_dicts, as_text, attachment_text, codings, concept_text, narrative
from mappers.reading.finding import PATHOLOGY, PROBLEM_LIST
from mappers.reading.histology import Context, histology_of
from mappers.reading.phrases import read_text
from mappers.reading.procedure import identify
from mappers.reading.source import Source
from mappers.terminology import in_scope, meanings, site_of_words
from mappers.terminology.procedures import PROCEDURES

_DROPPED = ("entered-in-error", "cancelled", "registered")
_PATHOLOGY = re.compile(r"patholog|histolog|cytolog|biopsy", re.IGNORECASE)
_IMAGING = re.compile(r"\b(mri?|ct|pet|magnetic|tomograph)", re.IGNORECASE)
_MODALITY = re.compile(
    r"\b(?:mri?|ct|magnetic|tomograph\w*|computed|us|ultrasound|sonogra\w*|x-?rays?|xr|radiogra\w*|mammogra\w*)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\bpet\b|whole.?body|\bcap\b|\btap\b|staging|body (?:ct|mri)|skeletal survey|bone scan", re.IGNORECASE
)
_HEAD = re.compile(r"\bbrain\b|\bhead\b|crani|cerebr", re.IGNORECASE)
_CHEST = re.compile(r"\bchest\b|thora|\blungs?\b", re.IGNORECASE)
_ABDOMEN = re.compile(r"abdom|pelvi", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:abdomen|abdominal|pelvi[cs]|liver|hepatic|thigh|leg|calf|knee|foot|ankle|arm|forearm|elbow|wrist|hand"
    r"|shoulder|hip|femur|humerus|neck|spine|spinal|lumbar|cervical|sacrum|extremity|buttock|groin|axilla|breast|limb)\b",
    re.IGNORECASE,
)
_PATHOLOGY_CODES = ("PAT", "SP", "CP", "CUS", "LP7839-6")
_SEQUENCING = re.compile(r"sequenc|\bngs\b|foundationone|gene panel|fusion panel|genomic", re.IGNORECASE)


def read_report(source: Source) -> None:
    """Reads a DiagnosticReport: conclusion, conclusion codes and inline text. PDFs are not read."""
    resource = source.resource
    status = as_text(resource.get("status"))
    if status in _DROPPED:
        return
    texts = [as_text(resource.get("conclusion"))]
    texts += [attachment_text(form) for form in as_dicts(resource.get("presentedForm"))]
    coded = resource.get("conclusionCode")
    if not any(texts) and not coded and not resource.get("result"):
        texts.append(narrative(resource))
    observables = _observables(source)
    label = concept_text(resource.get("code"))
    if not any(texts) and not coded and not observables and not _IMAGING.search(label):
        return
    source.when = (
        source.date("effectiveDateTime")
        or source.record.period(resource.get("effectivePeriod"), source.reference, "effectivePeriod")[0]
    )
    if source.when is None:
        source.when = source.date("issued")
        source.fallback = source.when is not None
    source.authority = PATHOLOGY if _is_pathology(source, observables) else PROBLEM_LIST
    if "tumour-board" in observables:
        source.add("tumour-board", "discussion", "report-type", label)
    if "genomic-report" in observables or (_SEQUENCING.search(label) and (any(texts) or resource.get("result"))):
        source.add("sequencing", "done", "report-type", label)
    source.exam = _exam(label)
    _read_investigation(source)
    _read_conclusion_codes(source)
    for text in dict.fromkeys(filter(None, texts)):
        read_text(source, text)


def _exam(label: str) -> str:
    """The only part of the body that imaging of this name looks at; empty for others, and for the trunk as a whole."""
    if not _MODALITY.search(label) or _WHOLE.search(label):
        return ""
    if _HEAD.search(label):
        return "brain"
    if _CHEST.search(label):
        return "" if _ABDOMEN.search(label) else "lung"
    return "limited" if _PART.search(label) else ""


def _read_investigation(source: Source) -> None:
    """Which imaging a report is of."""
    key, organ, words = identify(source.resource)
    if key in PROCEDURES and PROCEDURES[key].role == "investigation":
        source.add("procedure", key, "report-type", words, site=organ, status="completed")


def _observables(source: Source) -> set[str]:
    own = codings(source.resource.get("code")) + codings(source.resource.get("type"))
    found = {m.concept for c in own for m in meanings(c.system, c.code) if m.family in ("observable", "procedure")}
    return {"tumour-board" if concept == "tumor_board" else concept for concept in found}


def _is_pathology(source: Source, observables: set[str]) -> bool:
    if "pathology-text" in observables:
        return True
    categories = codings(source.resource.get("category"))
    if any(coding.code.upper() in _PATHOLOGY_CODES for coding in categories):
        return True
    words = [concept_text(source.resource.get(element)) for element in ("code", "category", "type")]
    return _PATHOLOGY.search(" ".join(words)) is not None


def _read_conclusion_codes(source: Source) -> None:
    for concept in as_dicts(source.resource.get("conclusionCode")):
        words = concept_text(concept)
        for coding in codings(concept):
            for found in histology_of(coding, Context(site_of_words(words), words)):
                source.add("histology", found.concept, f"{found.system}-code", coding.code, ambiguous=found.ambiguous)
                if found.metastatic:
                    tie = "sarcoma" if in_scope(found.concept) else "other"
                    source.add("metastasis", "unspecified", f"{found.system}-combined-code", coding.code, tie=tie)
            for meaning in meanings(coding.system, coding.code):
                if meaning.family == "metastasis" and meaning.concept == "metastasis":
                    site = meaning.site or "unspecified"
                    source.add("metastasis", site, f"{meaning.system}-code", coding.code, tie=meaning.detail)
        if text := as_text(concept.get("text")):
            read_text(source, text)


def read_document(source: Source) -> None:
    """Reads a DocumentReference's description and inline plain text or HTML."""
    resource = source.resource
    status, draft = as_text(resource.get("status")), as_text(resource.get("docStatus"))
    if status == "superseded" or "entered-in-error" in (status, draft):
        return
    texts = [as_text(resource.get("description"))]
    texts += [attachment_text(content.get("attachment")) for content in as_dicts(resource.get("content"))]
    observables = _observables(source)
    if not any(texts) and "tumour-board" not in observables:
        return
    context = as_dict(resource.get("context"))
    source.when = source.record.period(context.get("period"), source.reference, "context.period")[0] or source.date(
        "date", "created"
    )
    source.authority = PATHOLOGY if _is_pathology(source, observables) else PROBLEM_LIST
    if "tumour-board" in observables:
        source.add("tumour-board", "discussion", "document-type", concept_text(resource.get("type")))
    for text in dict.fromkeys(filter(None, texts)):
        read_text(source, text)


def read_impression(source: Source) -> None:
    """Reads a ClinicalImpression's summary, description and findings."""
    resource = source.resource
    if as_text(resource.get("status")) == "entered-in-error":
        return
    source.when = source.date("effectiveDateTime", "date")
    source.authority = PROBLEM_LIST
    texts = [as_text(resource.get("summary")), as_text(resource.get("description"))]
    texts += [concept_text(finding.get("itemCodeableConcept")) for finding in as_dicts(resource.get("finding"))]
    texts += [as_text(note.get("text")) for note in as_dicts(resource.get("note"))]
    for text in dict.fromkeys(filter(None, texts)):
        read_text(source, text)


def read_care_plan(source: Source) -> None:
    """Reads a CarePlan's title, description, notes and activities: where regimens are often written down."""
    resource = source.resource
    if as_text(resource.get("status")) not in ("active", "completed", "on-hold", ""):
        return
    start, end = source.record.period(resource.get("period"), source.reference, "period")
    source.when = start or source.date("created")
    source.authority = PROBLEM_LIST
    ended = end is not None or as_text(resource.get("status")) == "completed"
    source.treatment = {"start": start, "end": end, "state": "ended" if ended else "active"}
    texts = [as_text(resource.get("title")), as_text(resource.get("description"))]
    texts += [as_text(note.get("text")) for note in as_dicts(resource.get("note"))]
    for activity in as_dicts(resource.get("activity")):
        detail = as_dict(activity.get("detail"))
        if as_text(detail.get("status")) in ("cancelled", "entered-in-error", "not-started", "stopped"):
            continue
        texts += [as_text(as_dict(detail.get("code")).get("text")), as_text(detail.get("description"))]
    for text in dict.fromkeys(filter(None, texts)):
        read_text(source, text)
