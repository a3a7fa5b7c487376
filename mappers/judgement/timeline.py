"""Diagnosis, definitive treatment, first metastasis, and what lies between them, in the precision of the record."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from mappers.facts import Fact
from mappers.fhir.dates import PartialDate, add_months, completed_months, months_between
from mappers.judgement.view import View, earliest, known, unknown
from mappers.reading.finding import Finding, newest_first
from mappers.terminology import in_scope
from mappers.terminology.procedures import PROCEDURES

_BEFORE_DIAGNOSIS_DAYS = 183


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the timeline: its date, what it rests on, and whether another date stands in for it."""

    when: PartialDate
    findings: tuple[Finding, ...]
    fallback: bool = False
    basis: str = ""


def diagnosis(view: View) -> Moment | None:
    """When the sarcoma was diagnosed: the earliest onset of a Condition that names it, else any first naming.

    What names the sarcoma only as metastatic ("metastatic synovial sarcoma") dates the metastasis, not the diagnosis.
    """
    metastatic = {f.reference for f in view.affirmed("metastasis") if f.active}
    named = [
        f
        for f in view.affirmed("histology")
        if f.when and in_scope(f.concept) and (f.active or not f.from_text) and f.reference not in metastatic
    ]
    conditions = [f for f in named if f.reference.startswith("Condition")]
    for group in (
        [f for f in conditions if not f.fallback],
        conditions + [f for f in named if not f.fallback],
        named,
    ):
        first = earliest(f.when for f in group if f.when)
        if first is not None:
            decisive = tuple(f for f in group if f.when and f.when.low == first.low)
            return Moment(first, decisive, all(f.fallback for f in decisive), "diagnosis")
    return None


def primary_treatment(view: View, diagnosed: Moment | None, metastasis: Moment | None) -> Moment | None:
    """Definitive resection of the primary; else definitive radiotherapy; else the diagnosis, as an approximation."""
    recorded = [f for f in view.affirmed("procedure") if f.when and not f.from_text]
    procedures = [f for f in recorded if f.when and not _precedes(f.when, diagnosed)]
    resections = [f for f in procedures if _role(f) == "primary" and _definitive(f)]
    radiotherapy = [
        f
        for f in procedures
        if f.concept in ("radiotherapy", "brachytherapy")
        and _definitive(f)
        and not f.attributes.get("reason_metastasis")
        and (f.text("intent") or metastasis is None or (f.when and metastasis.when.after(f.when)))
    ]
    for basis, group in (("resection", resections), ("radiotherapy", radiotherapy)):
        first = earliest(f.when for f in group if f.when)
        if first is not None:
            return Moment(first, tuple(f for f in group if f.when and f.when.low == first.low), False, basis)
    if diagnosed is None:
        return None
    return Moment(diagnosed.when, diagnosed.findings, True, "diagnosis")


def _role(finding: Finding) -> str:
    known_procedure = PROCEDURES.get(finding.concept)
    return known_procedure.role if known_procedure else ""


def _definitive(finding: Finding) -> bool:
    return finding.text("intent") != "palliative" and not finding.attributes.get("reason_metastasis")


def _precedes(when: PartialDate, diagnosed: Moment | None) -> bool:
    """Whether something was long over when the sarcoma was found: an operation for something else."""
    if diagnosed is None or diagnosed.fallback:
        return False
    return when.high + timedelta(days=_BEFORE_DIAGNOSIS_DAYS) < diagnosed.when.low


def judge_treatment_date(treatment: Moment | None) -> Fact:
    """The date as a fact, marked when it is approximated by the diagnosis."""
    if treatment is None:
        return unknown()
    detail = {"approximated": treatment.fallback, "basis": treatment.basis}
    return known(treatment.when.text, treatment.findings, detail)


def judge_first_metastasis(metastasis: Moment | None) -> Fact:
    """The date as a fact, marked when it is a recording date."""
    if metastasis is None:
        return unknown()
    return known(metastasis.when.text, metastasis.findings, {"approximated": metastasis.fallback})


def judge_presentation(
    view: View, diagnosed: Moment | None, treatment: Moment | None, metastasis: Moment | None
) -> Fact:
    """Stated, else by dates: synchronous before the primary's treatment or within the window of the diagnosis."""
    stated = [f for f in view.affirmed("presentation") if f.concept in ("synchronous", "metachronous")]
    stated.sort(key=lambda f: not f.attributes.get("direct"))
    if stated:
        direct = [f for f in stated if f.attributes.get("direct")]
        best = newest_first(direct or stated)[0]
        return known(best.concept, [best])
    if metastasis is None:
        return unknown()
    treated = treatment if treatment and not treatment.fallback else None
    used = [*metastasis.findings, *(diagnosed.findings if diagnosed else ()), *(treated.findings if treated else ())]
    found = _by_dates(view, diagnosed, treated, metastasis)
    return known(found, used) if found else unknown(used)


def _by_dates(view: View, diagnosed: Moment | None, treated: Moment | None, metastasis: Moment) -> str | None:
    window = view.synchronous_window_months
    when = metastasis.when
    anchor = diagnosed or treated
    before_treatment = treated is not None and when.high < treated.when.low
    within = diagnosed is not None and when.high <= add_months(diagnosed.when.low, window)
    if before_treatment or within:
        return "synchronous"
    not_before_treatment = treated is None or when.low >= treated.when.high
    beyond = anchor is not None and when.low > add_months(anchor.when.high, window)
    return "metachronous" if not_before_treatment and beyond else None


def judge_interval(view: View, treatment: Moment | None, metastasis: Moment | None) -> Fact:
    """Months from the primary's treatment to the first metastasis.

    `detail` carries `low` and `high` in months with a fraction for the days, so that "more than 12 months" compares
    dates; `low` is absent when a stand-in date makes the interval an upper bound. The value is the whole months
    completed, and only when they are certain.
    """
    stated = view.affirmed("disease-free-interval")
    direct = [f for f in stated if f.attributes.get("direct")]
    if direct:
        return _stated_interval(newest_first(direct)[0])
    if treatment is None or metastasis is None:
        return _stated_interval(newest_first(stated)[0]) if stated else unknown()
    used = [*treatment.findings, *metastasis.findings]
    start, end = treatment.when, metastasis.when
    upper_bound = treatment.fallback or metastasis.fallback
    low = max(Decimal(0), months_between(start.high, end.low))
    high = max(Decimal(0), months_between(start.low, end.high))
    detail: dict[str, object] = {"from": start.text, "to": end.text, "upper_bound": upper_bound, "high": float(high)}
    if upper_bound:
        return _stated_interval(newest_first(stated)[0]) if stated else unknown(used, detail)
    detail["low"] = float(low)
    fewest, most = completed_months(start.high, end.low), completed_months(start.low, end.high)
    if max(0, fewest) == max(0, most):
        return known(max(0, fewest), used, detail)
    return unknown(used, detail)


def _stated_interval(finding: Finding) -> Fact:
    bounds = {end: float(str(finding.attributes[end])) for end in ("low", "high") if end in finding.attributes}
    if bounds:  # "more than 12 months"
        return unknown([finding], {**bounds, "stated": True})
    months = finding.attributes.get("months")
    number = Decimal(str(months)) if isinstance(months, int | float | Decimal) else Decimal(0)
    detail = {"low": float(number), "high": float(number), "upper_bound": False, "stated": True}
    return known(int(number), [finding], detail)
