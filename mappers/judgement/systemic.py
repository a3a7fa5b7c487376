"""Facts about systemic therapy: what was given, what it was followed by, and anthracyclines for any cancer."""

from decimal import Decimal

from mappers.facts import Fact
from mappers.judgement.courses import Course, progressed_on, progression_drugs
from mappers.judgement.view import View, known
from mappers.reading.finding import Finding, newest_first
from mappers.terminology.drugs import ANTHRACYCLINES, ANTICANCER


def judge_prior_systemic(found: list[Course]) -> Fact:
    """The anticancer drugs given for this sarcoma, each course in the detail with dates, line, intent and state."""
    given = [c for c in found if c.for_sarcoma and c.drug in ANTICANCER]
    drugs = list(dict.fromkeys(c.drug for c in given))
    detail: dict[str, object] = {
        "courses": [_shown(c) for c in given],
        "lines": max((c.line for c in given if c.line is not None), default=0),
        "active": sorted({c.drug for c in found if not c.ended}),
    }
    if others := sorted({c.drug for c in found if not c.for_sarcoma and c.drug in ANTICANCER}):
        detail["for_another_cancer"] = others
    return known(drugs, [f for c in given for f in c.findings], detail)


def _shown(course: Course) -> dict[str, object]:
    shown: dict[str, object] = {
        "drug": course.drug,
        "start": course.start.text if course.start else None,
        "end": course.end.text if course.end else None,
        "line": course.line,
        "state": "ended" if course.ended else "active",
        "prior": course.prior,
        "progressed": course.progressed,
    }
    if course.intent:
        shown["intent"] = course.intent
    return shown


def judge_anthracycline(found: list[Course], view: View) -> Fact:
    """Any anthracycline, for any cancer and intent; the cumulative dose only when it is recorded as such."""
    given = [c for c in found if c.drug in ANTHRACYCLINES]
    doses = newest_first(view.affirmed("anthracycline-dose"))
    findings = [f for c in given for f in c.findings] + doses[:1]
    if not findings:
        return known("none", [])
    detail: dict[str, object] = {"drugs": sorted({c.drug for c in given})}
    dose = doses[0].attributes.get("mg_per_m2") if doses else None
    if isinstance(dose, Decimal):
        detail["cumulative_mg_per_m2"] = float(dose)
    return known("yes", findings, detail)


def judge_progression(found: list[Course], view: View) -> Fact:
    """The drugs that were followed by progression; the detail dates every progression."""
    drugs: list[str] = []
    events: list[dict[str, object]] = []
    used: list[Finding] = []
    for event in reversed(newest_first(view.affirmed("progression"))):
        after = progressed_on(event, found)
        named = list(dict.fromkeys([c.drug for c in after] + progression_drugs(event)))
        drugs += named
        lines = sorted({c.line for c in after if c.line is not None})
        events.append({"after": named, "lines": lines, "date": event.when.text if event.when else None})
        used.append(event)
    return known(list(dict.fromkeys(drugs)), used, {"events": events} if events else None)
