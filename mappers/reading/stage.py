"""TNM M categories and stage groups, as codes and in every spelling of AJCC text."""

import re

from mappers.fhir.read import as_bool, as_dicts, as_text, codings, concept_text
from mappers.fhir.references import local_form, reference_text
from mappers.reading.source import Source
from mappers.terminology import meanings, site_of_words
from mappers.terminology.sites import metastatic_site

_M = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:[ry]{0,2}[cp]?)(M[01X])(?:[a-d]|\(i\+\))?(?:\s*\(([A-Za-z, ]{3,20})\))?(?![A-Za-z0-9])"
)
_STAGE = re.compile(
    r"(?:^|stage|stadium|group)\s*:?\s*(IV|III|II|I|[1-4])\s*-?\s*([A-D]?)(?:[1-3])?(?![A-Za-z0-9:])", re.IGNORECASE
)
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def read_stage(source: Source, value: object, rule: str, *, own: bool = False, related: str = "") -> bool:
    """Reads a stage group or M category from a CodeableConcept or a string; True when something was found.

    `own` says that the value belongs to the source itself (Condition.stage), whose diagnosis it then stages;
    `related` names the diagnosis an Observation is about.
    """
    texts = [as_text(value)] if isinstance(value, str) else [concept_text(value)]
    for coding in codings(value):
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "answer" and meaning.concept in ("m-category", "stage"):
                source.add(meaning.concept, meaning.detail, rule, coding.code, own=own, related=related)
                return True
        texts.append(coding.code)
    return any(_read_words(source, text, rule, own, related) for text in texts if text)


def _read_words(source: Source, text: str, rule: str, own: bool, related: str) -> bool:
    if match := _M.search(text):
        if match[1] != "MX":
            source.add(
                "m-category", match[1], rule, match[0].strip(), own=own, related=related, sites=_tnm_sites(match[2])
            )
        return True
    if match := _STAGE.search(text):
        group = match[1].upper()
        source.add("stage", _ROMAN.get(group, group), rule, match[0].strip(), own=own, related=related)
        return True
    return False


def read_stage_observation(source: Source, rule: str) -> None:
    """Reads a TNM Observation; its focus is the diagnosis it stages."""
    resource = source.resource
    value = resource.get("valueCodeableConcept") or resource.get("valueString")
    related = next((local_form(r) for r in map(reference_text, as_dicts(resource.get("focus"))) if r), "")
    if value is None or read_stage(source, value, rule, related=related):
        return
    text = as_text(value) or concept_text(value)
    if rule == "m-category" and (match := re.fullmatch(r"[01](?=[a-d]?$)[a-d]?", text)):
        source.add("m-category", f"M{text[0]}", rule, match[0], related=related)


def _tnm_sites(suffix: str | None) -> tuple[str, ...]:
    """The organs of an M1 suffix such as (PUL) or (PUL, OSS)."""
    found = []
    for code in re.split(r"[ ,]+", suffix or ""):
        found += [m.concept for m in meanings("tnm-site", code.upper()) if m.family == "site"]
    return tuple(dict.fromkeys(found))


def read_metastasis_status(source: Source) -> None:
    """Reads whether there are distant metastases: present, absent, true or false."""
    for coding in codings(source.resource.get("valueCodeableConcept")):
        for meaning in meanings(coding.system, coding.code):
            if meaning.family == "answer" and meaning.detail in ("present", "positive"):
                source.add("metastasis", "unspecified", "metastasis-status", coding.code)
            elif meaning.family == "answer" and meaning.detail == "negative":
                source.add("metastasis", "unspecified", "metastasis-status", coding.code, polarity="negated")
    answered = as_bool(source.resource.get("valueBoolean"))
    if answered is not None:
        polarity = "affirmed" if answered else "negated"
        source.add("metastasis", "unspecified", "metastasis-status", str(answered).lower(), polarity=polarity)


def read_metastasis_site(source: Source) -> None:
    """Reads the site of a distant metastasis given as the value of an Observation."""
    value = source.resource.get("valueCodeableConcept")
    site = next(
        (m.concept for c in codings(value) for m in meanings(c.system, c.code) if m.family == "site"),
        site_of_words(concept_text(value)),
    )
    if site:
        source.add("metastasis", metastatic_site(site), "metastasis-site", concept_text(value))


def read_history_of_metastasis(source: Source) -> None:
    """mCODE: valueBoolean is a modifier. False means never metastatic; true or absent means there were metastases."""
    site = next(
        (
            m.site
            for c in codings(source.resource.get("code"))
            for m in meanings(c.system, c.code)
            if m.family == "metastasis" and m.site
        ),
        "unspecified",
    )
    if as_bool(source.resource.get("valueBoolean")) is False:
        source.add("metastasis", "unspecified", "history-of-metastasis", "false", polarity="negated")
    else:
        source.add("metastasis", site, "history-of-metastasis", "", active=False)
