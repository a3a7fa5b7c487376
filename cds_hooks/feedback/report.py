"""How often each recommendation fired, and what clinicians did with the cards that carried it.

What is counted is the card: one showing, with a uuid of its own, which a client that repeats its call shows again. Its
newest feedback is what counts. An answer to a card counts for each recommendation on it. Fire rates count
calls. Patients are counted where their ids are recorded, and named nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cds_hooks.audit import CallRecord
from cds_hooks.feedback.feedback import Feedback
from cds_hooks.feedback.printable import printable
from cds_hooks.feedback.share import Share
from cds_hooks.storage.rows import CardFired, CardOutcome
from plandefinitions.guideline.override_reasons import OVERRIDE_REASONS, displays

UNNAMED = ""
"""The id that stands for cards which name no recommendation."""

_CLOCKS = timedelta(minutes=5)
"""How far the clock of a client may be off before a time is told as doubtful."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why cards were overridden: a coded reason with its words, or (without a system) that there is none."""

    system: str
    code: str
    words: str = field(compare=False)


COMMENT_ONLY = Reason("", "comment-only", "Comment only")
NO_REASON = Reason("", "none", "No reason given")


@dataclass(slots=True)
class Figures:
    """What is counted of one recommendation, of one version of it, or of all cards."""

    calls: int = 0
    """Answered calls in whose cards it was."""
    cards: int = 0
    """Cards that carried it, each once."""
    accepted: int = 0
    overridden: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    patient_ids: set[str] = field(default_factory=set, repr=False)

    @property
    def patients(self) -> int:
        """How many patients it was shown for, as far as their ids are recorded."""
        return len(self.patient_ids)

    @property
    def answered(self) -> Share:
        """Cards with feedback, of all cards."""
        return Share(self.accepted + self.overridden, self.cards)

    @property
    def acceptance(self) -> Share:
        """Accepted cards, of those with feedback."""
        return Share(self.accepted, self.accepted + self.overridden)

    @property
    def override(self) -> Share:
        """Overridden cards, of those with feedback."""
        return Share(self.overridden, self.accepted + self.overridden)

    def counted_reasons(self) -> list[tuple[Reason, int]]:
        """The reasons of overridden cards, most frequent first."""
        return sorted(self.reasons.items(), key=lambda one: (-one[1], one[0].words))


@dataclass(slots=True)
class Recommendation:
    """The figures of one recommendation, in all and for each content version."""

    id: str
    title: str
    figures: Figures = field(default_factory=Figures)
    versions: dict[str, Figures] = field(default_factory=dict)

    def of(self, version: str) -> tuple[Figures, Figures]:
        """The figures to which something in a content version adds."""
        return self.figures, self.versions.setdefault(version, Figures())


@dataclass(slots=True)
class Report:
    """The whole of it, for the calls and cards of a span of time."""

    titles: Mapping[str, str] = field(repr=False)
    calls: int = 0
    """Calls that were answered, with cards or without."""
    patient_ids: set[str] = field(default_factory=set, repr=False)
    """The patients they were about, as far as their ids are recorded."""
    total: Figures = field(default_factory=Figures)
    """Of all cards, each counted once however many recommendations it carries."""
    recommendations: dict[str, Recommendation] = field(default_factory=dict)
    unmatched: int = 0
    """Cards with feedback that were never shown to that client, or so long ago that it is not recorded any more."""
    changed: int = 0
    """Cards with more than one feedback."""
    doubtful_times: int = 0
    """Cards with feedback whose time is in the future, or before the card was first shown."""

    def recommendation(self, identifier: str) -> Recommendation:
        """The entry of a recommendation, made when it is not there yet."""
        if identifier not in self.recommendations:
            title = self.titles.get(identifier) or identifier or "Cards that name no recommendation"
            self.recommendations[identifier] = Recommendation(identifier, title)
        return self.recommendations[identifier]

    def fired(self, figures: Figures) -> Share:
        """Calls in whose cards it was, of all that were answered."""
        return Share(figures.calls, self.calls)

    def by_cards(self) -> list[Recommendation]:
        """The recommendations, most cards first."""
        return sorted(
            self.recommendations.values(), key=lambda one: (-one.figures.cards, -one.figures.calls, one.title)
        )


def make_report(
    calls: Iterable[CallRecord],
    fired: Iterable[CardFired],
    outcomes: Iterable[CardOutcome],
    now: datetime,
    titles: Mapping[str, str],
) -> Report:
    """The report on the given calls, the cards shown in them, and the outcomes of these cards.

    `calls` is read once and not kept. Explanations, feedback and refused calls among them are passed over: they show
    nothing to a clinician.
    """
    report = Report(titles)
    answered: dict[tuple[str, str], Feedback] = {}
    for outcome in outcomes:
        _count_outcome(report, outcome)
        if outcome.shown is not None:
            answered[outcome.feedback.card, outcome.feedback.client] = outcome.feedback
    for card in fired:
        _count_card(report, card)
    first_shown: dict[tuple[str, str], datetime] = {}
    for call in calls:
        if call.kind == "call" and call.status == 200:
            _count_call(report, call)
            for shown in call.cards:
                key = (shown.uuid, call.client or "")
                if key in answered:
                    first_shown[key] = min(call.at, first_shown.get(key, call.at))
    report.doubtful_times = sum(
        one.at > now + _CLOCKS or (key in first_shown and one.at < first_shown[key] - _CLOCKS)
        for key, one in answered.items()
    )
    return report


def _count_call(report: Report, call: CallRecord) -> None:
    counted = [report.total] if call.cards else []
    for identifier in {one for card in call.cards for one in _ids(card.recommendations)}:
        counted += report.recommendation(identifier).of(call.content_version)
    report.calls += 1
    for figures in counted:
        figures.calls += 1
    if call.patient:
        report.patient_ids.add(call.patient)
        for figures in counted:
            figures.patient_ids.add(call.patient)


def _count_card(report: Report, card: CardFired) -> None:
    for figures in _all_of(report, card):
        figures.cards += 1


def _count_outcome(report: Report, outcome: CardOutcome) -> None:
    if outcome.shown is None:
        report.unmatched += 1
        return
    report.changed += outcome.earlier > 0
    given = outcome.feedback
    for figures in _all_of(report, outcome.shown):
        if given.outcome == "accepted":
            figures.accepted += 1
        else:
            figures.overridden += 1
            figures.reasons[_reason(given)] += 1


def _all_of(report: Report, card: CardFired) -> list[Figures]:
    counted = [report.total]
    for identifier in _ids(card.recommendations):
        counted += report.recommendation(identifier).of(card.content_version)
    return counted


def _ids(recommendations: Iterable[tuple[str, str]]) -> Iterable[str]:
    """The recommendations of a card, each once whatever its statuses."""
    return dict.fromkeys(one for one, _ in recommendations) or (UNNAMED,)


def _reason(given: Feedback) -> Reason:
    if given.reason_code is None or given.reason_system is None:
        return NO_REASON if given.comment is None else COMMENT_ONLY
    ours = displays().get(given.reason_code) if given.reason_system == OVERRIDE_REASONS else None
    words = ours or given.reason_display or given.reason_code
    return Reason(given.reason_system, given.reason_code, printable(" ".join(words.split())))
