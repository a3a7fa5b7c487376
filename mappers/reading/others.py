"""BodyStructure and ResearchSubject."""

from mappers.fhir.read import as_text, codings, concept_text
from mappers.fhir.systems import system_key
from mappers.reading.source import Source
from mappers.terminology import meanings, site_of_words
from mappers.terminology.sites import metastatic_site

_ON_STUDY = ("on-study", "on-study-intervention", "on-study-observation")


def read_body_structure(source: Source) -> None:
    """Reads a tumour recorded as a BodyStructure (mCODE Tumor): one lesion, at one place."""
    resource = source.resource
    if resource.get("active") is False:
        return
    location = resource.get("location")
    site = next(
        (m.concept for c in codings(location) for m in meanings(c.system, c.code) if m.family == "site"),
        site_of_words(concept_text(location)),
    )
    morphology = codings(resource.get("morphology"))
    metastatic = any(
        m.family == "metastasis" or (m.family == "histology" and m.detail == "yes")
        for c in morphology
        for m in meanings(c.system, c.code)
    )
    if metastatic and site:
        source.add("metastasis", metastatic_site(site), "body-structure", concept_text(location))
    if site and (metastatic or any(system_key(c.system) in ("snomed", "icd-o-3") for c in morphology)):
        source.add("lesion", "lesion", "body-structure", concept_text(location), site=metastatic_site(site))


def read_research_subject(source: Source) -> None:
    """Reads whether the patient is on a study now."""
    status = as_text(source.resource.get("status"))
    if status in _ON_STUDY:
        source.when = source.record.period(source.resource.get("period"), source.reference, "period")[0]
        source.add("trial", "enrolled", "research-subject", status)
