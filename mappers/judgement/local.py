"""Facts about local treatment and local disease."""

from datetime import timedelta

from mappers.facts import Fact
from mappers.fhir.dates import PartialDate
from mappers.judgement.metastasis import Spread, first_metastasis, sites_of
from mappers.judgement.view import View, known
from mappers.reading.finding import Finding
from mappers.reading.phrases import mentions
from mappers.terminology.procedures import PROCEDURES

_SAME_FINDING = timedelta(days=90)


def names_metastasis(finding: Finding, view: View) -> bool:
    """Whether a procedure is said to be for a metastasis: by its words, its coded reason or its reason's reference."""
    if finding.attributes.get("reason_metastasis"):
        return True
    words = f"{finding.evidence.words} {finding.text('reason_words')}".lower()
    if "metasta" in words:
        return True
    reasons = finding.attributes.get("reasons")
    targets = {f.reference for f in view.all("metastasis")}
    return isinstance(reasons, tuple) and any(reference in targets for reference in reasons)


def judge_local_therapy(view: View, spread: Spread, *, sarcoma: bool) -> Fact:
    """Every local treatment of metastases and every radiotherapy: modality, organ, date. None without a `sarcoma`."""
    if not sarcoma:
        return known([], [])
    organs = {site for f in spread.current + spread.past for site in sites_of(f)}
    first = _certain_first(spread)
    treatments: list[dict[str, object]] = []
    used: list[Finding] = []
    for finding in sorted(view.affirmed("procedure"), key=lambda f: f.from_text):
        known_procedure = PROCEDURES.get(finding.concept)
        if known_procedure is None or known_procedure.role != "local-therapy":
            continue
        organ = known_procedure.organ or finding.text("site")
        modality = known_procedure.modality
        elsewhere = organ not in organs or _is_for_something_else(finding, view, first)
        if modality == "metastasectomy" and elsewhere and not names_metastasis(finding, view):
            modality = "resection"
        shown: dict[str, object] = {
            "modality": modality,
            "organ": organ or None,
            "date": finding.when.text if finding.when and not finding.from_text else None,
            "procedure": finding.concept,
        }
        if (spinal := finding.attributes.get("spinal")) is not None:
            shown["spinal"] = spinal
        if intent := finding.text("intent"):
            shown["intent"] = intent
        if shown not in treatments and not (finding.from_text and _recorded(shown, treatments)):
            treatments.append(shown)
            used.append(finding)
    treatments.sort(key=lambda t: (t["date"] is None, str(t["date"])))
    return known(treatments, used)


def _certain_first(spread: Spread) -> PartialDate | None:
    """When metastases were first found, unless only the date of recording tells."""
    when, _, stands_in = first_metastasis(spread)
    return None if stands_in else when


def _is_for_something_else(finding: Finding, view: View, first: PartialDate | None) -> bool:
    """Whether an organ was operated on for another cancer, or well before there were metastases."""
    reasons = finding.attributes.get("reasons")
    if isinstance(reasons, tuple) and any(reference in view.other for reference in reasons):
        return True
    if any(m.kind == "other-malignancy" and m.polarity == "affirmed" for m in mentions(finding.text("reason_words"))):
        return True
    return first is not None and finding.when is not None and first.low - finding.when.high > _SAME_FINDING


def _recorded(mentioned: dict[str, object], treatments: list[dict[str, object]]) -> bool:
    """Whether a treatment told in passing is among those recorded."""
    organ = mentioned["organ"]
    return any(t["modality"] == mentioned["modality"] and (organ is None or t["organ"] == organ) for t in treatments)


def judge_local_disease(view: View, spread: Spread) -> Fact:
    """Whether a local recurrence (or a primary said to be in place) is recorded as active and not yet treated."""
    recorded = [
        f
        for f in view.affirmed("local-recurrence")
        if f.active and not (f.attributes.get("by_status") and (spread.current or spread.weak))
    ]
    recorded += [f for f in view.affirmed("metastasis") if f.active and f.attributes.get("local_recurrence")]
    open_ones = [f for f in recorded if not _treated_since(f, view)]
    return known("yes", open_ones) if open_ones else known("none", recorded)


def _treated_since(recurrence: Finding, view: View) -> bool:
    for finding in view.affirmed("procedure"):
        known_procedure = PROCEDURES.get(finding.concept)
        if known_procedure is None or (
            known_procedure.role != "primary" and known_procedure.modality != "radiotherapy"
        ):
            continue
        if recurrence.when and finding.when and finding.when.high >= recurrence.when.low:
            return True
    return False
