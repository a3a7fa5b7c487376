"""One patient's resources in, every fact out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mappers import observations
from mappers.drafts import judge_drafts
from mappers.facts import CLOSED_WORLD, FACT_KEYS, Evidence, Fact, Problem
from mappers.fhir.dates import PartialDate, completed_years, parse
from mappers.fhir.read import as_bool, as_text
from mappers.fhir.references import identity
from mappers.judgement import condition, decisions, lesions, local, metastasis, systemic, timeline, workup
from mappers.judgement.courses import courses
from mappers.judgement.histology import judge_histology
from mappers.judgement.timeline import Moment
from mappers.judgement.view import SYNCHRONOUS_WINDOW_MONTHS, View, known, unknown
from mappers.reading.collect import Collected, collect
from mappers.reading.finding import Finding, newest_first
from mappers.terminology import site_of_words
from mappers.terminology.sites import metastatic_site

_MEDICATIONS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")
_READ_FROM: dict[str, tuple[str, ...]] = {
    "prior_systemic": _MEDICATIONS,
    "anthracycline_exposure": _MEDICATIONS,
    "progression_after": ("Observation", "DiagnosticReport"),
    "prior_local_therapy": ("Procedure",),
    "tumour_board": ("ServiceRequest", "Procedure"),
    "sequencing_done": ("Observation", "DiagnosticReport", "ServiceRequest"),
    "molecular": ("Observation", "DiagnosticReport"),
    "nodes": ("Condition", "Observation", "DiagnosticReport"),
    "symptoms": ("Condition",),
    "local_disease_active": ("Condition",),
    "surgical_candidate": ("Condition", "Observation"),
    "urgent_tumour_shrinkage_needed": ("Condition", "Observation"),
    "cardiac": ("Condition", "Observation"),
    "pregnancy": ("Condition", "Observation"),
    "trial_enrolment": ("ResearchSubject",),
    "drafts": ("drafts",),
}
_INVESTIGATIONS_FROM = frozenset({"Procedure", "ServiceRequest", "ImagingStudy", "DiagnosticReport"})


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """All facts of one patient, what could not be read, and the investigations that some rules ask for.

    Unless `investigations_complete`, part of the record could not be read: there may have been other investigations.
    """

    facts: dict[str, Fact]
    problems: tuple[Problem, ...]
    patient_id: str
    as_of: date
    investigations: tuple[Finding, ...]
    investigations_complete: bool = True

    def to_explanation(self) -> dict[str, object]:
        """The `facts` object of an explanation: every key, plain JSON."""
        return {key: fact.to_json() for key, fact in self.facts.items()}

    def observations(self) -> list[dict[str, object]]:
        """FHIR R4 Observations of the sarcoma-facts code system, each derived from its evidence."""
        return observations.build(
            self.facts,
            self.patient_id,
            self.investigations,
            investigations_complete=self.investigations_complete,
        )


def map_patient(
    resources: object,
    *,
    patient_id: str | None = None,
    drafts: object = (),
    selections: Iterable[str] | None = None,
    as_of: date | datetime | str | None = None,
    unread: Iterable[str] = (),
    synchronous_window_months: int = SYNCHRONOUS_WINDOW_MONTHS,
) -> PatientFacts:
    """Every fact of facts.yaml from one patient's R4 resources.

    `resources`: plain dicts in any order (a Bundle, its entries, or several Bundles will do too). `drafts` and
    `selections` come from the hook's context. `as_of` is the day of the hook (today when absent). `unread` names the
    resource types that could not be fetched: facts whose absence would mean "none on record" are then unknown, and
    investigations not complete. Nothing in the resources makes this raise; what could not be read is in `problems`.
    """
    day = _day(as_of)
    collected = collect(resources, patient_id, day)
    record = collected.record
    view = View.of(record.findings, day, synchronous_window_months)
    facts, found = _sarcoma_facts(view)
    facts |= _patient_facts(view)
    facts["drafts"] = judge_drafts(drafts, selections, record.index)
    facts["demographics"] = _demographics(collected, day)
    not_read = frozenset(unread)
    _open_world(facts, not_read)
    return PatientFacts(
        {key: facts[key] for key in FACT_KEYS},
        tuple(record.problems),
        collected.patient_id,
        day,
        tuple(found),
        investigations_complete=not not_read & _INVESTIGATIONS_FROM,
    )


def _day(as_of: date | datetime | str | None) -> date:
    if as_of is None:
        return datetime.now(UTC).date()
    if isinstance(as_of, datetime):
        return as_of.date()
    if isinstance(as_of, date):
        return as_of
    parsed = parse(as_of)
    if parsed is None:
        raise ValueError("as_of: not a date")
    return parsed.low


def _sarcoma_facts(view: View) -> tuple[dict[str, Fact], list[Finding]]:
    """The tumour, its spread and its treatment."""
    histology, scope = judge_histology(view)
    spread = metastasis.sort_evidence(view)
    for finding in view.affirmed("procedure"):
        if finding.text("site") and local.names_metastasis(finding, view) and not finding.from_text:
            spread.past.append(finding)
    status = metastasis.judge_status(view, spread, histology)
    involved = lesions.involved_sites(spread)
    site = _primary_site(view)
    organ = metastatic_site(site_of_words(site.value)) if isinstance(site.value, str) else ""
    sizes = view.affirmed("size")
    of_lesions = [f for f in sizes if lesions.is_lesion_size(f, view, involved, organ)]
    count, counts = lesions.judge_counts(view, involved, of_lesions)
    largest, by_organ = lesions.judge_largest(view, involved, of_lesions)
    shown: dict[str, dict[str, object]] = {
        s: {k: v for k, v in (("count", counts.get(s)), ("largest_cm", by_organ.get(s))) if v is not None}
        for s in involved
    }
    when, decisive, stands_in = metastasis.first_metastasis(spread)
    first = Moment(when, tuple(decisive), stands_in) if when else None
    diagnosed = timeline.diagnosis(view)
    treatment = timeline.primary_treatment(view, diagnosed, first)
    given = courses(view, diagnosed, first, sarcoma=scope.value != "no")
    facts = {
        "histology": histology,
        "in_scope": scope,
        "primary_site": site,
        "primary_size_cm": lesions.judge_primary_size(view, [f for f in sizes if f not in of_lesions]),
        "grade": condition.judge_grade(view),
        "metastatic_status": status,
        "metastatic_sites": metastasis.judge_sites(spread, status, shown),
        "lesion_count": count,
        "largest_lesion_cm": largest,
        "first_metastasis_date": timeline.judge_first_metastasis(first),
        "primary_treatment_date": timeline.judge_treatment_date(treatment),
        "presentation": timeline.judge_presentation(view, diagnosed, treatment, first),
        "disease_free_interval_months": timeline.judge_interval(view, treatment, first),
        "complete_resection_feasible": decisions.judge_resection(view, involved),
        "local_disease_active": local.judge_local_disease(view, spread),
        "prior_systemic": systemic.judge_prior_systemic(given),
        "anthracycline_exposure": systemic.judge_anthracycline(given, view),
        "progression_after": systemic.judge_progression(given, view),
        "prior_local_therapy": local.judge_local_therapy(view, spread, sarcoma=scope.value != "no"),
        "nodes": condition.judge_nodes(view, spread),
    }
    when_diagnosed, approximate = (diagnosed.when, diagnosed.fallback) if diagnosed else (None, False)
    return facts, workup.investigations(view, when_diagnosed, stands_in=approximate)


def _patient_facts(view: View) -> dict[str, Fact]:
    """The patient's condition, the work-up, and what is stated outright."""
    return {
        "surgical_candidate": decisions.judge_surgical_candidate(view),
        "ecog": condition.judge_ecog(view),
        "cardiac": condition.judge_cardiac(view),
        "pregnancy": condition.judge_pregnancy(view),
        "molecular": workup.judge_molecular(view),
        "sequencing_done": workup.judge_sequencing(view),
        "tumour_board": workup.judge_tumour_board(view),
        "symptoms": condition.judge_symptoms(view),
        "urgent_tumour_shrinkage_needed": decisions.judge_urgent_shrinkage(view),
        "extrahepatic_disease_controlled": decisions.judge_extrahepatic(view),
        "trial_enrolment": workup.judge_trial(view),
    }


def _primary_site(view: View) -> Fact:
    found = newest_first(view.affirmed("primary-site"))
    by_code = [f for f in found if f.evidence.rule == "body-site"]
    if best := (by_code or found)[:1]:
        return known(best[0].concept, best)
    in_words = [f for f in view.affirmed("site") if f.text("role") == "primary" and f.reference in view.sarcoma]
    if best := newest_first(in_words)[:1]:
        side = best[0].text("laterality")
        words = best[0].evidence.words
        return known(words if not side or side in words.lower() else f"{side} {words}", best)
    return unknown()


def _demographics(collected: Collected, day: date) -> Fact:
    """Age in completed years at the hook (null when the birth date leaves it open), sex, deceased."""
    patient = collected.patient
    if not patient:
        return unknown()
    deceased = as_bool(patient.get("deceasedBoolean")) is True or bool(as_text(patient.get("deceasedDateTime")))
    sex = as_text(patient.get("gender")).lower()
    value = {
        "age": _age(collected.record.birth, day),
        "sex": sex if sex in ("male", "female", "other", "unknown") else None,
        "deceased": deceased,
    }
    return Fact(value, "known", None, (Evidence(identity(patient), "patient"),))


def _age(birth: PartialDate | None, day: date) -> int | None:
    if birth is None or birth.low > day:
        return None
    youngest, oldest = completed_years(min(birth.high, day), day), completed_years(birth.low, day)
    return youngest if youngest == oldest and oldest <= 130 else None


def _open_world(facts: dict[str, Fact], unread: frozenset[str]) -> None:
    """Where data could not be read, "none on record" is not known; and no sarcoma evidence is not "out of scope"."""
    if not unread:
        return
    for key in CLOSED_WORLD:
        if unread & set(_READ_FROM[key]) and not facts[key].evidence:
            facts[key] = Fact(None, "unknown", None, (), {"unread": sorted(unread & set(_READ_FROM[key]))})
    if "Condition" in unread and facts["in_scope"].value == "no" and not facts["in_scope"].evidence:
        facts["in_scope"] = Fact(None, "unknown", None, (), {"unread": ["Condition"]})
