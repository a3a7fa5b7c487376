"""Work-up and organisation: molecular tests, sequencing, tumour board, trials, investigations done or ordered."""

from dataclasses import replace
from decimal import Decimal

from mappers.facts import Fact
from mappers.fhir.dates import PartialDate
from mappers.judgement.view import View, known
from mappers.reading.finding import Finding, newest_first
from mappers.terminology.procedures import PROCEDURES

_SAME_MARKER = {
    "FUS-DDIT3": "FUS/EWSR1-DDIT3",
    "EWSR1-DDIT3": "FUS/EWSR1-DDIT3",
    "DDIT3": "FUS/EWSR1-DDIT3",
    "NTRK1": "NTRK",
    "NTRK2": "NTRK",
    "NTRK3": "NTRK",
    "SS18-SSX1": "SS18-SSX",
    "SS18-SSX2": "SS18-SSX",
}
_IMPLIES = {"ETV6-NTRK3": "NTRK"}
_POSITIVE = ("positive", "high", "detected", "present", "msi-h", "amplified")
_NEGATIVE = ("negative", "low", "stable", "absent", "not detected", "mss", "msi-l")
_OPEN = ("active", "on-hold", "")


def judge_molecular(view: View) -> Fact:
    """Each marker tested, by its newest result. A marker that is absent was not tested, as far as the record says.

    TRK immunohistochemistry is a marker of its own: it screens for a fusion, it does not show one.
    """
    by_marker: dict[str, list[Finding]] = {}
    for finding in view.all("molecular"):
        if not finding.confirmed or finding.polarity == "uncertain":
            continue
        marker = _marker(finding)
        by_marker.setdefault(marker, []).append(finding)
        if marker in _IMPLIES and _result(finding) == "positive":
            by_marker.setdefault(_IMPLIES[marker], []).append(finding)
    value: dict[str, object] = {}
    detail: dict[str, object] = {}
    used: list[Finding] = []
    for marker, findings in sorted(by_marker.items()):
        newest = newest_first(findings)
        same_day = [f for f in newest if f.when == newest[0].when]
        best = next((f for f in same_day if _result(f) == "positive"), newest[0])
        value[marker] = _result(best)
        detail[marker] = {k: v for k in ("method", "gene", "partner") if (v := best.attributes.get(k))}
        used.append(best)
    return known(value, used, {k: v for k, v in detail.items() if v})


def _marker(finding: Finding) -> str:
    marker = _SAME_MARKER.get(finding.concept, finding.concept)
    return "TRK-IHC" if marker == "NTRK" and finding.text("method") == "ihc" else marker


def _result(finding: Finding) -> object:
    result = finding.attributes.get("result")
    if finding.concept == "TMB":
        value = finding.attributes.get("mutations_per_mb", result)
        return float(value) if isinstance(value, int | float | Decimal) else value
    if isinstance(result, str):
        lowered = result.lower()
        if lowered in _POSITIVE:
            result = "positive"
        elif lowered in _NEGATIVE:
            result = "negative"
    if finding.polarity == "negated" and result in (None, "", "positive"):
        return "negative"
    return result if result not in (None, "") else "positive"


def _of_role(findings: list[Finding], role: str) -> list[Finding]:
    return [f for f in findings if f.concept in PROCEDURES and PROCEDURES[f.concept].role == role]


def judge_sequencing(view: View) -> Fact:
    """yes once a result or report is there, ordered while an order is open, else none."""
    done = [f for f in view.affirmed("sequencing") if f.concept == "done"]
    tested = [f for f in view.all("molecular") if f.confirmed and f.polarity != "uncertain"]
    done += [f for f in tested if _marker(f) in ("NTRK", "any-fusion")]
    done += _of_role(view.affirmed("procedure"), "sequencing")
    orders = _of_role(view.affirmed("order"), "sequencing")
    done += [f for f in orders if f.text("status") == "completed"]
    if done:
        return known("yes", done)
    ordered = [f for f in orders if f.text("status") in _OPEN]
    ordered += [f for f in view.affirmed("sequencing") if f.concept == "ordered"]
    return known("ordered", ordered) if ordered else known("none", [])


def judge_tumour_board(view: View) -> Fact:
    """The date of the last referral to, or discussion in, a tumour board; "undated" when no date is recorded."""
    held = [f for f in view.affirmed("tumour-board") if f.active or f.from_text]
    held += _of_role(view.affirmed("procedure", "order"), "tumour-board")
    if not held:
        return known("none", [])
    newest = newest_first(held)
    return known(newest[0].when.text if newest[0].when else "undated", newest[:3])


def judge_trial(view: View) -> Fact:
    """Whether the patient is enrolled in a trial now."""
    enrolled = [f for f in view.affirmed("trial") if f.active]
    return known("yes", enrolled) if enrolled else known("none", [])


def investigations(view: View, diagnosed: PartialDate | None, *, stands_in: bool = False) -> list[Finding]:
    """Imaging and biopsies done or ordered, newest first: no fact of their own, but rules ask for them.

    The attribute `since_diagnosis` tells whether it was on or after the day the sarcoma was diagnosed; it is absent
    when the dates leave that open. `stands_in`: `diagnosed` is when the diagnosis was recorded, which may be later.
    """
    found = newest_first(_of_role(view.affirmed("procedure", "order"), "investigation"))
    return [_placed(finding, diagnosed, stands_in) for finding in found]


def _placed(finding: Finding, diagnosed: PartialDate | None, stands_in: bool) -> Finding:
    since = _since(finding, diagnosed)
    if since is None or (stands_in and not since):
        return finding
    return replace(finding, attributes={**finding.attributes, "since_diagnosis": since})


def _since(finding: Finding, diagnosed: PartialDate | None) -> bool | None:
    """Whether it was on or after the day of the diagnosis. An open order is of today."""
    if finding.kind == "order" and finding.text("status") in _OPEN:
        return True
    if finding.when is None or diagnosed is None:
        return None
    if finding.when.low >= diagnosed.high:
        return True
    return False if finding.when.high < diagnosed.low else None
