"""Facts as the guideline's reader meets them: names, values in words, and which Observation code is which fact."""

import math
from collections.abc import Callable, Mapping

from mappers import PatientFacts
from mappers.facts import Fact
from mappers.terminology import CONCEPTS
from mappers.terminology.drugs import DRUG_LABELS

_DAYS_OF_A_MONTH = 30.44

FACT_OF_CODE: Mapping[str, str] = {
    "active-medication": "prior_systemic",
    "age": "demographics",
    "anthracycline-exposure": "anthracycline_exposure",
    "complete-resection-feasible": "complete_resection_feasible",
    "disease-free-interval": "disease_free_interval_months",
    "draft-order": "drafts",
    "ecog": "ecog",
    "extrahepatic-disease-controlled": "extrahepatic_disease_controlled",
    "first-metastasis-date": "first_metastasis_date",
    "grade": "grade",
    "heart-failure": "cardiac",
    "histology": "histology",
    "in-scope": "in_scope",
    "largest-lesion-size": "largest_lesion_cm",
    "lesion-count": "lesion_count",
    "lesion-count-at-least": "lesion_count",
    "local-disease-active": "local_disease_active",
    "lvef": "cardiac",
    "metastasis-suspected": "metastatic_status",
    "metastatic-site": "metastatic_sites",
    "metastatic-status": "metastatic_status",
    "molecular": "molecular",
    "nodes": "nodes",
    "pregnancy": "pregnancy",
    "presentation": "presentation",
    "primary-size": "primary_size_cm",
    "primary-treatment-date": "primary_treatment_date",
    "prior-local-therapy": "prior_local_therapy",
    "prior-systemic": "prior_systemic",
    "progression": "progression_after",
    "sequencing-done": "sequencing_done",
    "surgical-candidate": "surgical_candidate",
    "symptom": "symptoms",
    "systemic-lines": "prior_systemic",
    "trial-enrolment": "trial_enrolment",
    "tumour-board": "tumour_board",
    "urgent-tumour-shrinkage-needed": "urgent_tumour_shrinkage_needed",
}
"""Code of the sarcoma-facts code system to the key of the fact. Codes that belong to no fact are left out."""

INVESTIGATIONS = "investigations"
"""Imaging and biopsies: no fact, but what conditions read beside the facts."""

LABELS: Mapping[str, str] = {
    "histology": "histology",
    "in_scope": "whether it is a soft tissue sarcoma",
    "primary_site": "site of the primary",
    "primary_size_cm": "size of the primary",
    "grade": "grade",
    "metastatic_status": "metastatic status",
    "metastatic_sites": "sites of metastasis",
    "lesion_count": "number of metastases",
    "largest_lesion_cm": "size of the largest metastasis",
    "first_metastasis_date": "date of the first metastasis",
    "primary_treatment_date": "date of the primary's treatment",
    "presentation": "synchronous or metachronous presentation",
    "disease_free_interval_months": "disease-free interval",
    "complete_resection_feasible": "whether complete resection is feasible",
    "local_disease_active": "local disease",
    "surgical_candidate": "fitness for surgery",
    "ecog": "ECOG performance status",
    "prior_systemic": "systemic therapy",
    "anthracycline_exposure": "earlier anthracyclines",
    "cardiac": "cardiac function",
    "pregnancy": "pregnancy",
    "progression_after": "progression",
    "prior_local_therapy": "local therapy",
    "molecular": "molecular tests",
    "sequencing_done": "sequencing",
    "tumour_board": "tumour board",
    "nodes": "regional nodes",
    "symptoms": "symptoms",
    "urgent_tumour_shrinkage_needed": "need of urgent tumour shrinkage",
    "extrahepatic_disease_controlled": "control of disease outside the liver",
    "trial_enrolment": "trial enrolment",
    "drafts": "draft orders",
    "demographics": "age",
}
"""What a fact is called in a sentence."""

RECORDED_AS: Mapping[str, str] = {
    "histology": "the diagnosis, or a pathology report that names the subtype",
    "in_scope": "the diagnosis, or a pathology report",
    "primary_size_cm": "a tumour size Observation on the primary",
    "grade": "a histological grade (FNCLCC) Observation",
    "metastatic_status": "an M category, the stage, or an active, confirmed diagnosis of secondary malignant neoplasm",
    "metastatic_sites": "diagnoses of secondary malignant neoplasm by site",
    "lesion_count": "an Observation of the number of lesions, or a radiology report that states it",
    "largest_lesion_cm": "an Observation of lesion size by organ, or a radiology report that states it",
    "first_metastasis_date": "the onset of the metastasis",
    "primary_treatment_date": "the Procedure that removed or irradiated the primary, with its date",
    "presentation": "the dates of the diagnosis, the primary's treatment and the first metastasis",
    "disease_free_interval_months": "dates of the primary's treatment and the first metastasis, to the month or day",
    "complete_resection_feasible": "the tumour board's or the surgeon's note, or a yes-or-no Observation",
    "ecog": "an ECOG or Karnofsky Observation",
    "extrahepatic_disease_controlled": "the oncologist's note, or a yes-or-no Observation",
    "tumour_board": "the tumour board's referral or discussion, with its date",
    "demographics": "the patient's date of birth",
}
"""Where a missing fact would be recorded; for the others the record could not be read."""


def observation_key(code: str) -> str | None:
    """The fact that an Observation code belongs to; the investigations count as one here."""
    return INVESTIGATIONS if code == "investigation" else FACT_OF_CODE.get(code)


def show(facts: PatientFacts, place: str) -> str:
    """The value of a fact in words, empty when there is none. ``place`` is its key, or ``key.part`` (an organ, say).

    Of ``investigations`` it is what leaves one open: that they could not all be read, or else their dates.
    """
    key, _, part = place.partition(".")
    if key == INVESTIGATIONS:
        return "the dates leave it open" if facts.investigations_complete else "imaging could not be read completely"
    fact = facts.facts[key]
    writer = _WRITERS.get(key, _plain)
    return writer(fact, part)


def _plain(fact: Fact, part: str) -> str:
    value = fact.value
    if part:
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def _histology(fact: Fact, part: str) -> str:
    label = CONCEPTS[str(fact.value)].label if fact.value in CONCEPTS else ""
    return label[:1].lower() + label[1:]


def _interval(fact: Fact, part: str) -> str:
    if isinstance(fact.value, int):
        return _months(fact.value)
    low, high = (fact.detail.get(one) for one in ("low", "high"))
    if not isinstance(high, int | float):
        return ""
    if isinstance(low, int | float):
        return f"between {math.floor(low)} and {math.ceil(high)} months"
    return f"at most {_months(math.ceil(high))}"


def _months(number: int) -> str:
    return f"{number} {'month' if number == 1 else 'months'}"


def interval_with_days(fact: Fact) -> str:
    """The disease-free interval with the days beyond its whole months, where they are known."""
    low, months = fact.detail.get("low"), _interval(fact, "")
    if not isinstance(fact.value, int) or not isinstance(low, int | float) or low <= fact.value:
        return months
    days = max(1, round((low - fact.value) * _DAYS_OF_A_MONTH))
    return f"{months} and {days} {'day' if days == 1 else 'days'}"


def _sites(fact: Fact, part: str) -> str:
    return _plain(fact, part).replace("-", " ")


def _lesions(fact: Fact, part: str) -> str:
    counts = dict(fact.value) if isinstance(fact.value, Mapping) else {}
    bounds = fact.detail.get("at_least")
    counts |= {site: f"at least {count}" for site, count in bounds.items()} if isinstance(bounds, Mapping) else {}
    if part:
        return str(counts.get(part, ""))
    organs = ", ".join(f"{site.replace('-', ' ')} {count}" for site, count in counts.items() if site != "total")
    if "total" not in counts:
        least = fact.detail.get("partial_sum")
        return f"{organs} (not all sites counted)" if organs else f"at least {least} metastases" if least else ""
    noun = "metastasis" if counts["total"] == 1 else "metastases"
    return f"{counts['total']} {noun}" + (f" ({organs})" if organs else "")


def _largest(fact: Fact, part: str) -> str:
    sizes = fact.value if isinstance(fact.value, Mapping) else {}
    if part:
        return f"{sizes[part]:g} cm" if part in sizes else ""
    return ", ".join(f"{site.replace('-', ' ')} {cm:g} cm" for site, cm in sizes.items())


def _drugs(fact: Fact, part: str) -> str:
    keys = fact.value if isinstance(fact.value, list) else []
    return ", ".join(DRUG_LABELS.get(str(key), str(key)).lower() for key in keys)


def _molecular(fact: Fact, part: str) -> str:
    results = fact.value if isinstance(fact.value, Mapping) else {}
    if part:
        return str(results.get(part, ""))
    return ", ".join(f"{marker} {result}" for marker, result in results.items())


def _therapies(fact: Fact, part: str) -> str:
    """Local therapies in the order of the record: "metastasectomy (lung, 2023-04-12)"."""
    done = fact.value if isinstance(fact.value, list) else []
    return ", ".join(_therapy(one) for one in done if isinstance(one, Mapping))


def _therapy(one: Mapping[str, object]) -> str:
    where_and_when = ", ".join(str(one[name]).replace("_", " ") for name in ("organ", "date") if one.get(name))
    modality = str(one.get("modality") or "local therapy").replace("_", " ")
    return f"{modality} ({where_and_when})" if where_and_when else modality


def _nodes(fact: Fact, part: str) -> str:
    found = fact.value if isinstance(fact.value, Mapping) else {}
    if part:
        return str(found.get(part, ""))
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.items())


def _unit(unit: str) -> Callable[[Fact, str], str]:
    def write(fact: Fact, part: str) -> str:
        shown = _plain(fact, part)
        return f"{shown} {unit}" if shown else ""

    return write


def _cardiac(fact: Fact, part: str) -> str:
    shown = _plain(fact, part or "lvef_percent")
    return f"{shown} %" if shown and part in ("", "lvef_percent") else shown


_WRITERS: Mapping[str, Callable[[Fact, str], str]] = {
    "histology": _histology,
    "metastatic_sites": _sites,
    "disease_free_interval_months": _interval,
    "lesion_count": _lesions,
    "largest_lesion_cm": _largest,
    "prior_systemic": _drugs,
    "progression_after": _drugs,
    "molecular": _molecular,
    "nodes": _nodes,
    "prior_local_therapy": _therapies,
    "primary_size_cm": _unit("cm"),
    "cardiac": _cardiac,
}
