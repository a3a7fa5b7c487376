"""The findings as the judges look at them: by kind, and with the diagnoses told apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mappers.facts import Evidence, Fact
from mappers.fhir.dates import PartialDate
from mappers.reading.finding import Finding
from mappers.terminology import CONCEPTS, in_scope

SYNCHRONOUS_WINDOW_MONTHS = 3
_MOST_EVIDENCE = 12


@dataclass(slots=True)
class View:
    """All findings of one patient, by kind; `sarcoma` and `other` are the references of the diagnoses of each."""

    as_of: date
    synchronous_window_months: int
    by_kind: dict[str, list[Finding]] = field(default_factory=dict)
    sarcoma: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)

    @staticmethod
    def of(findings: Iterable[Finding], as_of: date, window: int = SYNCHRONOUS_WINDOW_MONTHS) -> "View":
        """Sorts findings by kind and tells sarcoma diagnoses from others."""
        view = View(as_of, window)
        for finding in findings:
            view.by_kind.setdefault(finding.kind, []).append(finding)
            if finding.kind == "histology" and finding.affirmed and in_scope(finding.concept):
                view.sarcoma.add(finding.reference)
            elif finding.kind == "other-malignancy" and finding.affirmed:
                view.other.add(finding.reference)
        view.other -= view.sarcoma
        return view

    def all(self, *kinds: str) -> list[Finding]:
        """Findings of these kinds, in the order they were read."""
        return [finding for kind in kinds for finding in self.by_kind.get(kind, ())]

    def affirmed(self, *kinds: str) -> list[Finding]:
        """Findings of these kinds that the record stands by."""
        return [finding for finding in self.all(*kinds) if finding.affirmed]

    def tie(self, finding: Finding) -> str:
        """Which cancer a finding belongs to: "sarcoma", "other", or empty when the record does not say."""
        if tie := finding.text("tie"):
            return tie
        related = finding.text("related")
        if related in self.sarcoma or (finding.attributes.get("own") and finding.reference in self.sarcoma):
            return "sarcoma"
        if related in self.other or (finding.attributes.get("own") and finding.reference in self.other):
            return "other"
        if origin := finding.text("origin"):
            if origin in CONCEPTS:
                return "sarcoma" if in_scope(origin) else "other"
            return "" if "unknown" in origin else "other"
        return "other" if finding.from_text and self._is_of_another_alone(finding.reference) else ""

    def _is_of_another_alone(self, reference: str) -> bool:
        """Whether a text speaks of another cancer's spread, and of no sarcoma."""
        return any(
            other.reference == reference and other.attributes.get("metastatic") is True
            for other in self.affirmed("other-malignancy")
        ) and not any(
            found.reference == reference and found.from_text and found.concept in CONCEPTS and in_scope(found.concept)
            for found in self.affirmed("histology")
        )


def evidence_of(findings: Iterable[Finding]) -> tuple[Evidence, ...]:
    """The distinct evidence behind some findings, at most a dozen."""
    return tuple(dict.fromkeys(finding.evidence for finding in findings))[:_MOST_EVIDENCE]


def known(value: object, findings: Sequence[Finding], detail: Mapping[str, object] | None = None) -> Fact:
    """A known fact; its date is the newest of its evidence."""
    return Fact(value, "known", newest_date(findings), evidence_of(findings), detail or {})


def unknown(findings: Sequence[Finding] = (), detail: Mapping[str, object] | None = None) -> Fact:
    """An unknown fact, with whatever weak evidence there is."""
    return Fact(None, "unknown", newest_date(findings), evidence_of(findings), detail or {})


def conflicting(findings: Sequence[Finding], detail: Mapping[str, object] | None = None) -> Fact:
    """A fact on which the evidence disagrees: no value, all of it shown."""
    return Fact(None, "conflicting", newest_date(findings), evidence_of(findings), detail or {})


def newest_date(findings: Iterable[Finding]) -> str | None:
    """The latest date among some findings, as written."""
    dated = [finding.when for finding in findings if finding.when]
    return max(dated, key=lambda when: when.high).text if dated else None


def earliest(dates: Iterable[PartialDate]) -> PartialDate | None:
    """The first of some dates: no earlier than the earliest low, no later than the earliest high."""
    found = list(dates)
    if not found:
        return None
    first = min(found, key=lambda when: (when.low, when.high))
    high = min(when.high for when in found)
    return first if high >= first.high else PartialDate(first.low, max(first.low, high), first.text)
