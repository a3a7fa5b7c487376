"""Courses of systemic therapy: one drug, given over a time, for one cancer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from mappers.fhir.dates import PartialDate
from mappers.judgement.timeline import Moment
from mappers.judgement.view import View
from mappers.reading.finding import Finding
from mappers.reading.medication import named_drugs
from mappers.reading.phrases import mentions
from mappers.terminology import CONCEPTS, in_scope
from mappers.terminology.drugs import DRUG_LABELS

_SAME_COURSE_DAYS = 120
_SAME_LINE_DAYS = 42
_PERIOPERATIVE = ("neoadjuvant", "adjuvant")


@dataclass(slots=True)
class Course:
    """One drug over one time. `line` numbers the regimens for metastatic disease; perioperative treatment has none."""

    drug: str
    start: PartialDate | None
    end: PartialDate | None
    ended: bool
    intent: str
    stated_line: int | None
    for_sarcoma: bool
    findings: list[Finding] = field(default_factory=list)
    line: int | None = None
    progressed: bool = False

    @property
    def prior(self) -> bool:
        """Whether it ended or was followed by progression: an active course without progression is not prior."""
        return self.ended or self.progressed


def courses(view: View, diagnosed: Moment | None, metastasis: Moment | None, *, sarcoma: bool) -> list[Course]:
    """All courses in the order they began, with lines numbered; without a `sarcoma` none is for one."""
    events = [_event(f, f.concept, view, diagnosed) for f in view.affirmed("drug") if f.concept in DRUG_LABELS]
    for finding in view.affirmed("regimen"):
        listed = finding.attributes.get("drugs")
        drugs = listed if isinstance(listed, tuple) else ()
        events += [_event(finding, drug, view, diagnosed) for drug in drugs if drug in DRUG_LABELS]
    for event in events:
        event.for_sarcoma = event.for_sarcoma and sarcoma
    merged = _merge(events)
    _number_lines(merged, metastasis)
    _mark_progression(merged, view)
    return merged


def _event(finding: Finding, drug: str, view: View, diagnosed: Moment | None) -> Course:
    start, end = finding.attributes.get("start"), finding.attributes.get("end")
    start = start if isinstance(start, PartialDate) else None
    end = end if isinstance(end, PartialDate) else None
    line = finding.attributes.get("line")
    ended = finding.text("state") == "ended" or (finding.from_text and not finding.active)
    return Course(
        drug,
        start,
        end,
        ended,
        finding.text("intent"),
        line if isinstance(line, int) else None,
        _for_sarcoma(finding, start or end, view, diagnosed),
        [finding],
    )


def _for_sarcoma(finding: Finding, when: PartialDate | None, view: View, diagnosed: Moment | None) -> bool:
    """Attribution by stated reason, else by date; what cannot be attributed counts for the sarcoma."""
    reasons = finding.attributes.get("reasons")
    for reference in reasons if isinstance(reasons, tuple) else ():
        if reference in view.sarcoma:
            return True
        if reference in view.other:
            return False
    named = finding.attributes.get("reason_malignancy")
    if isinstance(named, tuple) and named:
        return "sarcoma" in named
    if (about := _cancers_in(finding.text("reason_words"))) is not None:
        return about
    if finding.from_text and finding.reference in view.other and finding.reference not in view.sarcoma:
        return False
    if when is None or diagnosed is None:
        return True
    return not when.high < diagnosed.when.low


def _cancers_in(words: str) -> bool | None:
    """Whether words name a sarcoma (True) or another cancer (False)."""
    kinds = {
        m.kind == "histology"
        for m in mentions(words)
        if m.kind == "other-malignancy" or (m.kind == "histology" and m.concept in CONCEPTS and in_scope(m.concept))
    }
    return True in kinds if kinds else None


def _merge(events: list[Course]) -> list[Course]:
    """Events of one drug for one cancer that follow on each other are one course; undated ones join it."""
    dated = sorted((e for e in events if e.start or e.end), key=lambda e: (_begin(e), e.drug))
    merged: list[Course] = []
    for event in dated:
        last = next((c for c in reversed(merged) if c.drug == event.drug and c.for_sarcoma == event.for_sarcoma), None)
        if last is not None and (_begin(event) - _finish(last)).days <= _SAME_COURSE_DAYS:
            _join(last, event)
        else:
            merged.append(event)
    for event in events:
        if event.start or event.end:
            continue
        same = next((c for c in merged if c.drug == event.drug), None)
        if same is None:
            merged.append(event)
        else:
            _join(same, event, keep_state=True)
    return merged


def _begin(course: Course) -> date:
    when = course.start or course.end
    assert when is not None
    return when.low


def _finish(course: Course) -> date:
    """The last day the course is known to have run: an order renewed every month has no end of its own."""
    known: list[object] = [course.end or course.start]
    known += [f.attributes.get("end") or f.attributes.get("start") for f in course.findings]
    return max(when.high for when in known if isinstance(when, PartialDate))


def _join(course: Course, event: Course, *, keep_state: bool = False) -> None:
    course.findings += event.findings
    course.intent = course.intent or event.intent
    course.stated_line = course.stated_line or event.stated_line
    if keep_state:
        course.ended = course.ended or event.ended
        return
    course.start = course.start or event.start
    if event.end and (course.end is None or event.end.high > course.end.high):
        course.end = event.end
    elif event.start and course.end is not None and event.start.low > course.end.high:
        course.end = None if not event.ended else event.start
    course.ended = event.ended if event.start or event.end else course.ended


def counts_as_line(course: Course, metastasis: Moment | None) -> bool:
    """Whether a course is treatment of metastatic disease.

    (Neo)adjuvant and curative treatment is exposure, not a line. Of unstated intent, it is a line unless it began
    before the first metastasis.
    """
    if not course.for_sarcoma or course.drug == "mesna":
        return False
    if course.intent in _PERIOPERATIVE or (course.intent == "curative" and course.stated_line is None):
        return False
    if course.intent == "palliative" or course.stated_line is not None:
        return True
    if course.start is None or metastasis is None:
        return True
    return metastasis.when.after(course.start) is not True


def _number_lines(found: list[Course], metastasis: Moment | None) -> None:
    """Drugs begun within six weeks of a line's start belong to it; what begins later opens the next."""
    number, opened = 0, None
    for course in found:
        if not counts_as_line(course, metastasis):
            continue
        if course.stated_line is not None:
            number = max(number, course.stated_line)
            course.line = course.stated_line
            opened = course.start.low if course.start else opened
            continue
        began = course.start.low if course.start else None
        joins = number > 0 and (
            began is None or (opened is not None and began <= opened + timedelta(days=_SAME_LINE_DAYS))
        )
        if not joins:
            number += 1
            opened = began
        course.line = number


def _mark_progression(found: list[Course], view: View) -> None:
    for event in view.affirmed("progression"):
        for course in progressed_on(event, found):
            course.progressed = True


def progressed_on(event: Finding, found: Iterable[Course]) -> list[Course]:
    """The courses a progression came after: those it names, else the last line begun before it."""
    named = progression_drugs(event)
    given = [c for c in found if c.for_sarcoma and c.drug != "mesna"]
    if named:
        return [c for c in given if c.drug in named]
    before = [
        c
        for c in given
        if c.line is not None and (c.start is None or event.when is None or c.start.low <= event.when.high)
    ]
    last = max((c.line for c in before if c.line is not None), default=None)
    return [c for c in before if c.line == last]


def progression_drugs(event: Finding) -> list[str]:
    """The drugs a progression is said to have followed; a regimen's name stands for its drugs."""
    after = event.attributes.get("after")
    names = [after] if isinstance(after, str) else list(after) if isinstance(after, tuple) else []
    drugs: list[str] = []
    for name in names:
        drugs += [name] if name in DRUG_LABELS else named_drugs(str(name))
    return list(dict.fromkeys(drugs))
