"""Condition: diagnoses, secondary malignancies, comorbidities, with their verification and clinical status."""

import re
from datetime import timedelta

from mappers.fhir import dates
from mappers.fhir.dates import PartialDate
from mappers.fhir.read import (
    Coding,
    Json,
    as_bool,
    as_dict,
    as_dicts,
    as_number,
    as_text,
    codings,
    concept_text,
    first_code,
    narrative,
    quantity,
)
from mappers.fhir.references import local_form, reference_text
from mappers.reading.certainty import certainty
from mappers.reading.finding import CLINICAL, PROBLEM_LIST
from mappers.reading.histology import Context, histology_of
from mappers.reading.phrases import read_text
from mappers.reading.source import Source
from mappers.reading.stage import read_stage
from mappers.terminology import Meaning, in_scope, meanings, site_of_words
from mappers.terminology.sites import NEVER_PRIMARY, metastatic_site

_DROPPED = ("refuted", "entered-in-error")
_UNCONFIRMED = ("provisional", "differential", "unconfirmed")
_RECURRENT = ("recurrence", "relapse")
_INACTIVE = ("inactive", "remission", "resolved")
_MORPHOLOGY = "histology-morphology-behavior"
_RELATED = ("condition-related", "mcode-related-condition", "mcode-related-primary-cancer-condition")
_YEAR = re.compile(r"\b((?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?)\b")
_PREGNANCY_DAYS = 310
_SITE_CODES = ("malignant_soft_tissue_neoplasm_nos",)


def read_condition(source: Source) -> None:
    """Reads one Condition; refuted and erroneous ones are not evidence of anything."""
    resource = source.resource
    verification = first_code(resource.get("verificationStatus"))
    letter = certainty(resource)
    if verification in _DROPPED or letter == "ruled-out":
        return
    source.confirmed = verification not in _UNCONFIRMED and letter != "suspected"
    source.active = _is_active(resource) and letter != "past"
    source.authority = PROBLEM_LIST
    _set_onset(source)

    code = resource.get("code")
    own = _trusted(codings(code))
    site_text = concept_text(resource.get("bodySite"))
    found = [(coding, meaning) for coding in own for meaning in meanings(coding.system, coding.code)]
    words = as_text(as_dict(code).get("text"))
    organ = _organ(resource, found, " ".join((site_text, words, *(c.display for c in own))))
    context = Context(organ, " ".join((words, *(coding.display for coding in own))))

    morphology = [
        coding for extension in _extensions(resource, _MORPHOLOGY) for coding in codings(_concept_value(extension))
    ]
    for coding in morphology:
        _read_histology(source, coding, context, "histology-extension", CLINICAL)
    for coding in own:
        _read_histology(source, coding, context, "", PROBLEM_LIST)

    for text in _texts(resource, own, found):
        read_text(source, text)
    _read_metastasis(source, found, organ)
    _read_other(source, found)
    for stage in as_dicts(resource.get("stage")):
        read_stage(source, stage.get("summary"), "condition-stage", own=True)
    _read_primary_site(source, own, site_text)
    if first_code(resource.get("clinicalStatus")) in _RECURRENT and source.has("histology"):
        source.add("local-recurrence", "unspecified", "clinical-status", by_status=True)


def _is_active(resource: Json) -> bool:
    status = first_code(resource.get("clinicalStatus"))
    if status:
        return status not in _INACTIVE
    ended = any(
        resource.get("abatement" + kind) is not None for kind in ("DateTime", "Age", "Period", "String", "Range")
    )
    return not ended and as_bool(resource.get("abatementBoolean")) is not True


def _set_onset(source: Source) -> None:
    """Onset, else the date of recording, marked as standing in for it."""
    resource, record = source.resource, source.record
    source.when = (
        source.date("onsetDateTime") or record.period(resource.get("onsetPeriod"), source.reference, "onsetPeriod")[0]
    )
    if source.when is None:
        source.when = _onset_by_age(source) or _onset_in_words(source)
    if source.when is None:
        source.when = source.date("recordedDate", "assertedDate", "dateRecorded")
        source.fallback = source.when is not None


def _onset_by_age(source: Source) -> PartialDate | None:
    age, birth = quantity(source.resource.get("onsetAge")), source.record.birth
    if age is None or birth is None or age.unit.lower() not in ("a", "year", "years", "yr", "yrs"):
        return None
    years = as_number(age.value)
    if years is None or not 0 <= years <= 130:
        source.problem("onsetAge: not an age in years")
        return None
    low = dates.add_months(birth.low, int(years) * 12)
    high = dates.add_months(birth.high, int(years) * 12 + 12) - timedelta(days=1)
    return PartialDate(low, max(low, min(high, source.record.as_of)), f"{low.year:04d}")


def _onset_in_words(source: Source) -> PartialDate | None:
    written = _YEAR.findall(as_text(source.resource.get("onsetString")))
    return source.record.date(written[0], source.reference, "onsetString") if len(written) == 1 else None


def _trusted(found: list[Coding]) -> list[Coding]:
    """The codings the user chose, where one was chosen; else all of them."""
    return [coding for coding in found if coding.user_selected and meanings(coding.system, coding.code)] or found


def _extensions(resource: Json, ending: str) -> list[Json]:
    return [e for e in as_dicts(resource.get("extension")) if as_text(e.get("url")).rstrip("/").endswith(ending)]


def _concept_value(extension: Json) -> object:
    return extension.get("valueCodeableConcept") or extension.get("valueCoding")


def _organ(resource: Json, found: list[tuple[Coding, Meaning]], words: str) -> str:
    """The organ a Condition is about: its bodySite code, else its own code's site, else the words."""
    for coding in codings(resource.get("bodySite")):
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "site":
                return meaning.concept
    if written := site_of_words(concept_text(resource.get("bodySite"))):
        return written
    for _, meaning in found:
        if meaning.family == "malignancy" and meaning.site:
            return meaning.site
        if meaning.family == "histology" and meaning.concept == "malignant_soft_tissue_neoplasm_nos":
            return "soft-tissue"
    return site_of_words(words)


def _read_histology(source: Source, coding: Coding, context: Context, rule: str, authority: int) -> None:
    for found in histology_of(coding, context):
        source.add(
            "histology",
            found.concept,
            rule or f"{found.system}-code",
            coding.code,
            polarity="affirmed" if source.confirmed else "uncertain",
            authority=authority,
            ambiguous=found.ambiguous,
        )
        if found.metastatic:
            tie = "sarcoma" if in_scope(found.concept) else "other"
            site = context.organ if context.organ in NEVER_PRIMARY else "unspecified"
            source.add("metastasis", site, f"{found.system}-combined-code", coding.code, tie=tie)


def _texts(resource: Json, own: list[Coding], found: list[tuple[Coding, Meaning]]) -> list[str]:
    """The words to read: the concept's text, displays of codes that say no more than a site, and notes."""
    recognised = {
        coding for coding, meaning in found if meaning.family != "malignancy" and meaning.concept not in _SITE_CODES
    }
    texts = [as_text(as_dict(resource.get("code")).get("text"))]
    texts += [coding.display for coding in own if coding not in recognised]
    if not own and not any(texts):
        texts.append(narrative(resource))
    texts += [as_text(note.get("text")) for note in as_dicts(resource.get("note"))]
    return list(dict.fromkeys(text for text in texts if text))


def _read_metastasis(source: Source, found: list[tuple[Coding, Meaning]], organ: str) -> None:
    doubtful = _text_doubts_metastasis(source)
    primary_profile = any(
        "primary-cancer-condition" in as_text(profile)
        for profile in _as_list(as_dict(source.resource.get("meta")).get("profile"))
    )
    related = _related(source.resource)
    other_primary = any(meaning.family == "malignancy" for _, meaning in found)
    for coding, meaning in found:
        if meaning.family != "metastasis":
            continue
        tie = meaning.detail or ("other" if other_primary else "")
        if other_primary and not meaning.detail:
            source.problem("code: codings contradict each other (a primary and a secondary malignancy)")
        rule = f"{meaning.system}-code"
        nodes = meaning.concept == "nodes-unspecified"
        if nodes or meaning.concept == "metastasis":
            source.add(
                "metastasis",
                _refined_site(meaning.site, organ, source, coding) or "unspecified",
                rule,
                coding.code,
                confirmed=source.confirmed and (nodes or not doubtful) and not (primary_profile and not meaning.site),
                tie=tie,
                related=related,
                nodes_unspecified=nodes,
            )
        elif meaning.concept == "history":
            source.add("metastasis", meaning.site or "unspecified", rule, coding.code, active=False, tie=tie)
        elif meaning.concept == "suspicion":
            source.add("metastasis", meaning.site, rule, coding.code, polarity="uncertain", suspicion=True)
        elif meaning.concept == "enlarged-nodes":
            source.add("nodes", "enlarged", rule, coding.code)
        elif meaning.concept == "local-recurrence":
            source.add("local-recurrence", "soft-tissue", rule, coding.code)
        elif meaning.concept == "history-of-sarcoma":
            source.add("histology", "malignant_soft_tissue_neoplasm_nos", rule, coding.code, active=False)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text_doubts_metastasis(source: Source) -> bool:
    """A secondary-malignancy code billed while it is being ruled out: the words beside it say so."""
    beside = [f for f in source.added if f.kind == "metastasis" and f.from_text]
    return bool(beside) and all(f.polarity != "affirmed" for f in beside)


def _refined_site(site: str, organ: str, source: Source, coding: Coding) -> str:
    """A code's site, made more exact by the bodySite or the words where the code is a rag-bag."""
    if site in ("", "other"):
        return metastatic_site(organ) if organ and organ != "other" else site
    if site == "peritoneum":
        beside = as_text(as_dict(source.resource.get("code")).get("text"))
        named = f"{concept_text(source.resource.get('bodySite'))} {beside or coding.display}".lower()
        if "retroperiton" in named and not re.search(r"(?<!retro)periton", named):
            return "retroperitoneum"
    return site


def _related(resource: Json) -> str:
    for ending in _RELATED:
        for extension in _extensions(resource, ending):
            if reference := reference_text(extension.get("valueReference")):
                return local_form(reference)
    return ""


def _read_other(source: Source, found: list[tuple[Coding, Meaning]]) -> None:
    """Comorbidities, and a malignancy that is not a sarcoma (unless this Condition also names a sarcoma)."""
    sarcoma = any(f.kind == "histology" and in_scope(f.concept) and f.polarity != "negated" for f in source.added)
    for coding, meaning in found:
        rule = f"{meaning.system}-code"
        if meaning.family == "malignancy" and not sarcoma:
            source.add(
                "other-malignancy",
                meaning.concept,
                rule,
                coding.code,
                site=meaning.site,
                metastasises=meaning.detail == "yes",
            )
        elif meaning.family == "condition":
            _read_comorbidity(source, meaning.concept, rule, coding.code)


def _read_comorbidity(source: Source, concept: str, rule: str, words: str) -> None:
    if concept == "pregnancy":
        days = (source.record.as_of - source.when.low).days if source.when else 0
        source.add("pregnancy", "pregnant", rule, words, active=source.active and days <= _PREGNANCY_DAYS)
    elif concept == "not-pregnant":
        source.add("pregnancy", "pregnant", rule, words, polarity="negated")
    elif concept == "oligometastatic":
        pass  # the same code is in the metastasis table
    elif concept == "heart-failure":
        source.add("heart-failure", concept, rule, words)
    else:
        source.add("symptom", concept, rule, words)


def _read_primary_site(source: Source, own: list[Coding], site_text: str) -> None:
    """Where the primary is: bodySite, else the display of a code that is named after a site."""
    if not any(f.kind == "histology" and in_scope(f.concept) for f in source.added) or source.has("metastasis"):
        return
    words = site_text
    if not words:
        words = next((c.display for c in own if c.display and " of " in c.display and site_of_words(c.display)), "")
    if words:
        source.add("primary-site", words, "body-site" if site_text else "site-code", words)
